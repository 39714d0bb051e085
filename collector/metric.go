package collector

import (
	"strings"
	"time"

	"proctree/collector/exposition"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// metric is a prometheus.Metric that shares its label pairs with others. A scrape makes
// thousands of metrics with the same few pairs, and prometheus.NewConstMetric would
// allocate, check and sort them for each.
type metric struct {
	desc *prometheus.Desc
	// labels are sorted by name.
	labels []*dto.LabelPair
	kind   prometheus.ValueType
	value  float64
	// created is when a counter was 0, its start timestamp; nil where that is not known. Of
	// other kinds it is ignored.
	created *timestamppb.Timestamp
}

// Desc implements prometheus.Metric.
func (m *metric) Desc() *prometheus.Desc { return m.desc }

// Write implements prometheus.Metric.
func (m *metric) Write(out *dto.Metric) error {
	out.Label = m.labels
	switch m.kind {
	case prometheus.CounterValue:
		out.Counter = &dto.Counter{Value: &m.value, CreatedTimestamp: m.created}
	case prometheus.UntypedValue:
		out.Untyped = &dto.Untyped{Value: &m.value}
	default:
		out.Gauge = &dto.Gauge{Value: &m.value}
	}
	return nil
}

// Sample implements exposition.Sampler.
func (m *metric) Sample() exposition.Sample {
	s := exposition.Sample{Labels: m.labels, Type: dto.MetricType_GAUGE, Value: m.value}
	switch m.kind {
	case prometheus.CounterValue:
		s.Type, s.Created = dto.MetricType_COUNTER, m.created
	case prometheus.UntypedValue:
		s.Type = dto.MetricType_UNTYPED
	}
	return s
}

// pair returns a label with the value made valid UTF-8, for the kernel takes any bytes as
// a process name and one invalid label would fail the whole scrape.
func pair(name, value string) *dto.LabelPair {
	value = strings.ToValidUTF8(value, "\uFFFD")
	return &dto.LabelPair{Name: &name, Value: &value}
}

// insert returns labels and l as a new slice in the order of names.
func insert(labels []*dto.LabelPair, l *dto.LabelPair) []*dto.LabelPair {
	all := make([]*dto.LabelPair, 0, len(labels)+1)
	for i, other := range labels {
		if *other.Name > *l.Name {
			return append(append(all, l), labels[i:]...)
		}
		all = append(all, other)
	}
	return append(all, l)
}

// timestamp returns t for metric.created; nil where t is not known, or no time of a host.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.Unix() <= 0 {
		return nil
	}
	return timestamppb.New(t)
}

// unix returns t in seconds since 1970, to the millisecond: no start is known better.
func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
