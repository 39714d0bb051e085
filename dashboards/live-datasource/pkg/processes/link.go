package processes

// Link fills the column Parent from PPID. A process whose parent is not in the table, or
// started after it because the PID was reused, is a root. Circles are cut.
func (t *Table) Link() {
	byPID := make(map[float64][]int32, t.Len())
	for i, pid := range t.Numbers[PID] {
		byPID[pid] = append(byPID[pid], int32(i))
	}
	parents := make([]int32, t.Len())
	for i := range parents {
		parents[i] = t.parentOf(int32(i), byPID[t.Numbers[PPID][i]])
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

// parentOf returns the youngest candidate that is not younger than the process.
func (t *Table) parentOf(i int32, candidates []int32) int32 {
	start := t.Numbers[StartTime]
	best := none
	for _, c := range candidates {
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
