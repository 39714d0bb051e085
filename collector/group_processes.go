package collector

import (
	"proctree/collector/group"
	"proctree/collector/host"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newGroupProcesses(Options) Collector {
	return groupProcesses{
		groupFigures: groupFigures{
			gauge(ofGroup(), "threads", "Threads of the group's processes.",
				host.HasThreads, func(g *group.Group) float64 { return float64(g.Threads) }),
		},
		processes: ofGroup().desc("processes",
			"Processes of the group by what they do now. blocked waits for a disk or the like and cannot be "+
				"killed; zombie has ended and its parent has not asked for the result. A group that the "+
				"configuration names is 0 while nothing runs.",
			"state"),
		states: statePairs(),
	}
}

type groupProcesses struct {
	groupFigures
	processes *prometheus.Desc
	states    [host.NumStates]*dto.LabelPair
}

// statePairs returns the label state of each host.State.
func statePairs() (pairs [host.NumStates]*dto.LabelPair) {
	for i := range pairs {
		pairs[i] = pair("state", host.State(i).String())
	}
	return pairs
}

// Describe implements Collector.
func (c groupProcesses) Describe(out chan<- *prometheus.Desc) {
	c.groupFigures.Describe(out)
	out <- c.processes
}

// Collect implements Collector.
func (c groupProcesses) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.groups {
		s := &v.groups[i]
		for state, n := range s.of.States {
			out <- s.metric(c.processes, prometheus.GaugeValue, c.states[state], float64(n))
		}
	}
	return c.groupFigures.Collect(v, out)
}
