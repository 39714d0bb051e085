package collector

import (
	"proctree/collector/process"
)

func newProcessCPU(Options) Collector {
	return processFigures{
		counters(ofProcess(), "cpu_seconds_total",
			"CPU time of all threads of the process since it started. Its rate is a number of cores.",
			"mode",
			of("user", process.HasUserTime, func(p *process.Process) float64 { return p.UserTime.Seconds() }),
			of("system", process.HasSystemTime, func(p *process.Process) float64 { return p.SystemTime.Seconds() }),
		),
	}
}
