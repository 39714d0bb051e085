package collector

import (
	"proctree/collector/process"
)

func newGroupPageFaults(Options) Collector {
	return groupFamilies{
		counters(ofGroup(), "page_faults_total",
			"Page faults of the group's processes. A major page fault waits for storage; many of them "+
				"mean that memory is short.",
			"severity",
			labeled("minor", process.HasMinorFaults, func(g *groupView) float64 { return float64(g.MinorFaults) }),
			labeled("major", process.HasMajorFaults, func(g *groupView) float64 { return float64(g.MajorFaults) }),
		),
	}
}
