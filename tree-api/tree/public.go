package tree

import (
	"slices"

	"proctree/collector/metric"
	"proctree/collector/process"
)

// public returns the tree without what the kernel shows to a process' owner alone:
// /proc/PID/io, fd and smaps ask ptrace's permission (proc(5), ptrace(2)), whereas stat,
// status and statm are open to every account.
func (t *Tree) public() *Tree {
	open := *t
	open.Nodes = slices.Clone(t.Nodes)
	processes := make([]process.Process, len(t.Nodes))
	for i := range open.Nodes {
		n := &open.Nodes[i]
		processes[i] = *n.Process
		processes[i].Known &^= plan.ownersOnly
		n.Process = &processes[i]
		for r, f := range plan.rates {
			if f.Role != metric.Public {
				n.Rates.PerSecond[r] = 0
				n.Rates.Known &^= 1 << r
			}
		}
		if n.Waiting == WaitingMemory {
			n.Waiting = waitingOf(n.Process.State, &n.Rates)
		}
	}
	return &open
}
