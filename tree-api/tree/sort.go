package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/process"
)

// order is the direction of a sort.
type order uint8

const (
	// natural is the direction that the sort key itself prefers.
	natural order = iota
	ascending
	descending
)

// sortKey orders processes by one figure. Those whose figure is not known come last in
// either direction, and equal ones are ordered by PID.
type sortKey struct {
	name string
	// natural is descending for figures of which the largest are looked for.
	natural order
	known   func(v *View, i int32) bool
	compare func(v *View, a, b int32) int
}

var sortKeys = []sortKey{
	textKey("name", func(n *Node) string { return n.Process.Name }),
	textKey("user", func(n *Node) string { return n.Process.Facts.User }),
	textKey("group", func(n *Node) string { return n.Group }),
	textKey("state", func(n *Node) string { return n.Process.State.String() }),
	key("pid", ascending, func(n *Node) (int, bool) { return n.Process.PID, true }),
	key("start_time", ascending, func(n *Node) (uint64, bool) { return n.Process.StartTicks, true }),
	key("cpu", descending, func(n *Node) (float64, bool) { return n.Rates.Cores, n.Rates.HasCores }),
	figure("cpu_seconds", process.HasCPU, func(p *process.Process) uint64 { return uint64(p.CPUTime()) }),
	figure("memory", process.HasMemory, func(p *process.Process) uint64 { return p.ResidentBytes }),
	figure("virtual_memory", process.HasMemory, func(p *process.Process) uint64 { return p.VirtualBytes }),
	figure("swap", process.HasSwap, func(p *process.Process) uint64 { return p.SwapBytes }),
	key("read", descending, func(n *Node) (float64, bool) { return n.Rates.ReadBytes, n.Rates.HasIO }),
	key("written", descending, func(n *Node) (float64, bool) { return n.Rates.WrittenBytes, n.Rates.HasIO }),
	figure("threads", process.HasThreads, func(p *process.Process) uint64 { return uint64(p.Threads) }),
	figure("open_fds", process.HasOpenFDs, func(p *process.Process) uint64 { return p.OpenFDs }),
	key("subtree_processes", descending, func(n *Node) (int, bool) { return n.Subtree.Processes, true }),
	key("subtree_cpu", descending, func(n *Node) (float64, bool) { return n.Subtree.Cores, n.Subtree.HasCores }),
	key("subtree_memory", descending, func(n *Node) (uint64, bool) { return n.Subtree.ResidentBytes, n.Subtree.HasMemory }),
}

func key[T cmp.Ordered](name string, natural order, value func(*Node) (T, bool)) sortKey {
	return sortKey{
		name:    name,
		natural: natural,
		known: func(v *View, i int32) bool {
			_, ok := value(&v.Nodes[i])
			return ok
		},
		compare: func(v *View, a, b int32) int {
			x, _ := value(&v.Nodes[a])
			y, _ := value(&v.Nodes[b])
			return cmp.Compare(x, y)
		},
	}
}

func textKey(name string, value func(*Node) string) sortKey {
	return key(name, ascending, func(n *Node) (string, bool) { return value(n), value(n) != "" })
}

// figure is a key over a figure that a bit of Process.Known vouches for.
func figure(name string, bit process.Fields, value func(*process.Process) uint64) sortKey {
	return key(name, descending, func(n *Node) (uint64, bool) {
		return value(n.Process), n.Process.Known.Has(bit)
	})
}

func findSortKey(name string) (*sortKey, error) {
	names := make([]string, len(sortKeys))
	for i := range sortKeys {
		if sortKeys[i].name == name {
			return &sortKeys[i], nil
		}
		names[i] = sortKeys[i].name
	}
	return nil, fmt.Errorf("cannot sort by %q; there are %s", name, strings.Join(names, ", "))
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
