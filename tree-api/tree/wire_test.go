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
	if p.Known.Has(process.HasCPU) {
		w.CPU = &treetest.WireCPU{User: rounded(p.UserTime.Seconds(), 2), System: rounded(p.SystemTime.Seconds(), 2)}
		w.CPU.Cores = when(n.Rates.HasCores, rounded(n.Rates.Cores, 3))
	}
	if p.Known.Has(process.HasMemory) || p.Known.Has(process.HasSwap) {
		w.Memory = &treetest.WireMemory{
			Resident: known(p, process.HasMemory, p.ResidentBytes),
			Virtual:  known(p, process.HasMemory, p.VirtualBytes),
			Swap:     known(p, process.HasSwap, p.SwapBytes),
		}
	}
	if p.Known.Has(process.HasIO) {
		w.IO = &treetest.WireIO{
			Read: p.ReadBytes, Written: p.WrittenBytes,
			ReadRate:    when(n.Rates.HasIO, rounded(n.Rates.ReadBytes, 0)),
			WrittenRate: when(n.Rates.HasIO, rounded(n.Rates.WrittenBytes, 0)),
		}
	}
	w.Subtree.Cores = when(n.Subtree.HasCores, rounded(n.Subtree.Cores, 3))
	w.Subtree.Resident = when(n.Subtree.HasMemory, n.Subtree.ResidentBytes)
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
