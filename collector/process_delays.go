package collector

import (
	"proctree/collector/process"
)

func newProcessDelays(Options) Collector {
	return processFamilies{
		counters(ofProcess(), "delay_seconds_total",
			"Time that threads of the process waited for block I/O (block_io), for pages from swap (swap_in), to free "+
				"memory (reclaim), and for pages dropped not long before (thrashing), since it started. "+
				"Absent unless the kernel counts it (kernel.task_delayacct).",
			"reason", delayParts(func(p *processView) *process.Delays { return &p.Delays })...),
	}
}
