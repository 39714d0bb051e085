package collector

import (
	"proctree/collector/group"
	"proctree/collector/process"
)

func newGroupContextSwitches(Options) Collector {
	return groupFigures{
		counters(ofGroup(), "context_switches_total",
			"Context switches of the group's processes: voluntary ones waited for something, involuntary ones "+
				"were pushed off the CPU. Where /proc is read, only each process' main thread counts.",
			"kind",
			of("voluntary", process.HasVoluntary, func(g *group.Group) float64 { return float64(g.VoluntarySwitches) }),
			of("involuntary", process.HasInvoluntary, func(g *group.Group) float64 { return float64(g.InvoluntarySwitches) }),
		),
	}
}
