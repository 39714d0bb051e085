package collector

import (
	"slices"
	"strconv"
	"strings"

	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newProcessInfo(options Options) Collector {
	labels := []string{"container", "exe", "ppid", "unit", "user"}
	help := "1 for each process shown one by one: the top ones by CPU, memory and I/O, and their ancestors. " +
		"Its labels say what the process is; join them to the other metrics on pid, name and group. " +
		"An empty label is not known or not there."
	if options.Cmdline {
		labels = append(labels, "cmdline")
	}
	return processInfo{
		cmdline: options.Cmdline,
		info:    ofProcess().desc("info", help, labels...),
		start: ofProcess().desc("start_time_seconds",
			"Start time of the process, in seconds since 1970. With the PID it is what makes a process itself."),
	}
}

type processInfo struct {
	cmdline     bool
	info, start *prometheus.Desc
}

// Describe implements Collector.
func (c processInfo) Describe(out chan<- *prometheus.Desc) {
	out <- c.info
	out <- c.start
}

// Collect implements Collector.
func (c processInfo) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.processes {
		s := &v.processes[i]
		info := s.metric(c.info, prometheus.GaugeValue, nil, 1)
		info.labels = c.labels(s, v.Shown)
		out <- info
		out <- s.metric(c.start, prometheus.GaugeValue, nil, unix(v.Snapshot.StartTime(s.of)))
	}
	return nil
}

// labels leaves out what only the operator of a token may see.
func (c processInfo) labels(s *subject[process.Process], shown *group.Shown) []*dto.LabelPair {
	facts := s.of.Facts
	exe, cmdline := facts.Exe, ""
	switch {
	case !shown.Labels():
		exe = ""
	case c.cmdline:
		cmdline = cmdlineLabel(shown.Args(facts.Cmdline))
	}
	labels := append(slices.Clone(s.labels),
		pair("container", facts.Container),
		pair("exe", exe),
		pair("ppid", strconv.Itoa(s.of.PPID)),
		pair("unit", facts.Unit),
		pair("user", facts.User),
	)
	if c.cmdline {
		labels = append(labels, pair("cmdline", cmdline))
	}
	slices.SortFunc(labels, func(a, b *dto.LabelPair) int { return strings.Compare(*a.Name, *b.Name) })
	return labels
}

// maxCmdlineLabel bounds the label cmdline, in bytes: a command line can have megabytes,
// and Prometheus keeps every label it was ever given.
const maxCmdlineLabel = 1024

// cmdlineLabel returns arguments as the value of a label.
func cmdlineLabel(args []string) string {
	text := strings.Join(args, " ")
	if len(text) > maxCmdlineLabel {
		text = strings.ToValidUTF8(text[:maxCmdlineLabel], "") + "…"
	}
	return text
}
