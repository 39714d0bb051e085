package collector

import "proctree/collector/process"

func newGroupDescriptors(Options) Collector {
	return groupFamilies{
		gauge(ofGroup(), "open_fds",
			"Open file descriptors of the group's processes added up. Processes whose descriptors the "+
				"exporter may not count are missing.",
			process.HasOpenFDs, func(g *groupView) float64 { return float64(g.OpenFDs) }),
		optional(ofGroup(), "worst_fd_ratio",
			"Largest share of its own soft limit of open files that a single process of the group has in use, "+
				"0 to 1: at 1 that process can open nothing more.",
			func(g *groupView) (float64, bool) { return g.WorstFDRatio, g.WorstFDRatio >= 0 }),
	}
}
