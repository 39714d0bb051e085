package collector

import (
	"cmp"
	"errors"
	"sync"

	"proctree/collector/host/procfile"
	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// SystemNamespace begins the names of the system collectors' metrics unless
// Options.SystemNamespace says otherwise. What follows it is node_exporter's name for the
// same value, with the same labels and unit; "node" makes the names node_exporter's own.
const SystemNamespace = Namespace + "_system"

// systemPrefix begins the names of the system collectors in the table; what follows it is
// node_exporter's name of the collector.
const systemPrefix = "system_"

// systemCollector shows one subject of the host as a whole. It needs no report: it reads
// its subject itself, when it is collected.
type systemCollector struct {
	reader system.Reader
	// describe and collect are the subject's.
	descs   []*prometheus.Desc
	collect func(system.Reader, emit) error
}

// emit sends one series.
type emit func(*metric)

// count sends a whole number, unless it is not known.
func (send emit) count(m systemMetric, value *uint64) {
	if value != nil {
		send(m.sample(float64(*value)))
	}
}

// Describe implements Collector.
func (c *systemCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
}

// Collect implements Collector. A subject that this system does not have is no failure, and
// one of which a part was lost is none as long as something is left. The counters of the
// host began at 0 when it was started.
func (c *systemCollector) Collect(v *View, out chan<- prometheus.Metric) error {
	sent := false
	err := procfile.Guard(func() error {
		return c.collect(c.reader, func(m *metric) {
			sent = true
			m.created = v.booted
			out <- m
		})
	})
	switch {
	case err == nil || errors.Is(err, errors.ErrUnsupported):
		return nil
	case sent && !errors.Is(err, procfile.ErrPanic):
		return &lossError{err: err}
	}
	return err
}

// lossError is the error of a collector that lost a part of its subject. What it sent is
// right and counts as success.
type lossError struct {
	err error
	// count is how many files were lost; 0 if the error tells.
	count int
}

// Error implements error.
func (e *lossError) Error() string { return e.err.Error() }

// Unwrap returns what was lost.
func (e *lossError) Unwrap() error { return e.err }

// losses is how many lines, fields and files an error stands for.
func losses(err error) uint64 {
	if loss, ok := errors.AsType[*lossError](err); ok && loss.count > 0 {
		return uint64(loss.count)
	}
	if partial, ok := errors.AsType[*procfile.PartialError](err); ok {
		return uint64(partial.Count)
	}
	return 1
}

// newSystem makes a collector of the metrics described and the function that sends them.
func newSystem(o Options, collect func(system.Reader, emit) error, metrics ...systemMetric) Collector {
	c := &systemCollector{reader: o.System, collect: collect}
	if c.reader == nil {
		c.reader = system.Unsupported{}
	}
	for _, m := range metrics {
		c.descs = append(c.descs, m.desc)
	}
	return c
}

// systemMetric is one metric of a system collector.
type systemMetric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// sample returns a series; the labels have to be sorted by name.
func (m systemMetric) sample(value float64, labels ...*dto.LabelPair) *metric {
	return &metric{desc: m.desc, labels: labels, kind: m.kind, value: value}
}

// systemGauge describes a gauge of the host.
func (o Options) systemGauge(name, help string, labels ...string) systemMetric {
	return o.systemMetric(prometheus.GaugeValue, name, help, labels...)
}

// systemCounter describes a counter of the host.
func (o Options) systemCounter(name, help string, labels ...string) systemMetric {
	return o.systemMetric(prometheus.CounterValue, name, help, labels...)
}

func (o Options) systemMetric(kind prometheus.ValueType, name, help string, labels ...string) systemMetric {
	namespace := cmp.Or(o.SystemNamespace, SystemNamespace)
	return systemMetric{prometheus.NewDesc(namespace+"_"+name, help, labels, nil), kind}
}

// maxNamed bounds the names that are remembered, far above the number that any kernel has.
const maxNamed = 10_000

// named makes the metrics whose names the kernel chooses, each once. They cannot be
// described before they are seen. It is safe for concurrent use.
type named struct {
	describe func(name string) systemMetric

	mu    sync.Mutex
	known map[string]systemMetric
}

func newNamed(describe func(name string) systemMetric) *named {
	return &named{describe: describe, known: make(map[string]systemMetric)}
}

func (n *named) get(name string) systemMetric {
	n.mu.Lock()
	defer n.mu.Unlock()
	m, ok := n.known[name]
	if !ok {
		if len(n.known) >= maxNamed {
			clear(n.known)
		}
		m = n.describe(name)
		n.known[name] = m
	}
	return m
}
