package collector

import (
	"proctree/collector/process"
)

func newProcessMemory(Options) Collector {
	return processFamilies{
		gauge(ofProcess(), "resident_memory_bytes",
			"Resident memory of the process, including shared pages.",
			process.HasResident, func(p *processView) float64 { return float64(p.ResidentBytes) }),
	}
}

func newProcessThreads(Options) Collector {
	return processFamilies{
		gauge(ofProcess(), "threads", "Threads of the process.",
			process.HasThreads, func(p *processView) float64 { return float64(p.Threads) }),
	}
}

func newProcessDescriptors(Options) Collector {
	return processFamilies{
		gauge(ofProcess(), "open_fds",
			"Open file descriptors of the process. Absent if the exporter is not allowed to count them.",
			process.HasOpenFDs, func(p *processView) float64 { return float64(p.OpenFDs) }),
	}
}
