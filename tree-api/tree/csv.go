package tree

import (
	"strings"

	"proctree/collector/metric"
	"proctree/tree-api/csvtext"
	"proctree/tree-api/jsontext"
)

// csvColumns are the metrics that a role gets, in the order of the table.
func (v *View) csvColumns() []*field {
	var list []*field
	for i := range plan.fields {
		if f := &plan.fields[i]; f.Path != "" && (f.Role != metric.Operator || v.Role.SeesAll()) {
			list = append(list, f)
		}
	}
	return list
}

// csvTable writes nodes as lines, values as in the JSON; what is not known is empty.
type csvTable struct {
	*View
	columns []*field
}

// appendHead appends the line with the names, which begins with the given ones.
func (t *csvTable) appendHead(dst []byte, names ...string) []byte {
	for _, f := range t.columns {
		names = append(names, f.Name)
	}
	names = append(names, "subtree_processes")
	for _, f := range plan.sums {
		names = append(names, "subtree_"+f.Name)
	}
	return csvtext.AppendRow(dst, names...)
}

// appendNode appends the line of a node after its first fields.
func (t *csvTable) appendNode(dst []byte, i int32) []byte {
	n := &t.Nodes[i]
	for _, f := range t.columns {
		dst = t.appendValue(append(dst, ','), f, i)
	}
	dst = jsontext.AppendInt(append(dst, ','), n.Subtree.Processes)
	for at, f := range plan.sums {
		dst = append(dst, ',')
		if n.Subtree.Known&(1<<at) != 0 {
			dst = jsontext.AppendDecimal(dst, n.Subtree.Sums[at], f.Decimals)
		}
	}
	return csvtext.AppendEnd(dst)
}

func (t *csvTable) appendValue(dst []byte, f *field, i int32) []byte {
	n := &t.Nodes[i]
	switch f.source {
	case fromText, fromGroup, fromWaiting:
		return csvtext.AppendText(dst, f.text(n))
	case fromList:
		return csvtext.AppendText(dst, strings.Join(t.facts[i].cmdline, " "))
	}
	if f.has(n) {
		dst = f.appendValue(dst, t.View, n)
	}
	return dst
}

// appendRowID begins a line.
func (t *csvTable) appendRowID(dst []byte, i int32) []byte {
	id := t.Nodes[i].Process.ID
	return jsontext.AppendUint(append(jsontext.AppendInt(dst, id.PID), '-'), id.StartTicks)
}

// AppendCSV appends the matches as CSV.
func (v *View) AppendCSV(dst []byte, s *Selection, pass Pass) []byte {
	t := csvTable{v, v.csvColumns()}
	dst = t.appendHead(dst, "id")
	for _, i := range s.list {
		dst = pass(t.appendNode(t.appendRowID(dst, i), i))
	}
	return dst
}

// AppendCSVHead appends the names of the columns of AppendCSVLines.
func (v *View) AppendCSVHead(dst []byte) []byte {
	t := csvTable{v, v.csvColumns()}
	return t.appendHead(dst, "time", "id")
}

// AppendCSVLines appends the matches as lines of CSV, each with the time of the table.
func (v *View) AppendCSVLines(dst []byte, s *Selection) []byte {
	t := csvTable{v, v.csvColumns()}
	for _, i := range s.list {
		dst = append(jsontext.AppendDecimal(dst, v.time(), jsontext.TimeDecimals), ',')
		dst = t.appendNode(t.appendRowID(dst, i), i)
	}
	return dst
}

// AppendCSV appends the tree as CSV, each process after its parent. Lines need no nesting, so the
// tree has all its levels.
func (n *nesting) AppendCSV(dst []byte, pass Pass) []byte {
	t := csvTable{n.View, n.csvColumns()}
	dst = t.appendHead(dst, "id", "depth", "context")
	n.walk(n.tops, 0, func(i int32, level int) {
		dst = jsontext.AppendInt(append(t.appendRowID(dst, i), ','), level)
		dst = jsontext.AppendTrue(append(dst, ','), n.selection.kept[i] == asContext)
		dst = pass(t.appendNode(dst, i))
	})
	return dst
}
