package collector

import (
	"proctree/collector/process"
)

func newGroupCPU(Options) Collector {
	return groupFamilies{
		counters(ofGroup(), "cpu_seconds_total",
			"CPU time that the processes of the group used, including those that have exited. Its rate is a "+
				"number of cores. CPU time from before the exporter started does not count.",
			"mode",
			labeled("user", process.HasUserTime, func(g *groupView) float64 { return g.UserTime.Seconds() }),
			labeled("system", process.HasSystemTime, func(g *groupView) float64 { return g.SystemTime.Seconds() }),
		),
	}
}
