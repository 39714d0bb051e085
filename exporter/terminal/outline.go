package terminal

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// order is how rows are sorted.
type order struct {
	by         *column
	descending bool
}

// naturalOrder sorts by a column as people want it: the largest numbers, the first texts.
func naturalOrder(c *column) order { return order{c, c.descends()} }

// shape says which rows of a table to show, and how.
type shape struct {
	tree  bool
	order order
	// folded are the processes whose descendants are hidden.
	folded map[string]bool
	// noKernel hides the threads of the kernel.
	noKernel bool
	set      charset
}

// row is one line.
type row struct {
	*process
	depth int
	// guides are the lines that lead to the name.
	guides string
	// hidden is how many descendants are folded away.
	hidden int
	// parent is the row of the parent, -1 for none.
	parent int
	// sums are the values of a folded branch in the order of columns; nil for any other row.
	sums []value
}

// value returns what a row shows in a column: of a folded branch the sum where there is one.
func (r *row) value(c *column) value {
	if r.sums != nil {
		return r.sums[c.at]
	}
	return r.process.value(c)
}

// rows lists the rows from top to bottom.
func (t *table) rows(s *shape) []row {
	sorted := t.sorted(s)
	if !s.tree {
		list := make([]row, 0, len(sorted))
		for _, p := range sorted {
			// An ancestor that does not match has a place in a tree alone.
			if !p.context {
				list = append(list, row{process: p, parent: -1})
			}
		}
		return list
	}
	o := outline{shape: s, children: make(map[int][]*process), rows: make([]row, 0, len(sorted)), seen: make(map[string]bool, len(sorted))}
	present := make(map[int]bool, len(sorted))
	for _, p := range sorted {
		present[p.pid] = true
	}
	var roots []*process
	for _, p := range sorted {
		if present[p.ppid] && p.ppid != p.pid {
			o.children[p.ppid] = append(o.children[p.ppid], p)
		} else {
			roots = append(roots, p)
		}
	}
	o.list(roots, -1, 0, nil)
	// What hangs on nothing is a circle, which no exporter sends; it is shown all the same.
	for _, p := range sorted {
		if !o.seen[p.id] {
			o.list([]*process{p}, -1, 0, nil)
		}
	}
	return o.rows
}

// sorted returns the processes in order.
func (t *table) sorted(s *shape) []*process {
	list := make([]*process, 0, len(t.processes))
	for _, p := range t.processes {
		if !s.noKernel || !p.kernel {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *process) int {
		if by := s.order.by; by != nil {
			if c := by.compare(a.value(by), b.value(by), s.order.descending); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.pid, b.pid), strings.Compare(a.id, b.id))
	})
	return list
}

// outline makes the rows of a tree.
type outline struct {
	*shape
	children map[int][]*process
	rows     []row
	seen     map[string]bool
}

// list adds processes that are siblings, and what is below them. passing tells for each level
// above whether a line passes by.
func (o *outline) list(siblings []*process, parent, depth int, passing []bool) {
	for i, p := range siblings {
		if o.seen[p.id] {
			continue
		}
		o.seen[p.id] = true
		more := i < len(siblings)-1
		at := len(o.rows)
		o.rows = append(o.rows, row{process: p, depth: depth, parent: parent, guides: o.guides(depth, passing, more)})
		children := o.children[p.pid]
		if len(children) == 0 {
			continue
		}
		if o.folded[p.id] {
			r := &o.rows[at]
			r.sums = slices.Clone(p.values)
			r.hidden = o.fold(r.sums, children)
			continue
		}
		below := passing
		if depth > 0 {
			below = append(slices.Clone(passing), more)
		}
		o.list(children, at, depth+1, below)
	}
}

// fold adds up what is below a folded process, and returns how many processes that are.
func (o *outline) fold(sums []value, children []*process) (n int) {
	for _, p := range children {
		if o.seen[p.id] {
			continue
		}
		o.seen[p.id] = true
		n++
		for i := range columns {
			// What is not known adds nothing; a sum of which no part is known is not known.
			if columns[i].Sum == 0 || math.IsNaN(p.values[i].number) {
				continue
			}
			if math.IsNaN(sums[i].number) {
				sums[i].number = 0
			}
			sums[i].number += p.values[i].number
		}
		n += o.fold(sums, o.children[p.pid])
	}
	return n
}

// maxGuides is how many levels are indented. A deeper process shows its depth instead, so that
// its name stays in sight.
const maxGuides = 12

func (o *outline) guides(depth int, passing []bool, more bool) string {
	if depth == 0 {
		return ""
	}
	var b strings.Builder
	if skip := depth - maxGuides; skip > 0 {
		b.WriteString(strconv.Itoa(depth) + " ")
		passing = passing[skip:]
	}
	for _, passes := range passing {
		if passes {
			b.WriteString(o.set.bar)
		} else {
			b.WriteString(o.set.blank)
		}
	}
	if more {
		b.WriteString(o.set.branch)
	} else {
		b.WriteString(o.set.last)
	}
	return b.String()
}
