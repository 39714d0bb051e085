package processes

import "slices"

// Link fills the column Parent from PPID. A process whose parent is not in the table, or
// started after it because the PID was reused, is a root. Circles are cut. It also takes optional
// columns away of which nothing is known: the table is complete.
func (t *Table) Link() {
	t.omitUnknown()
	// The processes of a PID are a list: its first one is in byPID, and next has the one after each.
	byPID, next := make(map[float64]int32, t.Len()), make([]int32, t.Len())
	for i, pid := range slices.Backward(t.Numbers[PID]) {
		next[i] = none
		if after, ok := byPID[pid]; ok {
			next[i] = after
		}
		byPID[pid] = int32(i)
	}
	parents := make([]int32, t.Len())
	for i := range parents {
		parents[i] = none
		if first, ok := byPID[t.Numbers[PPID][i]]; ok {
			parents[i] = t.parentOf(int32(i), first, next)
		}
	}
	cutCircles(parents)
	for i, parent := range parents {
		t.Texts[Parent][i] = ""
		if parent != none {
			t.Texts[Parent][i] = t.Texts[ID][parent]
		}
	}
}

// none is the parent of a root.
const none int32 = -1

// parentOf returns the youngest of the list from first that is not younger than the process.
func (t *Table) parentOf(i, first int32, next []int32) int32 {
	start := t.Numbers[StartTime]
	best := none
	for c := first; c != none; c = next[c] {
		if c == i || start[c] > start[i] {
			continue
		}
		if best == none || start[c] > start[best] {
			best = c
		}
	}
	return best
}

// cutCircles makes a root of one process in each circle.
func cutCircles(parents []int32) {
	// seen[i] is the walk that came by i: one that meets its own mark runs in a circle.
	seen := make([]int32, len(parents))
	for i := range parents {
		walk, last := int32(i)+1, none
		for at := int32(i); at != none; at = parents[at] {
			if seen[at] == walk {
				parents[last] = none
			}
			if seen[at] != 0 {
				break
			}
			seen[at], last = walk, at
		}
	}
}
