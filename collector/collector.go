// Package collector turns reports of processes and their groups into Prometheus metrics.
// Table lists every collector, and one file holds each subject. Nothing here reads the
// operating system: a collector is a function of a report, or of what one of the readers in
// Options reads for it. None keeps values between scrapes; counters come from the kernel or
// from the reports.
package collector

import (
	"time"

	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
)

// Namespace begins the name of every metric.
const Namespace = "proctree"

// Collector turns the view of one report into the metrics of one subject.
type Collector interface {
	// Describe sends the description of every metric that Collect can send.
	Describe(out chan<- *prometheus.Desc)
	// Collect sends the metrics. An error marks the collector as failed in
	// scrape_collector_success; what was sent before it counts all the same.
	Collect(v *View, out chan<- prometheus.Metric) error
}

// Options are the settings of single collectors. The zero value is the default.
type Options struct {
	// Cmdline adds the label cmdline to process_info.
	Cmdline bool
	// System reads the values of the system collectors; nil has none.
	System system.Reader
	// SystemNamespace begins the names of their metrics; empty is the constant
	// SystemNamespace.
	SystemNamespace string
	// Started is when the exporter started: its own counters began at 0 then, and those of
	// the groups that its first scan found.
	Started time.Time
	// Sockets finds the sockets of processes for the collector GroupSockets; nil shows none.
	Sockets SocketReader
	// TextfileDirectories are where the collector textfile finds its files.
	TextfileDirectories []string
	// Failed is told of every collector that failed in a scrape, and why; not of those that
	// lacked a report. It has to be safe for concurrent use. Optional.
	Failed func(collector string, err error)
}
