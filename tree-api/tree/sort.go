package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// order is the direction of a sort.
type order uint8

const (
	// natural is the direction that the sort key itself prefers.
	natural order = iota
	ascending
	descending
)

// sortKey orders processes by one metric, or by its sum over the subtree. Those whose value is
// not known come last in either direction, and equal ones are ordered by PID.
type sortKey struct {
	name    string
	aliases []string
	// natural is descending for numbers of which the largest are looked for.
	natural order
	known   func(v *View, i int32) bool
	compare func(v *View, a, b int32) int
}

var sortKeys = makeSortKeys(plan)

// subtree comes before the name of a metric that is summed.
const subtree = "subtree_"

func makeSortKeys(l *layout) []sortKey {
	var keys []sortKey
	for i := range l.fields {
		f := &l.fields[i]
		switch {
		case !f.Sortable():
		case f.IsNumber():
			keys = append(keys, key(f.Name, naturalOrder(f), f.number))
			keys[len(keys)-1].aliases = f.Aliases
		default:
			keys = append(keys, key(f.Name, ascending, func(_ *Tree, n *Node) (string, bool) {
				text := f.text(n)
				return text, text != ""
			}))
			keys[len(keys)-1].aliases = f.Aliases
		}
	}
	keys = append(keys, key(subtree+"processes", descending, func(_ *Tree, n *Node) (int, bool) { return n.Subtree.Processes, true }))
	for i, f := range l.sums {
		keys = append(keys, key(subtree+f.Name, descending, func(_ *Tree, n *Node) (float64, bool) {
			return n.Subtree.Sums[i], n.Subtree.Known&(1<<i) != 0
		}))
	}
	return keys
}

func naturalOrder(f *field) order {
	if f.Ascending {
		return ascending
	}
	return descending
}

func key[T cmp.Ordered](name string, natural order, value func(*Tree, *Node) (T, bool)) sortKey {
	return sortKey{
		name:    name,
		natural: natural,
		known: func(v *View, i int32) bool {
			_, ok := value(v.Tree, &v.Nodes[i])
			return ok
		},
		compare: func(v *View, a, b int32) int {
			x, _ := value(v.Tree, &v.Nodes[a])
			y, _ := value(v.Tree, &v.Nodes[b])
			return cmp.Compare(x, y)
		},
	}
}

func findSortKey(name string) (*sortKey, error) {
	names := make([]string, len(sortKeys))
	for i := range sortKeys {
		if k := &sortKeys[i]; k.name == name || slices.Contains(k.aliases, name) {
			return k, nil
		}
		names[i] = sortKeys[i].name
	}
	return nil, fmt.Errorf("cannot sort by %q; the keys are %s", name, strings.Join(names, ", "))
}

// sortNodes orders indexes of nodes, which are in order of PID, as the query asks.
func (v *View) sortNodes(nodes []int32, q *Query) {
	if q.sort == nil {
		if q.order == descending {
			slices.Reverse(nodes)
		}
		return
	}
	direction := cmp.Or(q.order, q.sort.natural)
	slices.SortStableFunc(nodes, func(a, b int32) int {
		knowsA, knowsB := q.sort.known(v, a), q.sort.known(v, b)
		switch {
		case knowsA != knowsB && knowsA:
			return -1
		case knowsA != knowsB:
			return 1
		case !knowsA:
			return 0
		case direction == descending:
			return q.sort.compare(v, b, a)
		}
		return q.sort.compare(v, a, b)
	})
}
