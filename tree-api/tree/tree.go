// Package tree makes the process tree of a report: who is whose parent, rates, sums over each
// subtree, which processes a query selects and in which order, and how they are written as
// JSON. It is pure: no clock, no HTTP, no system calls.
package tree

import (
	"slices"

	"proctree/collector/group"
	"proctree/collector/metric"
	"proctree/collector/process"
)

// Tree is the process tree of one report, without the processes the configuration
// excludes. It is immutable once built, and the same report gives the same tree.
type Tree struct {
	// Report is what the tree was built from.
	Report *group.Report
	// Previous is the snapshot that the rates are counted from; nil where there is none.
	Previous *process.Snapshot
	// IntervalSeconds is the time from Previous to the report; 0 where there is none.
	IntervalSeconds float64
	// Nodes is sorted by PID.
	Nodes []Node
	// Roots are the indexes in Nodes of the processes without a parent, in order of PID.
	Roots []int32
}

// Node is one process in its place.
type Node struct {
	Process *process.Process
	// Group is the name of the process' group; empty for one that is in none.
	Group string
	// Parent is the index in Tree.Nodes of the nearest ancestor that is shown, NoParent
	// for a root.
	Parent int32
	// Children are indexes in Tree.Nodes, in order of PID.
	Children []int32
	Rates    Rates
	Waiting  Waiting
	Subtree  Subtree
}

// NoParent is the Parent of a root.
const NoParent int32 = -1

// Subtree sums a process and all its descendants. A process whose value is not known
// adds nothing to the sum; a sum of which no part is known is absent.
type Subtree struct {
	Processes int
	// Known has a bit for each sum that is known.
	Known uint32
	// Sums has one value for each metric of the table whose sums are sent.
	Sums [metric.Sums]float64
}

// Build makes the tree of a report, with rates over the time since previous, an earlier
// snapshot of the same host; nil where there is none, and then no rate is known.
//
// A process becomes a root if its parent is not in the table, is the process itself, has
// started after it (its PID was reused), or if the parents form a circle, which is cut at
// its lowest PID. The children of an excluded process hang on the nearest ancestor that
// is shown.
func Build(current *group.Report, previous *process.Snapshot) *Tree {
	processes := current.Snapshot.Processes
	t := &Tree{
		Report:          current,
		Previous:        previous,
		IntervalSeconds: interval(current.Snapshot, previous),
	}
	places := t.addVisible(processes)
	t.hang(visibleParents(linkParents(processes), places), places)
	t.addRates()
	t.addWaiting()
	t.addSums()
	return t
}

// Find returns the index in Nodes of the process with that PID.
func (t *Tree) Find(pid int) (int32, bool) {
	low, high := 0, len(t.Nodes)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if t.Nodes[middle].Process.PID < pid {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return int32(low), low < len(t.Nodes) && t.Nodes[low].Process.PID == pid
}

// hidden is the place of a process that is not shown.
const hidden int32 = -1

// addVisible fills Nodes and returns, for each process of the snapshot, its index there.
func (t *Tree) addVisible(processes []*process.Process) []int32 {
	places := make([]int32, len(processes))
	t.Nodes = make([]Node, 0, len(processes))
	for i := range processes {
		name, ok := t.Report.GroupOf(i)
		if !ok {
			places[i] = hidden
			continue
		}
		places[i] = int32(len(t.Nodes))
		t.Nodes = append(t.Nodes, Node{Process: processes[i], Group: name})
	}
	return places
}

// hang sets Parent and Children of every node, and Roots.
func (t *Tree) hang(parents, places []int32) {
	order := make([]int32, len(t.Nodes))
	for i, place := range places {
		if place == hidden {
			continue
		}
		order[place] = place
		t.Nodes[place].Parent = NoParent
		if p := parents[i]; p != NoParent {
			t.Nodes[place].Parent = places[p]
		}
	}
	roots, children := fan(order, len(t.Nodes), func(i int32) int32 { return t.Nodes[i].Parent })
	t.Roots = roots
	for i, list := range children {
		t.Nodes[i].Children = list
	}
}

// topDown returns every node's index, parents before their children.
func (t *Tree) topDown() []int32 {
	order := append(make([]int32, 0, len(t.Nodes)), t.Roots...)
	for at := 0; at < len(order); at++ {
		order = append(order, t.Nodes[order[at]].Children...)
	}
	return order
}

// addSums fills Subtree of every node, children before their parents.
func (t *Tree) addSums() {
	for _, i := range slices.Backward(t.topDown()) {
		n := &t.Nodes[i]
		own := own(n)
		n.Subtree.add(&own)
		if n.Parent != NoParent {
			t.Nodes[n.Parent].Subtree.add(&n.Subtree)
		}
	}
}

func (s *Subtree) add(other *Subtree) {
	s.Processes += other.Processes
	s.Known |= other.Known
	for i, value := range other.Sums {
		s.Sums[i] += value
	}
}

// Ancestors returns the way from a root down to the parent of a node.
func (t *Tree) Ancestors(i int32) []int32 {
	var list []int32
	for p := t.Nodes[i].Parent; p != NoParent; p = t.Nodes[p].Parent {
		list = append(list, p)
	}
	slices.Reverse(list)
	return list
}
