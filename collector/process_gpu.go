package collector

import (
	"proctree/collector/process"
)

func newProcessGPU(Options) Collector {
	return processFamilies{
		counter(ofProcess(), "gpu_busy_seconds_total",
			"Time for which the busiest engine of a GPU worked for the process since it started, added over the GPUs. Its rate is a ratio: 1 "+
				"is one GPU that works for the process all the time. Absent for processes that use no GPU.",
			process.HasGPUTime, func(p *processView) float64 { return p.GPUTime.Seconds() }),
		gauge(ofProcess(), "gpu_memory_bytes",
			"Memory that the process has on GPUs. Absent for processes that use no GPU, or if its driver does not report memory.",
			process.HasGPUMemory, func(p *processView) float64 { return float64(p.GPUMemoryBytes) }),
	}
}
