package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Started returns c with a start timestamp for each of its counters that has none. The
// client library's collectors of the program itself do not set one.
func Started(c prometheus.Collector, at time.Time) prometheus.Collector {
	return startedCollector{c, timestamp(at)}
}

type startedCollector struct {
	prometheus.Collector
	at *timestamppb.Timestamp
}

// Collect implements prometheus.Collector.
func (c startedCollector) Collect(out chan<- prometheus.Metric) {
	metrics := make(chan prometheus.Metric)
	go func() {
		defer close(metrics)
		c.Collector.Collect(metrics)
	}()
	for m := range metrics {
		out <- startedMetric{m, c.at}
	}
}

type startedMetric struct {
	prometheus.Metric
	at *timestamppb.Timestamp
}

// Write implements prometheus.Metric.
func (m startedMetric) Write(out *dto.Metric) error {
	if err := m.Metric.Write(out); err != nil {
		return err
	}
	if out.Counter != nil && out.Counter.CreatedTimestamp == nil {
		out.Counter.CreatedTimestamp = m.at
	}
	return nil
}
