package exposition

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// series is one of a family, with its value. It is a prometheus.Metric for client_golang's
// checks.
type series struct {
	desc *prometheus.Desc
	// labels are as they came, shown as client_golang sorts them.
	labels, shown []*dto.LabelPair
	value         float64
	created       *timestamppb.Timestamp
	kind          dto.MetricType
	// checked is set once client_golang has seen it, written is what it was shown as.
	checked bool
	written *dto.Metric
	ready   [formats]ready
}

// ready is a series in one format: what comes before its value, or, in protobuf, all of it
// with the value at a place.
type ready struct {
	bytes []byte
	value int32
}

// is reports whether a sample is of this series.
func (s *series) is(sample *Sample) bool {
	return s.kind == sample.Type && sameLabels(s.labels, sample.Labels) && sameTime(s.created, sample.Created)
}

// set sets the value and reports whether it is another one.
func (s *series) set(value float64) bool {
	if math.Float64bits(s.value) == math.Float64bits(value) {
		return false
	}
	s.value = value
	return true
}

// Desc implements prometheus.Metric.
func (s *series) Desc() *prometheus.Desc { return s.desc }

// Write implements prometheus.Metric.
func (s *series) Write(out *dto.Metric) error {
	s.fill(out, s.labels)
	s.written = out
	return nil
}

func (s *series) fill(out *dto.Metric, labels []*dto.LabelPair) {
	out.Label = labels
	switch s.kind {
	case dto.MetricType_COUNTER:
		out.Counter = &dto.Counter{Value: new(s.value), CreatedTimestamp: s.created}
	case dto.MetricType_GAUGE:
		out.Gauge = &dto.Gauge{Value: new(s.value)}
	default:
		out.Untyped = &dto.Untyped{Value: new(s.value)}
	}
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
