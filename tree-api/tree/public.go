package tree

import (
	"slices"

	"proctree/collector/process"
)

// ownersOnly are the figures that the kernel shows to a process' owner and to root alone:
// /proc/PID/io, fd and smaps ask ptrace's permission (proc(5), ptrace(2)), whereas stat,
// status and statm are open to every account.
const ownersOnly = process.HasIO | process.HasOpenFDs | process.HasProportional

// public returns the tree without what the kernel shows to a process' owner alone.
func (t *Tree) public() *Tree {
	open := *t
	open.Nodes = slices.Clone(t.Nodes)
	processes := make([]process.Process, len(t.Nodes))
	for i := range open.Nodes {
		n := &open.Nodes[i]
		processes[i] = *n.Process
		processes[i].Known &^= ownersOnly
		n.Process = &processes[i]
		n.Rates.ReadBytes, n.Rates.WrittenBytes, n.Rates.HasIO = 0, 0, false
	}
	return &open
}
