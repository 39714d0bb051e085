package exposition

import (
	"math"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// family is the metrics of one name.
type family struct {
	name string
	// described is the description as text.
	described string
	scrape    uint64

	// series are those of the last scrape, in the order in which they came; of those n have
	// come in this one.
	series []series
	n      int
	// whole are the metrics of this scrape that are more than one number. Their family is
	// written by client_golang each time.
	whole []prometheus.Metric
	// changed is set if there are other series than before, or whole ones.
	changed bool
	// version counts the scrapes that changed something, be it a value.
	version uint64

	// order has the series by their places in the output.
	order []int32
	help  string
	unit  *string
	kind  dto.MetricType
	// gathered is the family of a scrape with whole metrics, else nil.
	gathered *dto.MetricFamily

	encodings [formats]encoding
}

// series is one of them, with its value. It is a prometheus.Metric for client_golang's checks.
type series struct {
	desc    *prometheus.Desc
	labels  []*dto.LabelPair
	value   float64
	created *timestamppb.Timestamp
	kind    dto.MetricType
	written *dto.Metric
}

// Desc implements prometheus.Metric.
func (s *series) Desc() *prometheus.Desc { return s.desc }

// Write implements prometheus.Metric.
func (s *series) Write(out *dto.Metric) error {
	s.fill(out)
	s.written = out
	return nil
}

func (s *series) fill(out *dto.Metric) {
	out.Label = s.labels
	switch s.kind {
	case dto.MetricType_COUNTER:
		out.Counter = &dto.Counter{Value: new(s.value), CreatedTimestamp: s.created}
	case dto.MetricType_GAUGE:
		out.Gauge = &dto.Gauge{Value: new(s.value)}
	default:
		out.Untyped = &dto.Untyped{Value: new(s.value)}
	}
}

// begin opens a scrape.
func (f *family) begin(scrape uint64) {
	if len(f.whole) > 0 {
		f.changed = true
		clear(f.whole)
		f.whole = f.whole[:0]
	}
	f.scrape, f.n = scrape, 0
}

// add takes the next series.
func (f *family) add(desc *prometheus.Desc, s Sample) {
	at := f.n
	f.n++
	if at < len(f.series) {
		known := &f.series[at]
		if known.kind == s.Type && sameLabels(known.labels, s.Labels) && sameTime(known.created, s.Created) {
			// What was compared need not be compared label by label the next time.
			known.desc, known.labels = desc, s.Labels
			if math.Float64bits(known.value) != math.Float64bits(s.Value) {
				known.value = s.Value
				f.version++
			}
			return
		}
		*known = series{desc: desc, labels: s.Labels, value: s.Value, created: s.Created, kind: s.Type}
		f.changed = true
		return
	}
	f.series = append(f.series, series{desc: desc, labels: s.Labels, value: s.Value, created: s.Created, kind: s.Type})
	f.changed = true
}

// end closes a scrape.
func (f *family) end() {
	if f.n < len(f.series) {
		clear(f.series[f.n:])
		f.series = f.series[:f.n]
		f.changed = true
	}
	if len(f.whole) > 0 {
		f.changed = true
	}
}

// arrange takes over what client_golang has checked and sorted.
func (f *family) arrange(of *dto.MetricFamily) error {
	f.help, f.kind, f.unit, f.gathered = of.GetHelp(), of.GetType(), of.Unit, nil
	if !fits(of) {
		return ErrUnfit
	}
	f.version++
	f.changed = false
	for i := range f.encodings {
		f.encodings[i] = encoding{}
	}
	if len(f.whole) > 0 {
		f.gathered = of
		return nil
	}
	places := make(map[*dto.Metric]int32, len(f.series))
	for i := range f.series {
		places[f.series[i].written] = int32(i)
		f.series[i].written = nil
	}
	f.order = slices.Grow(f.order[:0], len(f.series))
	for _, m := range of.Metric {
		f.order = append(f.order, places[m])
	}
	return nil
}

// fits reports whether all names are classic ones, which no format has to escape.
func fits(of *dto.MetricFamily) bool {
	if !model.LegacyValidation.IsValidMetricName(of.GetName()) {
		return false
	}
	for _, m := range of.Metric {
		for _, l := range m.Label {
			if !model.LegacyValidation.IsValidLabelName(l.GetName()) {
				return false
			}
		}
	}
	return true
}

// asFamily makes a family of client_golang of the series.
func (f *family) asFamily() *dto.MetricFamily {
	if f.gathered != nil {
		return f.gathered
	}
	of := &dto.MetricFamily{Name: &f.name, Help: &f.help, Type: f.kind.Enum(), Unit: f.unit, Metric: make([]*dto.Metric, len(f.order))}
	for at, i := range f.order {
		of.Metric[at] = new(dto.Metric)
		f.series[i].fill(of.Metric[at])
	}
	return of
}

func sameLabels(a, b []*dto.LabelPair) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (a[i].GetValue() != b[i].GetValue() || a[i].GetName() != b[i].GetName()) {
			return false
		}
	}
	return true
}

func sameTime(a, b *timestamppb.Timestamp) bool {
	return a == b || a != nil && b != nil && a.Seconds == b.Seconds && a.Nanos == b.Nanos
}
