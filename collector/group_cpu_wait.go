package collector

import (
	"proctree/collector/process"
)

func newGroupCPUWait(Options) Collector {
	return groupFamilies{
		counter(ofGroup(), "cpu_wait_seconds_total",
			"Time that threads of the group's processes were ready to run and waited for a CPU, those that have ended "+
				"since included. Its rate is a number of cores waited for. Absent where the kernel does not count it.",
			process.HasCPUWait, func(g *groupView) float64 { return g.CPUWait.Seconds() }),
	}
}
