package collector

import (
	"proctree/collector/process"
)

func newGroupContextSwitches(Options) Collector {
	return groupFamilies{
		counters(ofGroup(), "context_switches_total",
			"Context switches of the group's processes: voluntary (the process waited for something) and involuntary (the process was preempted). "+
				"If /proc is read, only the main thread of each process counts.",
			"kind",
			labeled("voluntary", process.HasVoluntary, func(g *groupView) float64 { return float64(g.VoluntarySwitches) }),
			labeled("involuntary", process.HasInvoluntary, func(g *groupView) float64 { return float64(g.InvoluntarySwitches) }),
		),
	}
}
