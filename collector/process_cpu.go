package collector

import (
	"proctree/collector/process"
)

func newProcessCPU(Options) Collector {
	return processFamilies{
		counters(ofProcess(), "cpu_seconds_total",
			"CPU time of all threads of the process since it started. Its rate is a number of cores.",
			"mode",
			labeled("user", process.HasUserTime, func(p *processView) float64 { return p.UserTime.Seconds() }),
			labeled("system", process.HasSystemTime, func(p *processView) float64 { return p.SystemTime.Seconds() }),
		),
	}
}
