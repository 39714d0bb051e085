package treeapi

import (
	"proctree/collector/host"
	"proctree/tree-api/access"
)

// view is a tree as one role may see it.
type view struct {
	*Tree
	facts []*shownFacts
	role  access.Role
}

// appendNode appends the members of a node without the braces around them, so that the
// caller can add further ones.
func (v *view) appendNode(dst []byte, i int32) []byte {
	n := &v.Nodes[i]
	p := n.Process
	dst = appendID(append(dst, `"id":`...), p.ID)
	dst = appendInt(append(dst, `,"pid":`...), p.PID)
	dst = appendInt(append(dst, `,"ppid":`...), v.ppid(n))
	dst = appendDecimal(append(dst, `,"start_time":`...), v.startTime(p), timeDecimals)
	dst = appendString(append(dst, `,"name":`...), p.Name)
	dst = append(dst, v.facts[i].fields(v.role)...)
	dst = append(append(append(dst, `,"state":"`...), p.State.String()...), '"')
	if p.Kernel {
		dst = append(dst, `,"kernel":true`...)
	}
	if p.Known.Has(host.HasThreads) {
		dst = appendInt(append(dst, `,"threads":`...), p.Threads)
	}
	if p.Known.Has(host.HasNice) {
		dst = appendInt(append(dst, `,"nice":`...), int(p.Nice))
	}
	dst = appendCPU(dst, n)
	dst = appendMemory(dst, n)
	dst = appendIO(dst, n)
	if p.Known.Has(host.HasOpenFDs) {
		dst = appendUint(append(dst, `,"open_fds":`...), p.OpenFDs)
	}
	return appendText(dst, "group", n.Group)
}

// ppid is the parent in the tree, so that a reader who links by it gets the same tree: 0
// for a root.
func (v *view) ppid(n *Node) int {
	if n.Parent == NoParent {
		return 0
	}
	return v.Nodes[n.Parent].Process.PID
}

func (v *view) startTime(p *host.Process) float64 {
	return float64(v.Report.Snapshot.StartTime(p).UnixMilli()) / 1e3
}

// appendID appends the identity as a JSON string; its text needs no escapes.
func appendID(dst []byte, id host.ID) []byte {
	dst = appendInt(append(dst, '"'), id.PID)
	dst = appendUint(append(dst, '-'), id.StartTicks)
	return append(dst, '"')
}

// appendCPU appends the member cpu where anything of it is known; so do the next two.
func appendCPU(dst []byte, n *Node) []byte {
	p := n.Process
	if !p.Known.Has(host.HasCPU) {
		return dst
	}
	dst = append(dst, `,"cpu":{"user_seconds":`...)
	dst = appendDecimal(dst, p.UserTime.Seconds(), cpuDecimals)
	dst = append(dst, `,"system_seconds":`...)
	dst = appendDecimal(dst, p.SystemTime.Seconds(), cpuDecimals)
	if n.Rates.HasCores {
		dst = appendDecimal(append(dst, `,"cores":`...), n.Rates.Cores, coreDecimals)
	}
	return append(dst, '}')
}

func appendMemory(dst []byte, n *Node) []byte {
	p := n.Process
	if p.Known&(host.HasMemory|host.HasSwap) == 0 {
		return dst
	}
	dst = append(dst, `,"memory":{`...)
	if p.Known.Has(host.HasMemory) {
		dst = appendUint(append(dst, `"resident_bytes":`...), p.ResidentBytes)
		dst = appendUint(append(dst, `,"virtual_bytes":`...), p.VirtualBytes)
	}
	if p.Known.Has(host.HasSwap) {
		if p.Known.Has(host.HasMemory) {
			dst = append(dst, ',')
		}
		dst = appendUint(append(dst, `"swap_bytes":`...), p.SwapBytes)
	}
	return append(dst, '}')
}

func appendIO(dst []byte, n *Node) []byte {
	p := n.Process
	if !p.Known.Has(host.HasIO) {
		return dst
	}
	dst = appendUint(append(dst, `,"io":{"read_bytes":`...), p.ReadBytes)
	dst = appendUint(append(dst, `,"written_bytes":`...), p.WrittenBytes)
	if n.Rates.HasIO {
		dst = appendDecimal(append(dst, `,"read_bytes_per_second":`...), n.Rates.ReadBytes, 0)
		dst = appendDecimal(append(dst, `,"written_bytes_per_second":`...), n.Rates.WrittenBytes, 0)
	}
	return append(dst, '}')
}

// appendSubtree appends the member subtree.
func appendSubtree(dst []byte, s Subtree) []byte {
	dst = appendInt(append(dst, `,"subtree":{"processes":`...), s.Processes)
	if s.HasCores {
		dst = appendDecimal(append(dst, `,"cores":`...), s.Cores, coreDecimals)
	}
	if s.HasMemory {
		dst = appendUint(append(dst, `,"resident_bytes":`...), s.ResidentBytes)
	}
	return append(dst, '}')
}

// appendLine appends nodes by what is needed to name them and to ask for them.
func (v *view) appendLine(dst []byte, list []int32) []byte {
	dst = append(dst, '[')
	for at, i := range list {
		p := v.Nodes[i].Process
		dst = appendID(append(appendComma(dst, at), `{"id":`...), p.ID)
		dst = appendInt(append(dst, `,"pid":`...), p.PID)
		dst = append(appendString(append(dst, `,"name":`...), p.Name), '}')
	}
	return append(dst, ']')
}

// appendTimes appends when the table was read, and how long after the one before.
func (v *view) appendTimes(dst []byte) []byte {
	dst = appendDecimal(append(dst, `,"time":`...), v.time(), timeDecimals)
	if v.IntervalSeconds > 0 {
		dst = appendDecimal(append(dst, `,"interval_seconds":`...), v.IntervalSeconds, timeDecimals)
	}
	return dst
}

// time is the moment of the scan, in seconds since 1970.
func (v *view) time() float64 { return float64(v.Report.Snapshot.Taken.UnixMilli()) / 1e3 }
