package tree

import (
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// View is a tree as one role may see it.
type View struct {
	*Tree
	facts []*shownFacts
	Role  access.Role
}

// appendNode appends the members of a node without the braces around them, so that the
// caller can add further ones.
func (v *View) appendNode(dst []byte, i int32) []byte {
	n := &v.Nodes[i]
	p := n.Process
	dst = appendID(append(dst, `"id":`...), p.ID)
	dst = jsontext.AppendInt(append(dst, `,"pid":`...), p.PID)
	dst = jsontext.AppendInt(append(dst, `,"ppid":`...), v.ppid(n))
	dst = jsontext.AppendDecimal(append(dst, `,"start_time":`...), v.startTime(p), jsontext.TimeDecimals)
	dst = jsontext.AppendString(append(dst, `,"name":`...), p.Name)
	dst = append(dst, v.facts[i].fields(v.Role)...)
	dst = append(append(append(dst, `,"state":"`...), p.State.String()...), '"')
	if p.Kernel {
		dst = append(dst, `,"kernel":true`...)
	}
	if p.Known.Has(process.HasThreads) {
		dst = jsontext.AppendInt(append(dst, `,"threads":`...), p.Threads)
	}
	if p.Known.Has(process.HasNice) {
		dst = jsontext.AppendInt(append(dst, `,"nice":`...), int(p.Nice))
	}
	dst = appendCPU(dst, n)
	dst = appendMemory(dst, n)
	dst = appendIO(dst, n)
	if p.Known.Has(process.HasOpenFDs) {
		dst = jsontext.AppendUint(append(dst, `,"open_fds":`...), p.OpenFDs)
	}
	return jsontext.AppendText(dst, "group", n.Group)
}

// ppid is the parent in the tree, so that a reader who links by it gets the same tree: 0
// for a root.
func (v *View) ppid(n *Node) int {
	if n.Parent == NoParent {
		return 0
	}
	return v.Nodes[n.Parent].Process.PID
}

func (v *View) startTime(p *process.Process) float64 {
	return float64(v.Report.Snapshot.StartTime(p).UnixMilli()) / 1e3
}

// appendID appends the identity as a JSON string; its text needs no escapes.
func appendID(dst []byte, id process.ID) []byte {
	dst = jsontext.AppendInt(append(dst, '"'), id.PID)
	dst = jsontext.AppendUint(append(dst, '-'), id.StartTicks)
	return append(dst, '"')
}

// appendCPU appends the member cpu where anything of it is known; so do the next two.
func appendCPU(dst []byte, n *Node) []byte {
	p := n.Process
	if !p.Known.Has(process.HasCPU) {
		return dst
	}
	dst = append(dst, `,"cpu":{"user_seconds":`...)
	dst = jsontext.AppendDecimal(dst, p.UserTime.Seconds(), jsontext.CpuDecimals)
	dst = append(dst, `,"system_seconds":`...)
	dst = jsontext.AppendDecimal(dst, p.SystemTime.Seconds(), jsontext.CpuDecimals)
	if n.Rates.HasCores {
		dst = jsontext.AppendDecimal(append(dst, `,"cores":`...), n.Rates.Cores, jsontext.CoreDecimals)
	}
	return append(dst, '}')
}

func appendMemory(dst []byte, n *Node) []byte {
	p := n.Process
	if !p.Known.Has(process.HasMemory) && !p.Known.Has(process.HasSwap) {
		return dst
	}
	dst = append(dst, `,"memory":{`...)
	if p.Known.Has(process.HasMemory) {
		dst = jsontext.AppendUint(append(dst, `"resident_bytes":`...), p.ResidentBytes)
		dst = jsontext.AppendUint(append(dst, `,"virtual_bytes":`...), p.VirtualBytes)
	}
	if p.Known.Has(process.HasSwap) {
		if p.Known.Has(process.HasMemory) {
			dst = append(dst, ',')
		}
		dst = jsontext.AppendUint(append(dst, `"swap_bytes":`...), p.SwapBytes)
	}
	return append(dst, '}')
}

func appendIO(dst []byte, n *Node) []byte {
	p := n.Process
	if !p.Known.Has(process.HasIO) {
		return dst
	}
	dst = jsontext.AppendUint(append(dst, `,"io":{"read_bytes":`...), p.ReadBytes)
	dst = jsontext.AppendUint(append(dst, `,"written_bytes":`...), p.WrittenBytes)
	if n.Rates.HasIO {
		dst = jsontext.AppendDecimal(append(dst, `,"read_bytes_per_second":`...), n.Rates.ReadBytes, 0)
		dst = jsontext.AppendDecimal(append(dst, `,"written_bytes_per_second":`...), n.Rates.WrittenBytes, 0)
	}
	return append(dst, '}')
}

// appendSubtree appends the member subtree.
func appendSubtree(dst []byte, s Subtree) []byte {
	dst = jsontext.AppendInt(append(dst, `,"subtree":{"processes":`...), s.Processes)
	if s.HasCores {
		dst = jsontext.AppendDecimal(append(dst, `,"cores":`...), s.Cores, jsontext.CoreDecimals)
	}
	if s.HasMemory {
		dst = jsontext.AppendUint(append(dst, `,"resident_bytes":`...), s.ResidentBytes)
	}
	return append(dst, '}')
}

// AppendLine appends nodes by what is needed to name them and to ask for them.
func (v *View) AppendLine(dst []byte, list []int32) []byte {
	dst = append(dst, '[')
	for at, i := range list {
		p := v.Nodes[i].Process
		dst = appendID(append(jsontext.AppendComma(dst, at), `{"id":`...), p.ID)
		dst = jsontext.AppendInt(append(dst, `,"pid":`...), p.PID)
		dst = append(jsontext.AppendString(append(dst, `,"name":`...), p.Name), '}')
	}
	return append(dst, ']')
}

// AppendTimes appends when the table was read, and how long after the one before.
func (v *View) AppendTimes(dst []byte) []byte {
	dst = jsontext.AppendDecimal(append(dst, `,"time":`...), v.time(), jsontext.TimeDecimals)
	if v.IntervalSeconds > 0 {
		dst = jsontext.AppendDecimal(append(dst, `,"interval_seconds":`...), v.IntervalSeconds, jsontext.TimeDecimals)
	}
	return dst
}

// time is the moment of the scan, in seconds since 1970.
func (v *View) time() float64 { return float64(v.Report.Snapshot.Taken.UnixMilli()) / 1e3 }
