package collector

import "proctree/collector/process"

func newGroupProcesses(Options) Collector {
	states := make([]part[groupView], process.NumStates)
	for i := range states {
		states[i] = labeled(process.State(i).String(), 0, func(g *groupView) float64 { return float64(g.States[i]) })
	}
	return groupFamilies{
		gauges(ofGroup(), "processes",
			"Processes of the group by state. blocked waits for storage or similar and cannot be killed; zombie has exited, but its "+
				"parent has not collected it. Groups named in the configuration are 0 while no process runs.",
			"state", states...),
		optional(ofGroup(), "configured",
			"1 for each group that the configuration names, which exists although nothing runs. Absent for the "+
				"others, which are there because a process is or was.",
			func(g *groupView) (float64, bool) { return 1, g.Configured }),
		gauge(ofGroup(), "threads", "Threads of the group's processes.",
			process.HasThreads, func(g *groupView) float64 { return float64(g.Threads) }),
	}
}
