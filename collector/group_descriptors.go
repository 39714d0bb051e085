package collector

import "proctree/collector/process"

func newGroupDescriptors(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "open_fds",
			"Open file descriptors of the group's processes, summed. Processes whose "+
				"descriptors the exporter is not allowed to count are missing.",
			process.HasOpenFDs, func(g *groupView) float64 { return float64(g.OpenFDs) }),
		optional(ofGroup(), "worst_fd_ratio",
			"Largest share of its own soft limit of open files that one process of the group "+
				"uses, 0 to 1. At 1, this process cannot open another file.",
			func(g *groupView) (float64, bool) { return g.WorstFDRatio, g.WorstFDRatio >= 0 }),
	}
}
