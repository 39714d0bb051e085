package collector

import (
	"proctree/collector/process"
)

func newGroupContextSwitches(Options) Collector {
	return groupFamilies{
		counters(ofGroup(), "context_switches_total",
			"Context switches of the group's processes: voluntary ones waited for something, involuntary ones "+
				"were pushed off the CPU. Where /proc is read, only each process' main thread counts.",
			"kind",
			labeled("voluntary", process.HasVoluntary, func(g *groupView) float64 { return float64(g.VoluntarySwitches) }),
			labeled("involuntary", process.HasInvoluntary, func(g *groupView) float64 { return float64(g.InvoluntarySwitches) }),
		),
	}
}
