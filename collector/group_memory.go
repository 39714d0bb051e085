package collector

import (
	"proctree/collector/process"
)

func newGroupMemory(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "resident_memory_bytes",
			"Resident memory of the group's processes added up. Pages that processes share count once "+
				"for each of them, so the sum can be larger than the memory really used.",
			process.HasResident, func(g *groupView) float64 { return float64(g.ResidentBytes) }),
		gauge(ofGroup(), "virtual_memory_bytes",
			"Address space of the group's processes added up: what they reserved, not what they use.",
			process.HasVirtual, func(g *groupView) float64 { return float64(g.VirtualBytes) }),
		gauge(ofGroup(), "swap_bytes",
			"Memory of the group's processes that was swapped out, shared memory not included.",
			process.HasSwap, func(g *groupView) float64 { return float64(g.SwapBytes) }),
	}
}

func newGroupProportionalMemory(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "proportional_memory_bytes",
			"Proportional set size (PSS) of the group's processes added up: each shared page is divided "+
				"among those who share it, so groups can be added. Dear to read, so it is read within a time "+
				"budget and can be minutes old; processes not read yet are missing from the sum.",
			process.HasProportional, func(g *groupView) float64 { return float64(g.ProportionalBytes) }),
	}
}
