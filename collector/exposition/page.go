// Package exposition writes metrics as promhttp does, byte for byte, in a fraction of the
// time: names, labels and order of the series seldom change from one scrape to the next, so
// that their bytes are kept ready and only the values are written at each scrape.
//
// client_golang stays the interface: what is shown are prometheus.Collectors, and whenever
// the set of series changes, its registry gathers those that have, with all its checks.
package exposition

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Sample is all of a metric that is one number.
type Sample struct {
	// Labels are sorted by name, and nobody changes them any more.
	Labels []*dto.LabelPair
	// Type is a counter, a gauge or untyped.
	Type  dto.MetricType
	Value float64
	// Created is when a counter was 0; nil where that is not known.
	Created *timestamppb.Timestamp
}

// Sampler is a prometheus.Metric that can tell its Sample without the detour by Write.
type Sampler interface {
	prometheus.Metric
	Sample() Sample
}

// errUnfit is returned for metrics that only client_golang itself can write, such as those
// with names beyond the classic ones.
var errUnfit = errors.New("these metrics cannot be kept ready")

// Page is the metrics of a few collectors, kept ready from one scrape to the next. Not safe
// for concurrent use.
type Page struct {
	families map[string]*family
	byDesc   map[*prometheus.Desc]*family
	// sorted are the families in the order in which they are written.
	sorted []*family
	scrape uint64
	// last is the family of the metric before: mostly it is that of the next one too.
	lastDesc *prometheus.Desc
	last     *family
	scratch  dto.Metric
	chunks   []chunk
	// gzip is nil until something is compressed.
	gzip *deflater
}

// NewPage returns an empty page.
func NewPage() *Page {
	return &Page{families: make(map[string]*family), byDesc: make(map[*prometheus.Desc]*family)}
}

// collectorBuffer is how many metrics a collector may be ahead.
const collectorBuffer = 512

// Collect takes the metrics of a scrape. After an error the page shows nothing until the next
// Collect; the caller then lets client_golang gather them again.
func (p *Page) Collect(collectors ...prometheus.Collector) error {
	p.scrape++
	p.lastDesc, p.last = nil, nil
	metrics := make(chan prometheus.Metric, collectorBuffer)
	go func() {
		defer close(metrics)
		for _, c := range collectors {
			c.Collect(metrics)
		}
	}()
	var failed error
	for m := range metrics {
		if failed == nil {
			failed = p.take(m)
		}
	}
	if failed == nil {
		failed = p.settle()
	}
	if failed != nil {
		p.forget()
	}
	return failed
}

// forget drops all that is kept.
func (p *Page) forget() {
	clear(p.families)
	clear(p.byDesc)
	p.sorted, p.chunks = nil, nil
}

// take adds one metric to its family.
func (p *Page) take(m prometheus.Metric) error {
	desc := m.Desc()
	f := p.last
	if desc != p.lastDesc {
		var err error
		if f, err = p.familyOf(desc); err != nil {
			return err
		}
		p.lastDesc, p.last = desc, f
	}
	if f.scrape != p.scrape {
		f.begin(p.scrape)
	}
	if s, ok := m.(Sampler); ok {
		f.add(desc, s.Sample())
		return nil
	}
	p.scratch = dto.Metric{}
	if err := m.Write(&p.scratch); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if s, ok := sampleOf(&p.scratch); ok {
		f.add(desc, s)
	} else {
		f.whole = append(f.whole, m)
	}
	return nil
}

// sampleOf returns a metric as a sample, if it is one number without a time of its own.
func sampleOf(m *dto.Metric) (Sample, bool) {
	s := Sample{Labels: m.Label}
	switch {
	case m.TimestampMs != nil, m.Histogram != nil, m.Summary != nil:
		return s, false
	case m.Gauge != nil:
		s.Type, s.Value = dto.MetricType_GAUGE, m.Gauge.GetValue()
	case m.Counter != nil && m.Counter.Exemplar == nil:
		s.Type, s.Value, s.Created = dto.MetricType_COUNTER, m.Counter.GetValue(), m.Counter.CreatedTimestamp
	case m.Untyped != nil:
		s.Type, s.Value = dto.MetricType_UNTYPED, m.Untyped.GetValue()
	default:
		return s, false
	}
	return s, true
}

// familyOf returns the family that a description belongs to.
func (p *Page) familyOf(desc *prometheus.Desc) (*family, error) {
	if f := p.byDesc[desc]; f != nil {
		return f, nil
	}
	text := desc.String()
	name, err := nameIn(text)
	if err != nil {
		return nil, err
	}
	// Some collectors make a new description at each scrape.
	if len(p.byDesc) > 4*len(p.families)+64 {
		clear(p.byDesc)
	}
	f := p.families[name]
	if f == nil {
		f = &family{name: name, described: text}
		p.families[name] = f
	}
	if f.described != text {
		f.described = text
		f.reset()
	}
	p.byDesc[desc] = f
	return f, nil
}

// nameIn finds the name in what prometheus.Desc.String returns, its only way to tell it.
func nameIn(text string) (string, error) {
	_, rest, ok := strings.Cut(text, "fqName: ")
	quoted, err := strconv.QuotedPrefix(rest)
	if !ok || err != nil {
		return "", fmt.Errorf("a description without a name: %s: %w", text, errUnfit)
	}
	return strconv.Unquote(quoted)
}

// settle ends a scrape: it drops what did not come and has client_golang check what is new.
func (p *Page) settle() error {
	var changed []*family
	gone := false
	for name, f := range p.families {
		if f.scrape != p.scrape {
			delete(p.families, name)
			gone = true
			continue
		}
		if f.end(); f.changed {
			changed = append(changed, f)
		}
	}
	if gone {
		clear(p.byDesc)
	}
	if len(changed) == 0 && !gone {
		return nil
	}
	if err := gather(changed); err != nil {
		return err
	}
	p.arrange(gone)
	return nil
}

// arrange sorts the families, if there are others than before.
func (p *Page) arrange(gone bool) {
	if !gone && len(p.sorted) == len(p.families) {
		return
	}
	p.sorted = p.sorted[:0]
	for _, f := range p.families {
		p.sorted = append(p.sorted, f)
	}
	slices.SortFunc(p.sorted, func(a, b *family) int { return strings.Compare(a.name, b.name) })
	p.chunks = nil
}

// gather has a registry of client_golang check the series of families that are new, and sorts
// them all.
func gather(changed []*family) error {
	var unchecked []*family
	for _, f := range changed {
		if f.needsCheck() {
			unchecked = append(unchecked, f)
		}
	}
	if err := check(unchecked); err != nil {
		return err
	}
	for _, f := range changed {
		if err := f.arrange(); err != nil {
			return err
		}
	}
	return nil
}

func check(families []*family) error {
	registry := prometheus.NewRegistry()
	if err := registry.Register(replay(families)); err != nil {
		return err
	}
	found, err := registry.Gather()
	if err != nil {
		return err
	}
	at := make(map[string]*dto.MetricFamily, len(found))
	for _, of := range found {
		at[of.GetName()] = of
	}
	for _, f := range families {
		of := at[f.name]
		if of == nil {
			return fmt.Errorf("%s is not among what was gathered: %w", f.name, errUnfit)
		}
		if err := f.take(of); err != nil {
			return err
		}
	}
	return nil
}

// replay is the families' metrics of this scrape as a prometheus.Collector.
type replay []*family

// Describe implements prometheus.Collector: none of them is promised.
func (replay) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (r replay) Collect(out chan<- prometheus.Metric) {
	for _, f := range r {
		f.replayed(out)
	}
}
