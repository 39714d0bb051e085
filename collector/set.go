package collector

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/procfile"
	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Set is the collectors that are switched on. It is immutable, and safe for concurrent
// use.
type Set struct {
	// arenas are those that no scrape has.
	arenas                    *sync.Pool
	members                   []member
	failed                    func(collector string, err error)
	started                   time.Time
	system                    system.Reader
	duration, success, errors *prometheus.Desc
	// ofHost are the same metrics under the namespace of the system collectors, and with
	// node_exporter's names of them; nil unless that namespace is another than ours.
	ofHost *scrapeMetrics
}

// scrapeMetrics are node_exporter's metrics of its collectors.
type scrapeMetrics struct{ duration, success systemMetric }

type member struct {
	name  string
	label *dto.LabelPair
	from  source
	// lost counts what could not be read or parsed; nil for what does not read anything.
	lost *atomic.Uint64
	Collector
}

// source is where a collector has its values from.
type source int

const (
	fromReport source = iota
	fromHost
	fromFiles
)

func sourceOf(c Collector) source {
	switch c.(type) {
	case *systemCollector:
		return fromHost
	case *textfileCollector:
		return fromFiles
	}
	return fromReport
}

// lossCounter is a Collector of a report that holds how much was lost so far.
type lossCounter interface {
	losses(*group.Report) uint64
}

// NeedsReport reports whether any collector of the set shows a report, so that the
// process table has to be read for it.
func (s *Set) NeedsReport() bool {
	return slices.ContainsFunc(s.members, func(m member) bool { return m.from == fromReport })
}

// NewSet returns the collectors of the table that are named. It returns an error for a
// name that is not in the table.
func NewSet(names []string, options Options) (*Set, error) {
	s := &Set{
		arenas:  &sync.Pool{New: func() any { return newArena() }},
		failed:  options.Failed,
		started: options.Started,
		system:  options.System,
		duration: hostDesc("scrape_collector_duration_seconds",
			"Duration of a collector, without the scan that all collectors share.", "collector"),
		success: hostDesc("scrape_collector_success",
			"1 if a collector succeeded. All collectors of processes fail if the process table could not be read in time.", "collector"),
		errors: hostDesc("scrape_collector_errors_total",
			"Lines, fields and files that a collector could not read or parse. Metrics derived from them are absent; all other metrics "+
				"of the collector are correct.", "collector"),
	}
	if s.failed == nil {
		s.failed = func(string, error) {}
	}
	if options.SystemNamespace != "" && options.SystemNamespace != SystemNamespace {
		s.ofHost = &scrapeMetrics{
			duration: options.systemGauge("scrape_collector_duration_seconds", "How long a collector of the host took.", "collector"),
			success:  options.systemGauge("scrape_collector_success", "1 if a collector of the host succeeded.", "collector"),
		}
	}
	for _, name := range names {
		if !inTable(name) {
			return nil, fmt.Errorf("missing collector: %q", name)
		}
	}
	for _, spec := range Table() {
		if slices.Contains(names, spec.Name) {
			s.members = append(s.members, newMember(spec.Name, spec.New(options)))
		}
	}
	return s, nil
}

func newMember(name string, c Collector) member {
	m := member{name: name, label: pair("collector", name), from: sourceOf(c), Collector: c}
	if _, ok := c.(lossCounter); ok || m.from != fromReport {
		m.lost = new(atomic.Uint64)
	}
	return m
}

// Names returns the names of the collectors that are on, in the order of the table.
func (s *Set) Names() []string {
	names := make([]string, len(s.members))
	for i := range s.members {
		names[i] = s.members[i].name
	}
	return names
}

// errBoth is returned when collectors are chosen and excluded at once.
var errBoth = errors.New("combined collect and exclude queries are not allowed")

// Select returns those named in collect, or those not named in exclude; both empty is
// everything. A name that does not exist or is switched off is an error.
func (s *Set) Select(collect, exclude []string) (*Set, error) {
	if len(collect) > 0 && len(exclude) > 0 {
		return nil, errBoth
	}
	collect, exclude = ownNames(collect), ownNames(exclude)
	for _, name := range slices.Concat(collect, exclude) {
		if err := s.check(name); err != nil {
			return nil, err
		}
	}
	selected := *s
	selected.members = slices.DeleteFunc(slices.Clone(s.members), func(m member) bool {
		if len(collect) > 0 {
			return !slices.Contains(collect, m.name)
		}
		return slices.Contains(exclude, m.name)
	})
	return &selected, nil
}

// ownNames turns node_exporter's names of collectors into those of the table, so that its
// scrape configurations work.
func ownNames(names []string) []string {
	own := make([]string, len(names))
	for i, name := range names {
		own[i] = name
		if !inTable(name) && inTable(systemPrefix+name) {
			own[i] = systemPrefix + name
		}
	}
	return own
}

func inTable(name string) bool {
	return slices.ContainsFunc(Table(), func(spec Spec) bool { return spec.Name == name })
}

func (s *Set) check(name string) error {
	switch {
	case slices.ContainsFunc(s.members, func(m member) bool { return m.name == name }):
		return nil
	case inTable(name):
		return fmt.Errorf("disabled collector: %q", name)
	}
	return fmt.Errorf("missing collector: %q", name)
}

// Scrape returns the set as a prometheus.Collector of one report. A nil report, which is
// a scan that failed, makes every collector that shows one fail.
func (s *Set) Scrape(report *group.Report) prometheus.Collector {
	if report != nil {
		return &scrape{Set: s, view: newView(report, s.started, s.arenas.Get().(*arena))}
	}
	return &scrape{Set: s, view: &View{booted: s.bootTime()}}
}

// bootTime returns when the host was started, for a scrape without a report, which knows
// it. Nil is not known.
func (s *Set) bootTime() *timestamppb.Timestamp {
	if s.system == nil {
		return nil
	}
	kernel, _ := s.system.Kernel() // The collector that shows it reports the error.
	if kernel == nil {
		return nil
	}
	return timestamp(kernel.BootTime)
}

// scrape is a Set with the report it shows.
type scrape struct {
	*Set
	view *View
}

// Release gives back the room of the metrics. The caller has no use for any of them any
// more, and neither for the scrape.
func (s *scrape) Release() {
	if s.view.arena != nil {
		s.view.arena.reset()
		s.arenas.Put(s.view.arena)
		s.view = nil
	}
}

// Describe implements prometheus.Collector.
func (s *scrape) Describe(out chan<- *prometheus.Desc) {
	out <- s.duration
	out <- s.success
	out <- s.errors
	if s.ofHost != nil {
		out <- s.ofHost.duration.desc
		out <- s.ofHost.success.desc
	}
	for i := range s.members {
		s.members[i].Describe(out)
	}
}

// Collect implements prometheus.Collector. The collectors of the host's own values run
// beside the others, for some of them wait for hardware; what comes from files is last.
func (s *scrape) Collect(out chan<- prometheus.Metric) {
	var wg sync.WaitGroup
	s.each(fromHost, func(m *member) { wg.Go(func() { s.collect(m, out) }) })
	s.each(fromReport, func(m *member) { s.collect(m, out) })
	wg.Wait()
	s.each(fromFiles, func(m *member) { s.collect(m, out) })
}

// each calls do for the members that have their values from there.
func (s *scrape) each(from source, do func(*member)) {
	for i := range s.members {
		if s.members[i].from == from {
			do(&s.members[i])
		}
	}
}

func (s *scrape) collect(m *member, out chan<- prometheus.Metric) {
	labels := []*dto.LabelPair{m.label}
	began, success := time.Now(), 1.0
	if s.view.Report == nil && m.from == fromReport {
		success = 0
	} else if err := procfile.Guard(func() error { return m.Collect(s.view, out) }); err != nil {
		if _, ok := errors.AsType[*lossError](err); !ok {
			success = 0
		}
		m.lose(losses(err))
		s.failed(m.name, err)
	}
	if c, ok := m.Collector.(lossCounter); ok && s.view.Report != nil {
		m.lost.Store(c.losses(s.view.Report))
	}
	took := time.Since(began).Seconds()
	out <- &metric{desc: s.duration, labels: labels, kind: prometheus.GaugeValue, value: took}
	out <- &metric{desc: s.success, labels: labels, kind: prometheus.GaugeValue, value: success}
	if m.lost != nil {
		out <- &metric{desc: s.errors, labels: labels, kind: prometheus.CounterValue, value: float64(m.lost.Load()), created: timestamp(s.started)}
	}
	if s.ofHost != nil && m.from != fromReport {
		name := pair("collector", strings.TrimPrefix(m.name, systemPrefix))
		out <- s.ofHost.duration.sample(took, name)
		out <- s.ofHost.success.sample(success, name)
	}
}

// lose counts what could not be read or parsed.
func (m *member) lose(count uint64) {
	if m.lost != nil {
		m.lost.Add(count)
	}
}
