package collector

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newProcessInfo(options Options) Collector {
	labels := []string{"container", "container_name", "exe", "namespace", "pod", "ppid", "unit", "user"}
	if options.Cmdline {
		labels = append(labels, "cmdline")
	}
	return processFamilies{
		family[processView]{
			desc: ofProcess().desc("info",
				"1 for each process with series of its own: the top processes by CPU, memory and I/O, and their ancestors. Its labels describe the "+
					"process; join them to the other metrics on pid, name and group. ppid is the parent in the tree, as in the API: the nearest ancestor that is "+
					"shown, 0 for none. An empty label is unknown or does not apply.", labels...),
			kind:   prometheus.GaugeValue,
			parts:  []part[processView]{{value: always(func(*processView) float64 { return 1 })}},
			labels: func(s *subject[processView]) []*dto.LabelPair { return infoLabelsOf(s, options.Cmdline) },
		},
		gauge(ofProcess(), "start_time_seconds",
			"Start time of the process, in seconds since 1970. PID and start time together identify a process.",
			0, func(p *processView) float64 { return unix(p.started) }),
	}
}

// infoLabelsOf returns the labels of a process, those of the scrape before if they are the same.
func infoLabelsOf(s *subject[processView], withCmdline bool) []*dto.LabelPair {
	is := madeInfo{facts: s.of.Facts, shown: s.of.shown, parent: s.of.parent}
	if was := s.info; was.labels != nil && was.facts == is.facts && was.shown == is.shown && was.parent == is.parent {
		return was.labels
	}
	is.labels = makeInfoLabels(s, withCmdline)
	s.info = is
	return is.labels
}

// makeInfoLabels leaves out what not every reader of the metrics may see.
func makeInfoLabels(s *subject[processView], withCmdline bool) []*dto.LabelPair {
	facts, shown := s.of.Facts, s.of.shown
	labels := append(slices.Clone(s.labels),
		pair("container", facts.Container),
		pair("container_name", facts.ContainerName),
		pair("exe", shown.LabelExe(facts.Exe)),
		pair("namespace", facts.Namespace),
		pair("pod", facts.Pod),
		pair("ppid", strconv.Itoa(s.of.parent)),
		pair("unit", facts.Unit),
		pair("user", facts.User),
	)
	if withCmdline {
		labels = append(labels, pair("cmdline", cmdlineLabel(shown.LabelArgs(facts.Cmdline))))
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
