package tree

import (
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// rowBytes is about what a node takes in columns.
const rowBytes = 240

// numberColumn is a figure of the nodes.
type numberColumn struct {
	member string
	// needs must be known of a process for it to have the figure.
	needs process.Fields
	// append may append nothing, where the figure is not known after all.
	append func(dst []byte, v *View, n *Node) []byte
}

// textColumn is a member that many nodes have alike; its values are any JSON.
type textColumn struct {
	member string
	// secret is for operators alone.
	secret bool
	// append appends nothing where a node has no such member.
	append func(dst []byte, f *Frame, i int32) []byte
}

// numberColumns are the figures by the object of a node that holds them; "" is the node.
var numberColumns = []struct {
	member  string
	columns []numberColumn
}{
	{"", []numberColumn{
		{"pid", 0, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendInt(dst, n.Process.PID) }},
		{"ppid", 0, func(dst []byte, v *View, n *Node) []byte { return jsontext.AppendInt(dst, v.ppid(n)) }},
		{"start_time", 0, func(dst []byte, v *View, n *Node) []byte {
			return jsontext.AppendDecimal(dst, v.startTime(n.Process), jsontext.TimeDecimals)
		}},
		{"threads", process.HasThreads, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendInt(dst, n.Process.Threads) }},
		{"nice", process.HasNice, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendInt(dst, int(n.Process.Nice)) }},
		{"open_fds", process.HasOpenFDs, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.OpenFDs) }},
	}},
	{"cpu", []numberColumn{
		{"user_seconds", process.HasCPU, func(dst []byte, _ *View, n *Node) []byte {
			return jsontext.AppendDecimal(dst, n.Process.UserTime.Seconds(), jsontext.CpuDecimals)
		}},
		{"system_seconds", process.HasCPU, func(dst []byte, _ *View, n *Node) []byte {
			return jsontext.AppendDecimal(dst, n.Process.SystemTime.Seconds(), jsontext.CpuDecimals)
		}},
		{"cores", process.HasCPU, func(dst []byte, _ *View, n *Node) []byte {
			return appendRate(dst, n.Rates.HasCores, n.Rates.Cores, jsontext.CoreDecimals)
		}},
	}},
	{"memory", []numberColumn{
		{"resident_bytes", process.HasMemory, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.ResidentBytes) }},
		{"virtual_bytes", process.HasMemory, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.VirtualBytes) }},
		{"swap_bytes", process.HasSwap, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.SwapBytes) }},
	}},
	{"io", []numberColumn{
		{"read_bytes", process.HasIO, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.ReadBytes) }},
		{"written_bytes", process.HasIO, func(dst []byte, _ *View, n *Node) []byte { return jsontext.AppendUint(dst, n.Process.WrittenBytes) }},
		{"read_bytes_per_second", process.HasIO, func(dst []byte, _ *View, n *Node) []byte {
			return appendRate(dst, n.Rates.HasIO, n.Rates.ReadBytes, 0)
		}},
		{"written_bytes_per_second", process.HasIO, func(dst []byte, _ *View, n *Node) []byte {
			return appendRate(dst, n.Rates.HasIO, n.Rates.WrittenBytes, 0)
		}},
	}},
}

var textColumns = []textColumn{
	{"name", false, func(dst []byte, f *Frame, i int32) []byte { return jsontext.AppendString(dst, f.Nodes[i].Process.Name) }},
	{"exe", true, func(dst []byte, f *Frame, i int32) []byte { return jsontext.AppendWord(dst, f.facts[i].exe) }},
	{"cmdline", true, func(dst []byte, f *Frame, i int32) []byte {
		if f.facts[i].cmdline == nil {
			return dst
		}
		return jsontext.AppendStrings(dst, f.facts[i].cmdline)
	}},
	{"user", false, func(dst []byte, f *Frame, i int32) []byte {
		return jsontext.AppendWord(dst, f.Nodes[i].Process.Facts.User)
	}},
	{"unit", false, func(dst []byte, f *Frame, i int32) []byte {
		return jsontext.AppendWord(dst, f.Nodes[i].Process.Facts.Unit)
	}},
	{"container", false, func(dst []byte, f *Frame, i int32) []byte {
		return jsontext.AppendWord(dst, f.Nodes[i].Process.Facts.Container)
	}},
	{"pod_uid", false, func(dst []byte, f *Frame, i int32) []byte {
		return jsontext.AppendWord(dst, f.Nodes[i].Process.Facts.PodUID)
	}},
	{"state", false, func(dst []byte, f *Frame, i int32) []byte {
		return jsontext.AppendWord(dst, f.Nodes[i].Process.State.String())
	}},
	{"kernel", false, func(dst []byte, f *Frame, i int32) []byte { return jsontext.AppendTrue(dst, f.Nodes[i].Process.Kernel) }},
	{"group", false, func(dst []byte, f *Frame, i int32) []byte { return jsontext.AppendWord(dst, f.Nodes[i].Group) }},
	{"context", false, func(dst []byte, f *Frame, i int32) []byte { return jsontext.AppendTrue(dst, f.kept[i] == asContext) }},
}

// appendColumns appends members, each a column of the nodes in their order: figures as
// lists, in which null is not known, and texts as dictionaries. It is less than a
// third as long as the list of the nodes, and a browser takes it in several times faster.
func (f *Frame) appendColumns(dst []byte, nodes []int32) []byte {
	dst = append(dst, `"id":[`...)
	for at, i := range nodes {
		dst = appendID(jsontext.AppendComma(dst, at), f.Nodes[i].Process.ID)
	}
	dst = append(dst, ']')
	for _, group := range numberColumns {
		if group.member != "" {
			dst = append(append(append(dst, `,"`...), group.member...), `":{`...)
		}
		for at, c := range group.columns {
			if group.member == "" || at > 0 {
				dst = append(dst, ',')
			}
			dst = f.appendNumbers(append(append(append(dst, '"'), c.member...), `":[`...), c, nodes)
		}
		if group.member != "" {
			dst = append(dst, '}')
		}
	}
	for _, c := range textColumns {
		if c.secret && f.Role != access.Operator {
			continue
		}
		dst = f.appendTexts(append(append(append(dst, `,"`...), c.member...), `":{"values":[`...), c, nodes)
	}
	return dst
}

// appendNumbers appends the figures of a column and the end of their list.
func (f *Frame) appendNumbers(dst []byte, c numberColumn, nodes []int32) []byte {
	for at, i := range nodes {
		dst = jsontext.AppendComma(dst, at)
		start := len(dst)
		if n := &f.Nodes[i]; n.Process.Known.Has(c.needs) {
			dst = c.append(dst, f.View, n)
		}
		if len(dst) == start {
			dst = append(dst, "null"...)
		}
	}
	return append(dst, ']')
}

// appendTexts appends the different values of a column, the end of their list, and for
// each node which one it has.
func (f *Frame) appendTexts(dst []byte, c textColumn, nodes []int32) []byte {
	places := make(map[string]int)
	index := make([]int, len(nodes))
	var value []byte
	for at, i := range nodes {
		if value = c.append(value[:0], f, i); len(value) == 0 {
			value = append(value, "null"...)
		}
		place, ok := places[string(value)]
		if !ok {
			place = len(places)
			places[string(value)] = place
			dst = append(jsontext.AppendComma(dst, place), value...)
		}
		index[at] = place
	}
	dst = append(dst, `],"index":[`...)
	for at, place := range index {
		dst = jsontext.AppendInt(jsontext.AppendComma(dst, at), place)
	}
	return append(dst, "]}"...)
}

// appendRate appends a figure that takes two scans, nothing where there was only one.
func appendRate(dst []byte, known bool, value float64, decimals int) []byte {
	if !known {
		return dst
	}
	return jsontext.AppendDecimal(dst, value, decimals)
}
