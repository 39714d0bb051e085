package collector

import (
	"slices"
	"strings"
	"time"

	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// groupFamilies is a Collector of metric families that every group has.
type groupFamilies []family[groupView]

// Describe implements Collector.
func (f groupFamilies) Describe(out chan<- *prometheus.Desc) { describe(f, out) }

// Collect implements Collector.
func (f groupFamilies) Collect(v *View, out chan<- prometheus.Metric) error {
	collect(f, v.groups, out)
	return nil
}

// processFamilies is a Collector of metric families that every process of Report.Top has.
type processFamilies []family[processView]

// Describe implements Collector.
func (f processFamilies) Describe(out chan<- *prometheus.Desc) { describe(f, out) }

// Collect implements Collector.
func (f processFamilies) Collect(v *View, out chan<- prometheus.Metric) error {
	collect(f, v.processes, out)
	return nil
}

// family is one metric of many subjects: one series for each of them and each part.
type family[T any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	parts []part[T]
	// each sends the series of a metric whose values of a label are not known beforehand.
	// Optional; there are no parts then.
	each func(of *T, send func(labelValue string, value float64, since time.Time))
	// label is the name of that label.
	label string
	// labels returns the labels of a subject where they are not those that all of its
	// metrics have. Optional.
	labels func(*subject[T]) []*dto.LabelPair
	// began returns when the counters began at 0, where they are younger than the subject;
	// zero where they are not. Optional.
	began func(*T) time.Time
}

// part is one series of a subject; label is nil if it is the only one.
type part[T any] struct {
	label *dto.LabelPair
	// needs are the bits without which the series is absent.
	needs process.Fields
	// value returns false where the series is absent.
	value func(*T) (float64, bool)
}

// always makes the value of a series that is never absent.
func always[T any](value func(*T) float64) func(*T) (float64, bool) {
	return func(of *T) (float64, bool) { return value(of), true }
}

// gauge describes a gauge with one series per subject.
func gauge[T any](s scope[T], name, help string, needs process.Fields, value func(*T) float64) family[T] {
	f := optional(s, name, help, always(value))
	f.parts[0].needs = needs
	return f
}

// optional describes a gauge with one series for each subject of which value returns true.
func optional[T any](s scope[T], name, help string, value func(*T) (float64, bool)) family[T] {
	return family[T]{
		desc:  s.desc(name, help),
		kind:  prometheus.GaugeValue,
		parts: []part[T]{{value: value}},
	}
}

// optionalCounter is optional for a counter.
func optionalCounter[T any](s scope[T], name, help string, value func(*T) (float64, bool)) family[T] {
	f := optional(s, name, help, value)
	f.kind = prometheus.CounterValue
	return f
}

// counter describes a counter with one series per subject.
func counter[T any](s scope[T], name, help string, needs process.Fields, value func(*T) float64) family[T] {
	f := gauge(s, name, help, needs, value)
	f.kind = prometheus.CounterValue
	return f
}

// gauges describes a gauge whose parts are told apart by a label.
func gauges[T any](s scope[T], name, help, label string, parts ...part[T]) family[T] {
	f := counters(s, name, help, label, parts...)
	f.kind = prometheus.GaugeValue
	return f
}

// counters describes a counter whose parts are told apart by a label.
func counters[T any](s scope[T], name, help, label string, parts ...part[T]) family[T] {
	for i := range parts {
		parts[i].label.Name = &label
	}
	slices.SortFunc(parts, func(a, b part[T]) int { return strings.Compare(*a.label.Value, *b.label.Value) })
	return family[T]{
		desc:  s.desc(name, help, label),
		kind:  prometheus.CounterValue,
		parts: parts,
	}
}

// labeled is the part with this value of the label.
func labeled[T any](labelValue string, needs process.Fields, value func(*T) float64) part[T] {
	return part[T]{label: pair("", labelValue), needs: needs, value: always(value)}
}

// scope is the beginning of a metric's name and the labels that all of its kind have.
type scope[T any] struct {
	subsystem string
	labels    []string
}

func ofGroup() scope[groupView] {
	return scope[groupView]{"group", []string{"group"}}
}

func ofProcess() scope[processView] {
	return scope[processView]{"process", []string{"group", "name", "pid"}}
}

func (s scope[T]) desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(Namespace, s.subsystem, name), help,
		slices.Concat(s.labels, labels), nil)
}

func describe[T any](families []family[T], out chan<- *prometheus.Desc) {
	for i := range families {
		out <- families[i].desc
	}
}

func collect[T any](families []family[T], subjects []subject[T], out chan<- prometheus.Metric) {
	for i := range families {
		families[i].collect(subjects, out)
	}
}

func (f *family[T]) collect(subjects []subject[T], out chan<- prometheus.Metric) {
	if f.each != nil {
		f.collectEach(subjects, out)
	}
	for i := range subjects {
		s := &subjects[i]
		for j := range f.parts {
			part := &f.parts[j]
			if !s.known.Has(part.needs) {
				continue
			}
			value, ok := part.value(&s.of)
			if !ok {
				continue
			}
			m := s.metric(f.desc, f.kind, part.label, value)
			if f.labels != nil {
				m.labels = f.labels(s)
			}
			m.created = s.since(part.needs)
			if f.began != nil {
				if began := f.began(&s.of); !began.IsZero() {
					m.created = timestamp(began)
				}
			}
			out <- m
		}
	}
}

// collectEach sends the series of labels that are not known beforehand. Where since is not
// known the counter is as old as the others of the subject.
func (f *family[T]) collectEach(subjects []subject[T], out chan<- prometheus.Metric) {
	var s *subject[T] // One function serves all subjects: it would be allocated for each.
	send := func(labelValue string, value float64, since time.Time) {
		m := s.metric(f.desc, f.kind, nil, value)
		m.labels = s.andValue(f.label, labelValue)
		if !since.IsZero() {
			m.created = timestamp(since)
		}
		out <- m
	}
	for i := range subjects {
		s = &subjects[i]
		f.each(&s.of, send)
	}
}
