package tree

import (
	"math"

	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// wire says the plain way what the encoder must write for a node.
func (v *View) wire(i int32) treetest.WireNode {
	n := &v.Nodes[i]
	p := n.Process
	w := treetest.WireNode{
		ID: p.String(), PID: p.PID, Name: p.Name, State: p.State.String(), Kernel: p.Kernel, Group: n.Group,
		StartTime: rounded(float64(v.Report.Snapshot.StartTime(p).UnixNano())/1e9, 3),
		User:      p.Facts.User, Unit: p.Facts.Unit, Container: p.Facts.Container, PodUID: p.Facts.PodUID,
		Namespace: p.Facts.Namespace, Pod: p.Facts.Pod, ContainerName: p.Facts.ContainerName,
		Threads: known(p, process.HasThreads, p.Threads),
		Nice:    known(p, process.HasNice, p.Nice),
		OpenFDs: known(p, process.HasOpenFDs, p.OpenFDs),
		Subtree: &treetest.WireSubtree{Processes: n.Subtree.Processes},
	}
	if n.Parent != NoParent {
		w.PPID = v.Nodes[n.Parent].Process.PID
	}
	if v.Role == access.Operator {
		w.Exe, w.Cmdline = p.Facts.Exe, p.Facts.Cmdline
	}
	w.CPU = some(treetest.WireCPU{
		User:   known(p, process.HasUserTime, rounded(p.UserTime.Seconds(), 2)),
		System: known(p, process.HasSystemTime, rounded(p.SystemTime.Seconds(), 2)),
		Cores:  rate(n, "cpu", 3),
		Wait:   known(p, process.HasCPUWait, rounded(p.CPUWait.Seconds(), 2)),
		Waits:  rate(n, "cpu_wait", 3),
	})
	w.Memory = some(treetest.WireMemory{
		Resident: known(p, process.HasResident, p.ResidentBytes),
		Virtual:  known(p, process.HasVirtual, p.VirtualBytes),
		Swap:     known(p, process.HasSwap, p.SwapBytes),
	})
	w.IO = some(treetest.WireIO{
		Read:        known(p, process.HasReadBytes, p.ReadBytes),
		ReadRate:    rate(n, "read", 0),
		Written:     known(p, process.HasWrittenBytes, p.WrittenBytes),
		WrittenRate: rate(n, "written", 0),
	})
	for i, f := range plan.sums {
		switch {
		case n.Subtree.Known&(1<<i) == 0:
		case f.Name == "cpu":
			w.Subtree.Cores = new(rounded(n.Subtree.Sums[i], 3))
		case f.Name == "memory":
			w.Subtree.Resident = new(uint64(n.Subtree.Sums[i]))
		}
	}
	return w
}

// wireTree is wire with everything below.
func (v *View) wireTree(list []int32) []treetest.WireNode {
	nodes := make([]treetest.WireNode, 0, len(list))
	for _, i := range list {
		w := v.wire(i)
		w.Children = v.wireTree(v.Nodes[i].Children)
		nodes = append(nodes, w)
	}
	return nodes
}

func rounded(value float64, decimals int) float64 {
	return math.Round(value*math.Pow10(decimals)) / math.Pow10(decimals)
}

func known[T any](p *process.Process, bit process.Fields, value T) *T {
	return when(p.Known.Has(bit), value)
}

func when[T any](ok bool, value T) *T {
	if !ok {
		return nil
	}
	return &value
}

// rate is a rate of a node, nil where it is not known.
func rate(n *Node, name string, decimals int) *float64 {
	value, ok := ratesOf(n)[name]
	return when(ok, rounded(value, decimals))
}

// some is an object, nil for one in which nothing is known.
func some[T comparable](object T) *T {
	var nothing T
	return when(object != nothing, object)
}
