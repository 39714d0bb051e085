package tree

import (
	"bytes"
	"math"
	"slices"

	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/jsontext"
)

// differ writes the message that leads from one frame to the next of the same stream.
type differ struct {
	before, now *Frame
	// seen is the serial of the snapshot of before.
	seen uint64
	// scratch holds the old text of what is compared.
	scratch []byte
}

// Difference makes the message that leads from a frame before to this one.
func (f *Frame) Difference(before *Frame, sequence uint64) []byte {
	d := differ{before: before, now: f, seen: before.Report.Snapshot.Serial, scratch: make([]byte, 0, 512)}
	return d.appendDiff(nil, sequence)
}

// appendDiff appends the message. Both frames are sorted by PID, so one walk over both
// finds who came, who stayed and who went.
func (d *differ) appendDiff(dst []byte, sequence uint64) []byte {
	var added []int32
	var removed []process.ID
	dst = append(d.now.appendStart(dst, "diff", sequence), `,"changed":[`...)
	first := len(dst)
	i, j := d.before.next(0), d.now.next(0)
	for i < len(d.before.Nodes) || j < len(d.now.Nodes) {
		switch order := d.compare(i, j); {
		case order < 0:
			removed = append(removed, d.before.Nodes[i].Process.ID)
			i = d.before.next(i + 1)
		case order > 0:
			added = append(added, int32(j))
			j = d.now.next(j + 1)
		default:
			dst = d.appendChange(dst, int32(i), int32(j))
			i, j = d.before.next(i+1), d.now.next(j+1)
		}
	}
	dst = append(jsontext.DropComma(dst, first), `],"added":[`...)
	first = len(dst)
	for _, j := range added {
		dst = d.now.appendShown(dst, j)
	}
	dst = append(jsontext.DropComma(dst, first), `],"removed":[`...)
	for at, id := range removed {
		dst = appendID(jsontext.AppendComma(dst, at), id)
	}
	return append(dst, "]}"...)
}

// next returns the first index from i on that is shown.
func (f *Frame) next(i int) int {
	for i < len(f.kept) && f.kept[i] == dropped {
		i++
	}
	return i
}

// compare orders a process of before and one of now; one past the end comes last.
func (d *differ) compare(i, j int) int {
	switch {
	case i == len(d.before.Nodes):
		return 1
	case j == len(d.now.Nodes):
		return -1
	}
	return d.before.Nodes[i].Process.Compare(d.now.Nodes[j].Process.ID)
}

// appendChange appends the fields of a process that changed, if any did, as an element of
// a list with a comma before it.
func (d *differ) appendChange(dst []byte, i, j int32) []byte {
	start := len(dst)
	old, now := &d.before.Nodes[i], &d.now.Nodes[j]
	dst = appendID(append(dst, `,{"id":`...), now.Process.ID)
	fields := len(dst)
	same := old.Rates == now.Rates && d.rests(old.Process, now.Process)
	for o := range plan.head {
		dst = d.appendObject(dst, &plan.head[o], old, now, same)
	}
	if d.before.facts[i] != d.now.facts[j] {
		dst = d.appendFacts(dst, i, j)
	}
	for o := range plan.tail {
		dst = d.appendObject(dst, &plan.tail[o], old, now, same)
	}
	if context := d.now.kept[j] == asContext; context != (d.before.kept[i] == asContext) {
		dst = append(dst, `,"context":null`...)
		if context {
			dst = append(dst[:len(dst)-len("null")], "true"...)
		}
	}
	if len(dst) == fields {
		return dst[:start]
	}
	return append(dst, '}')
}

// rests reports whether all that was read from a process is as it was, which is true of most.
func (d *differ) rests(old, now *process.Process) bool {
	if now.Since > 0 && now.Since <= d.seen {
		return true
	}
	before := *old
	before.Since = now.Since
	return before == *now
}

// appendObject appends the fields of an object that changed; of one that has a name all of them.
// Same tells that nothing changed that is read from the process.
func (d *differ) appendObject(dst []byte, o *object, old, now *Node, same bool) []byte {
	if o.name == "" {
		for i := range o.fields {
			if f := &o.fields[i]; !same || f.source >= fromMoment {
				dst = d.appendField(dst, f, old, now)
			}
		}
		return dst
	}
	if same {
		return dst
	}
	d.scratch = o.write(d.scratch[:0], old)
	start := len(dst)
	dst = o.write(dst, now)
	switch {
	case bytes.Equal(dst[start:], d.scratch):
		return dst[:start]
	case len(dst) == start:
		return append(append(dst, o.key...), "null"...)
	}
	return dst
}

// clockStep is by how many seconds a moment must move to be sent again: a start is counted from
// the boot, and a clock that is being slewed moves all of them a little at every scan.
const clockStep = 0.05

// appendField appends a field if it changed, null if it is no longer known.
func (d *differ) appendField(dst []byte, f *field, old, now *Node) []byte {
	if f.same(d.before.View, old, d.now.View, now) {
		return dst
	}
	start := len(dst)
	dst = f.appendMember(dst, d.now.View, now)
	if len(dst) == start {
		return append(append(dst, f.key...), "null"...)
	}
	return dst
}

// same reports whether two nodes have the same value of a field, which may be unknown.
func (f *field) same(before *View, old *Node, after *View, now *Node) bool {
	switch f.source {
	case fromText, fromGroup, fromWaiting:
		return f.text(old) == f.text(now)
	case fromFlag:
		return f.Flag(old.Process) == f.Flag(now.Process)
	case fromMoment:
		return math.Abs(after.moment(f, now.Process)-before.moment(f, old.Process)) <= clockStep
	case fromParent:
		return before.ppid(old) == after.ppid(now)
	}
	a, had := f.number(before.Tree, old)
	b, has := f.number(after.Tree, now)
	return had == has && (!has || a == b)
}

// appendFacts appends what changed of the constant fields that the role may see.
func (d *differ) appendFacts(dst []byte, i, j int32) []byte {
	old, now := d.before.facts[i], d.now.facts[j]
	for c := range plan.constant {
		f := &plan.constant[c]
		switch {
		case f.Role == metric.Operator && !d.now.Role.SeesAll():
		case f.source == fromList:
			if !slices.Equal(now.cmdline, old.cmdline) || (now.cmdline == nil) != (old.cmdline == nil) {
				dst = append(dst, f.key...)
				if now.cmdline == nil {
					dst = append(dst, "null"...)
				}
				dst = appendList(dst, now.cmdline)
			}
		default:
			dst = d.appendField(dst, f, &d.before.Nodes[i], &d.now.Nodes[j])
		}
	}
	return dst
}
