package events

import (
	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector/process"
)

// Metrics shows how many events a Log has read. It is a prometheus.Collector.
type Metrics struct {
	log              *Log
	read, lost, info *prometheus.Desc
}

// NewMetrics returns the metrics of a log.
func NewMetrics(log *Log) *Metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("proctree_events_"+name, help, labels, nil)
	}
	return &Metrics{
		log:  log,
		read: desc("read_total", "Process events that were read, by kind: fork, exec, exit.", "kind"),
		lost: desc("lost_total", "Process events that were lost before the exporter could read them, by kind.", "kind"),
		info: desc("source_info", "Source of process events: bpf (each event) or scans (differences between two scans).", "source"),
	}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range [...]*prometheus.Desc{m.read, m.lost, m.info} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	stats := m.log.Stats()
	for kind := range process.LossKinds {
		out <- prometheus.MustNewConstMetric(m.read, prometheus.CounterValue, float64(stats.Read[kind]), kind.String())
		out <- prometheus.MustNewConstMetric(m.lost, prometheus.CounterValue, float64(stats.Lost[kind]), kind.String())
	}
	out <- prometheus.MustNewConstMetric(m.info, prometheus.GaugeValue, 1, string(m.log.Source()))
}
