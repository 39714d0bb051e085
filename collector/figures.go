package collector

import (
	"slices"
	"strings"

	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// groupFigures is a Collector of figures that every group has.
type groupFigures []figure[group.Group]

// Describe implements Collector.
func (f groupFigures) Describe(out chan<- *prometheus.Desc) { describe(f, out) }

// Collect implements Collector.
func (f groupFigures) Collect(v *View, out chan<- prometheus.Metric) error {
	collect(f, v.groups, out)
	return nil
}

// processFigures is a Collector of figures that every process of Report.Top has.
type processFigures []figure[process.Process]

// Describe implements Collector.
func (f processFigures) Describe(out chan<- *prometheus.Desc) { describe(f, out) }

// Collect implements Collector.
func (f processFigures) Collect(v *View, out chan<- prometheus.Metric) error {
	collect(f, v.processes, out)
	return nil
}

// figure is one metric of many subjects: one series for each of them and each part.
type figure[T any] struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	parts []part[T]
}

// part is one series of a subject; label is nil if it is the only one.
type part[T any] struct {
	label *dto.LabelPair
	// needs are the bits without which the series is absent.
	needs process.Fields
	value func(*T) float64
}

// gauge describes a gauge with one series per subject.
func gauge[T any](s scope[T], name, help string, needs process.Fields, value func(*T) float64) figure[T] {
	return figure[T]{
		desc:  s.desc(name, help),
		kind:  prometheus.GaugeValue,
		parts: []part[T]{{needs: needs, value: value}},
	}
}

// counter describes a counter with one series per subject.
func counter[T any](s scope[T], name, help string, needs process.Fields, value func(*T) float64) figure[T] {
	f := gauge(s, name, help, needs, value)
	f.kind = prometheus.CounterValue
	return f
}

// counters describes a counter whose parts are told apart by a label.
func counters[T any](s scope[T], name, help, label string, parts ...part[T]) figure[T] {
	for i := range parts {
		parts[i].label.Name = &label
	}
	slices.SortFunc(parts, func(a, b part[T]) int { return strings.Compare(*a.label.Value, *b.label.Value) })
	return figure[T]{
		desc:  s.desc(name, help, label),
		kind:  prometheus.CounterValue,
		parts: parts,
	}
}

// of is the part with this value of the label.
func of[T any](labelValue string, needs process.Fields, value func(*T) float64) part[T] {
	return part[T]{label: pair("", labelValue), needs: needs, value: value}
}

// scope is the beginning of a metric's name and the labels that all of its kind have.
type scope[T any] struct {
	subsystem string
	labels    []string
}

func ofGroup() scope[group.Group] {
	return scope[group.Group]{"group", []string{"group"}}
}

func ofProcess() scope[process.Process] {
	return scope[process.Process]{"process", []string{"group", "name", "pid"}}
}

func (s scope[T]) desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(Namespace, s.subsystem, name), help,
		slices.Concat(s.labels, labels), nil)
}

func describe[T any](figures []figure[T], out chan<- *prometheus.Desc) {
	for i := range figures {
		out <- figures[i].desc
	}
}

func collect[T any](figures []figure[T], subjects []subject[T], out chan<- prometheus.Metric) {
	for i := range figures {
		figures[i].collect(subjects, out)
	}
}

func (f *figure[T]) collect(subjects []subject[T], out chan<- prometheus.Metric) {
	for i := range subjects {
		s := &subjects[i]
		for j := range f.parts {
			part := &f.parts[j]
			if !s.known.Has(part.needs) {
				continue
			}
			m := s.metric(f.desc, f.kind, part.label, part.value(s.of))
			m.created = s.since(part.needs)
			out <- m
		}
	}
}
