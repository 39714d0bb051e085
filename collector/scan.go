package collector

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newScan(Options) Collector {
	return scan{
		duration: hostDesc("scan_duration_seconds",
			"Duration of the last scan of the process table. Requests within "+
				"a second of a scan share its result."),
		processes: hostDesc("scan_processes", "Processes that the last scan found."),
		overflow: hostDesc("group_overflow_processes",
			"Processes counted in the group \"other\" because the limit of groups (--group.max) was reached."),
		reader: hostDesc("reader_info",
			"1, with the reader of the process table and the source of the CPU time of short-lived processes.",
			"exits", "reader"),
	}
}

type scan struct{ duration, processes, overflow, reader *prometheus.Desc }

// Describe implements Collector.
func (c scan) Describe(out chan<- *prometheus.Desc) {
	out <- c.duration
	out <- c.processes
	out <- c.overflow
	out <- c.reader
}

// Collect implements Collector.
func (c scan) Collect(v *View, out chan<- prometheus.Metric) error {
	s := v.Snapshot
	out <- &metric{desc: c.duration, kind: prometheus.GaugeValue, value: s.Duration.Seconds()}
	out <- &metric{desc: c.processes, kind: prometheus.GaugeValue, value: float64(len(s.Processes))}
	out <- &metric{desc: c.overflow, kind: prometheus.GaugeValue, value: float64(v.OverflowProcesses)}
	out <- &metric{
		desc:   c.reader,
		labels: []*dto.LabelPair{pair("exits", string(s.ExitSource)), pair("reader", s.Reader)},
		kind:   prometheus.GaugeValue,
		value:  1,
	}
	return nil
}
