package eventfile

import "github.com/prometheus/client_golang/prometheus"

// Metrics shows what a Writer has done. It is a prometheus.Collector.
type Metrics struct {
	writer                  *Writer
	written, dropped, bytes *prometheus.Desc
}

// NewMetrics returns the metrics of a writer.
func NewMetrics(writer *Writer) *Metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("proctree_events_file_"+name, help, labels, nil)
	}
	return &Metrics{
		writer:  writer,
		written: desc("written_total", "Lines that were written to the file of events."),
		dropped: desc("dropped_total",
			"Events that are not in the file of events, by reason: no_space, write_error, busy (too many at once; their number is written).", "reason"),
		bytes: desc("bytes", "Size of the file of events and of the one before."),
	}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range [...]*prometheus.Desc{m.written, m.dropped, m.bytes} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	s := m.writer.Stats()
	out <- prometheus.MustNewConstMetric(m.written, prometheus.CounterValue, float64(s.Written))
	for reason, n := range s.Dropped {
		out <- prometheus.MustNewConstMetric(m.dropped, prometheus.CounterValue, float64(n), reason)
	}
	out <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(s.Bytes))
}
