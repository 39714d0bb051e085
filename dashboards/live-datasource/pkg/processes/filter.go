package processes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Filter says which processes are asked for. A process must pass all that is given; the zero
// value passes every process.
type Filter struct {
	// Match is looked for in any case in the PID and in the texts that the exporter searches
	// too, the path and command line where they are there.
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
			reaches(t.Numbers[CPU][i], f.MinCPU) &&
			reaches(t.Numbers[Memory][i], f.MinMemory) &&
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
	if strings.Contains(strconv.FormatFloat(t.Numbers[PID][row], 'f', 0, 64), match) {
		return true
	}
	for _, column := range searched {
		if strings.Contains(strings.ToLower(t.text(column, row)), match) {
			return true
		}
	}
	return false
}

// Ranking is a number by which processes can be ordered.
type Ranking struct {
	Name string
	// Aliases are earlier names.
	Aliases []string
	Number  Number
	// Unit is one of Grafana's.
	Unit string
	// Ascending puts the smallest first.
	Ascending bool
}

// FindRanking returns the ranking with a name, or with an earlier name.
func FindRanking(name string) (*Ranking, error) {
	names := make([]string, len(rankings))
	for i := range rankings {
		if r := &rankings[i]; r.Name == name || slices.Contains(r.Aliases, name) {
			return r, nil
		}
		names[i] = rankings[i].Name
	}
	return nil, fmt.Errorf("must be one of %s, not %q", strings.Join(names, ", "), name)
}

// Top returns the first n of the rows by a number, largest first (or smallest) and unknown ones
// last; equals stay in their order.
func (t *Table) Top(rows []int32, by *Ranking, n int) []int32 {
	top := slices.Clone(rows)
	slices.SortStableFunc(top, func(a, b int32) int {
		x, y := t.Number(by.Number, a), t.Number(by.Number, b)
		if by.Ascending && Known(x) && Known(y) {
			return cmp.Compare(x, y)
		}
		// cmp.Compare takes NaN for less than any number.
		return cmp.Compare(y, x)
	})
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
