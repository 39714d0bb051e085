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
	dst = appendID(append(dst, `"id":`...), n.Process.ID)
	dst = v.appendHead(dst, n)
	dst = append(dst, v.facts[i].fields(v.Role)...)
	return v.appendTail(dst, n)
}

// ppid is the parent in the tree, so that a reader who links by it gets the same tree: 0
// for a root.
func (t *Tree) ppid(n *Node) int {
	if n.Parent == NoParent {
		return 0
	}
	return t.Nodes[n.Parent].Process.PID
}

// moment is the value of a field of moments, in seconds since 1970.
func (t *Tree) moment(f *field, p *process.Process) float64 {
	return seconds(f.Moment(p, &t.Report.Snapshot.Clock).UnixMilli())
}

func seconds(milliseconds int64) float64 { return float64(milliseconds) / 1e3 }

// appendID appends the identity as a JSON string; its text needs no escapes.
func appendID(dst []byte, id process.ID) []byte {
	dst = jsontext.AppendInt(append(dst, '"'), id.PID)
	dst = jsontext.AppendUint(append(dst, '-'), id.StartTicks)
	return append(dst, '"')
}

// appendSubtree appends the member subtree.
func appendSubtree(dst []byte, s *Subtree) []byte {
	dst = jsontext.AppendInt(append(dst, `,"subtree":{"processes":`...), s.Processes)
	for i, f := range plan.sums {
		if s.Known&(1<<i) != 0 {
			dst = jsontext.AppendDecimal(append(dst, f.key...), s.Sums[i], f.Decimals)
		}
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
