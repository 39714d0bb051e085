package textfile

import (
	"slices"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// seriesNames are the names under which a family's series are written.
func seriesNames(family *dto.MetricFamily) []string {
	name := family.GetName()
	switch family.GetType() {
	case dto.MetricType_HISTOGRAM, dto.MetricType_GAUGE_HISTOGRAM:
		return []string{name, name + "_bucket", name + "_sum", name + "_count"}
	case dto.MetricType_SUMMARY:
		return []string{name, name + "_sum", name + "_count"}
	}
	return []string{name}
}

// repeats reports whether a metric has a bucket or a quantile twice.
func repeats(metric *dto.Metric) bool {
	seen := make(map[float64]bool)
	twice := func(value float64) bool {
		again := seen[value]
		seen[value] = true
		return again
	}
	return slices.ContainsFunc(metric.GetHistogram().GetBucket(), func(b *dto.Bucket) bool { return twice(b.GetUpperBound()) }) ||
		slices.ContainsFunc(metric.GetSummary().GetQuantile(), func(q *dto.Quantile) bool { return twice(q.GetQuantile()) })
}

// labelKey is the same for the same labels.
func labelKey(labels []*dto.LabelPair) string {
	var key []byte
	for _, l := range labels {
		if l.GetValue() != "" { // An empty label is none.
			key = append(strconv.AppendQuote(append(key, l.GetName()...), l.GetValue()), ',')
		}
	}
	return string(key)
}

// series counts what Prometheus will store.
func series(family *dto.MetricFamily) int {
	n := 0
	for _, metric := range family.GetMetric() {
		switch {
		case metric.Histogram != nil:
			n += len(metric.Histogram.GetBucket()) + 2
		case metric.Summary != nil:
			n += len(metric.Summary.GetQuantile()) + 2
		default:
			n++
		}
	}
	return n
}

func typeName(family *dto.MetricFamily) string { return strings.ToLower(family.GetType().String()) }
