package tree

import (
	"slices"

	"proctree/collector/process"
)

// linkParents returns the index of each process' parent in processes, or NoParent. The
// result has no circles: see ID.CanParent.
func linkParents(processes []*process.Process) []int32 {
	pids := make([]int32, len(processes))
	for i := range processes {
		pids[i] = int32(processes[i].PID)
	}
	parents := make([]int32, len(processes))
	// Siblings are often neighbours: most look-ups repeat the one before.
	lastPID, last := 0, NoParent
	for i := range processes {
		p := processes[i]
		if p.PPID != lastPID {
			lastPID, last = p.PPID, NoParent
			if at, ok := slices.BinarySearch(pids, int32(p.PPID)); ok {
				last = int32(at)
			}
		}
		parents[i] = last
		if last != NoParent && !processes[last].CanParent(p.ID) {
			parents[i] = NoParent
		}
	}
	return parents
}

// visibleParents replaces every parent that is hidden by its nearest ancestor that is
// not. It changes and returns parents.
func visibleParents(parents, places []int32) []int32 {
	for i := range parents {
		top := parents[i]
		for top != NoParent && places[top] == hidden {
			top = parents[top]
		}
		// The hidden ones passed by learn the answer: a long chain of them is walked once.
		for at := int32(i); parents[at] != top; {
			next := parents[at]
			parents[at] = top
			at = next
		}
	}
	return parents
}
