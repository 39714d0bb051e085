package collector

import (
	"fmt"
	"slices"
	"strings"

	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// valueMetric is one metric of a collector that shows a system.Subject.
type valueMetric struct {
	name string
	systemMetric
}

func (o Options) valueGauge(name, help string, labels ...string) valueMetric {
	return valueMetric{name, o.systemGauge(name, help, labels...)}
}

func (o Options) valueCounter(name, help string, labels ...string) valueMetric {
	return valueMetric{name, o.systemCounter(name, help, labels...)}
}

// newValues makes the collector of a subject whose metrics are all known before.
func newValues(o Options, subject system.Subject, metrics ...valueMetric) Collector {
	return newValuesNamed(o, subject, nil, metrics...)
}

// newValuesNamed makes the collector of a subject of which the kernel names some metrics:
// other describes them.
func newValuesNamed(o Options, subject system.Subject, other *named, metrics ...valueMetric) Collector {
	known := make(map[string]systemMetric, len(metrics))
	described := make([]systemMetric, len(metrics))
	for i, m := range metrics {
		known[m.name], described[i] = m.systemMetric, m.systemMetric
	}
	collect := func(r system.Reader, send emit) error {
		values, err := r.Values(subject)
		for i := range values {
			v := &values[i]
			m, ok := known[v.Name]
			if !ok && other == nil {
				return fmt.Errorf("%s: no metric is described for %s", subject, v.Name)
			}
			if !ok {
				m = other.get(v.Name)
			}
			send(m.sample(v.Number, pairs(v.Labels)...))
		}
		return err
	}
	return newSystem(o, collect, described...)
}

// pairs turns labels into those of a metric, in the order of their names.
func pairs(labels []system.Label) []*dto.LabelPair {
	if len(labels) == 0 {
		return nil
	}
	all := make([]*dto.LabelPair, len(labels))
	for i, l := range labels {
		all[i] = pair(l.Name, l.Value)
	}
	slices.SortFunc(all, func(a, b *dto.LabelPair) int { return strings.Compare(*a.Name, *b.Name) })
	return all
}

// untypedOf describes metrics of which the kernel does not say whether they only grow.
func (o Options) untypedOf(help string) *named {
	return newNamed(func(name string) systemMetric {
		return o.systemMetric(prometheus.UntypedValue, name, fmt.Sprintf(help, name))
	})
}

// gaugeOf describes gauges whose names follow from files.
func (o Options) gaugeOf(help string, labels ...string) *named {
	return newNamed(func(name string) systemMetric {
		return o.systemGauge(name, fmt.Sprintf(help, name), labels...)
	})
}

// counterOf describes counters likewise.
func (o Options) counterOf(help string, labels ...string) *named {
	return newNamed(func(name string) systemMetric {
		return o.systemCounter(name, fmt.Sprintf(help, name), labels...)
	})
}
