package processes

import (
	"cmp"
	"slices"
	"strings"
)

// Filter says which processes are asked for. A process must pass all that is given; the zero
// value passes every process.
type Filter struct {
	// Match is looked for in any case in the name, and in the path and command line where
	// they are there.
	Match string
	// Users, States and Groups each admit any of their members; empty admits all.
	Users, States, Groups []string
	// MinCPU and MinMemory are cores and bytes; what is not known does not pass more than 0.
	MinCPU, MinMemory float64
}

// Matches returns the rows that pass, in the order of the table.
func (t *Table) Matches(f *Filter) []int32 {
	match := strings.ToLower(f.Match)
	rows := make([]int32, 0, t.Len())
	for i := range int32(t.Len()) {
		if admits(f.Users, t.Texts[User][i]) &&
			admits(f.States, t.Texts[State][i]) &&
			admits(f.Groups, t.Texts[Group][i]) &&
			reaches(t.Figures[CPU][i], f.MinCPU) &&
			reaches(t.Figures[Memory][i], f.MinMemory) &&
			t.contains(i, match) {
			rows = append(rows, i)
		}
	}
	return rows
}

func admits(allowed []string, value string) bool {
	return len(allowed) == 0 || slices.Contains(allowed, value)
}

func reaches(value, least float64) bool { return least <= 0 || value >= least }

func (t *Table) contains(row int32, match string) bool {
	if match == "" {
		return true
	}
	for _, column := range []Text{Name, Exe, Cmdline} {
		if strings.Contains(strings.ToLower(t.text(column, row)), match) {
			return true
		}
	}
	return false
}

// Top returns the first n of the rows by a figure, largest first and unknown ones last;
// equals stay in their order.
func (t *Table) Top(rows []int32, by Figure, n int) []int32 {
	figures := t.Figures[by]
	top := slices.Clone(rows)
	// cmp.Compare takes NaN for less than any number.
	slices.SortStableFunc(top, func(a, b int32) int { return cmp.Compare(figures[b], figures[a]) })
	if n > 0 && len(top) > n {
		top = top[:n]
	}
	return top
}

// WithAncestors adds the ancestors of rows, so that each has its place in the tree. The
// answer is in the order of the table.
func (t *Table) WithAncestors(rows []int32) []int32 {
	if len(rows) == t.Len() {
		return rows
	}
	byID := make(map[string]int32, t.Len())
	for i, id := range t.Texts[ID] {
		byID[id] = int32(i)
	}
	kept := make([]bool, t.Len())
	for _, i := range rows {
		for at, ok := i, true; ok && !kept[at]; at, ok = byID[t.Texts[Parent][at]] {
			kept[at] = true
		}
	}
	all := make([]int32, 0, len(rows))
	for i, keep := range kept {
		if keep {
			all = append(all, int32(i))
		}
	}
	return all
}
