package collector

import (
	"slices"
	"strings"

	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newGroupProcesses(Options) Collector {
	return groupProcesses{
		groupFigures: groupFigures{
			gauge(ofGroup(), "threads", "Threads of the group's processes.",
				process.HasThreads, func(g *group.Group) float64 { return float64(g.Threads) }),
		},
		processes: ofGroup().desc("processes",
			"Processes of the group by what they do now. blocked waits for a disk or the like and cannot be "+
				"killed; zombie has ended and its parent has not asked for the result. A group that the "+
				"configuration names is 0 while nothing runs.",
			"state"),
		configured: ofGroup().desc("configured",
			"1 for each group that the configuration names, which exists although nothing runs. Absent for the "+
				"others, which are there because a process is or was."),
		states: stateLabels(),
	}
}

type groupProcesses struct {
	groupFigures
	processes, configured *prometheus.Desc
	states                []stateLabel
}

// stateLabel is a process.State with its label.
type stateLabel struct {
	process.State
	label *dto.LabelPair
}

// stateLabels returns the labels of all states in the order of their names.
func stateLabels() []stateLabel {
	labels := make([]stateLabel, process.NumStates)
	for i := range labels {
		labels[i] = stateLabel{process.State(i), pair("state", process.State(i).String())}
	}
	slices.SortFunc(labels, func(a, b stateLabel) int { return strings.Compare(a.String(), b.String()) })
	return labels
}

// Describe implements Collector.
func (c groupProcesses) Describe(out chan<- *prometheus.Desc) {
	c.groupFigures.Describe(out)
	out <- c.processes
	out <- c.configured
}

// Collect implements Collector.
func (c groupProcesses) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.groups {
		s := &v.groups[i]
		for _, state := range c.states {
			out <- s.metric(c.processes, prometheus.GaugeValue, state.label, float64(s.of.States[state.State]))
		}
		if s.of.Configured {
			out <- s.metric(c.configured, prometheus.GaugeValue, nil, 1)
		}
	}
	return c.groupFigures.Collect(v, out)
}
