package collector

import (
	"proctree/collector/process"
)

func newGroupMemory(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "resident_memory_bytes",
			"Resident memory of the group's processes, summed. Shared pages count once for "+
				"each process, so the sum can exceed the memory in use.",
			process.HasResident, func(g *groupView) float64 { return float64(g.ResidentBytes) }),
		gauge(ofGroup(), "virtual_memory_bytes",
			"Address space of the group's processes, summed: memory that they reserved, not memory that they use.",
			process.HasVirtual, func(g *groupView) float64 { return float64(g.VirtualBytes) }),
		gauge(ofGroup(), "swap_bytes",
			"Memory of the group's processes that is swapped out, without shared memory.",
			process.HasSwap, func(g *groupView) float64 { return float64(g.SwapBytes) }),
	}
}

func newGroupProportionalMemory(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "proportional_memory_bytes",
			"Proportional set size (PSS) of the group's processes, summed: each shared page is divided by the number of processes that share it, so groups can be added. "+
				"PSS is expensive to read: it is read within a time budget and can be minutes old. Processes not read yet are missing from the sum.",
			process.HasProportional, func(g *groupView) float64 { return float64(g.ProportionalBytes) }),
	}
}
