package history

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics shows what a Recorder has done. It is a prometheus.Collector.
type Metrics struct {
	recorder                                        func() *Recorder
	dir                                             string
	frames, dropped, bytes, oldest, newest, seconds *prometheus.Desc
}

// NewMetrics returns the metrics of a directory; recorder returns nil while nothing is recorded.
func NewMetrics(dir string, recorder func() *Recorder) *Metrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("proctree_history_"+name, help, labels, nil)
	}
	return &Metrics{
		recorder: recorder, dir: dir,
		frames:  desc("frames_written_total", "Process tables that were recorded."),
		dropped: desc("frames_dropped_total", "Process tables that were not recorded, by reason: busy (the disk is slow), no_space, write_error.", "reason"),
		bytes:   desc("bytes", "Size of the recording."),
		oldest:  desc("oldest_timestamp_seconds", "Time of the oldest table of the recording, in seconds since 1970."),
		newest:  desc("newest_timestamp_seconds", "When the newest segment of the recording was last written, in seconds since 1970."),
		seconds: desc("write_seconds_total", "Time spent on encoding and writing process tables."),
	}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range [...]*prometheus.Desc{m.frames, m.dropped, m.bytes, m.oldest, m.newest, m.seconds} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	send := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	if r := m.recorder(); r != nil {
		s := r.Stats()
		send(m.frames, prometheus.CounterValue, float64(s.Written))
		send(m.seconds, prometheus.CounterValue, s.WriteSeconds)
		for reason, n := range s.Dropped {
			send(m.dropped, prometheus.CounterValue, float64(n), reason)
		}
	}
	files, err := listSegments(m.dir)
	if err != nil || len(files) == 0 {
		return
	}
	send(m.bytes, prometheus.GaugeValue, float64(sizeOf(files)+sizeOf(keptFiles(m.dir))))
	if oldest, ok := firstTime(files[0].path); ok {
		send(m.oldest, prometheus.GaugeValue, float64(oldest.Unix()))
	}
	send(m.newest, prometheus.GaugeValue, float64(files[len(files)-1].changed.Unix()))
}
