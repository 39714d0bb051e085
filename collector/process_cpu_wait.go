package collector

import (
	"proctree/collector/process"
)

func newProcessCPUWait(Options) Collector {
	return processFamilies{
		counter(ofProcess(), "cpu_wait_seconds_total",
			"Time that threads of the process were ready to run and waited for a CPU, since it started. "+
				"Absent where the kernel does not count it.",
			process.HasCPUWait, func(p *processView) float64 { return p.CPUWait.Seconds() }),
	}
}
