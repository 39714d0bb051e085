package tree

import (
	"bytes"
	"math"
	"slices"

	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// differ writes the message that leads from one frame to the next of the same stream.
type differ struct {
	before, now *Frame
	// scratch holds the old text of what is compared.
	scratch []byte
}

// Difference makes the message that leads from a frame before to this one.
func (f *Frame) Difference(before *Frame, sequence uint64) []byte {
	d := differ{before: before, now: f}
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
	dst = d.appendPlace(dst, old, now)
	if d.before.facts[i] != d.now.facts[j] {
		dst = d.appendFacts(dst, i, j)
	}
	dst = appendFigures(dst, old.Process, now.Process)
	if !sameUse(old, now) {
		dst = d.appendObject(dst, `,"cpu":null`, old, now, appendCPU)
		dst = d.appendObject(dst, `,"memory":null`, old, now, appendMemory)
		dst = d.appendObject(dst, `,"io":null`, old, now, appendIO)
	}
	dst = appendChangedText(dst, "group", old.Group, now.Group)
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

// clockStep is by how many seconds a start must move to be sent again: it is counted from
// the boot, and a clock that is being slewed moves all of them a little at every scan.
const clockStep = 0.05

// appendPlace appends the parent, the start and the name.
func (d *differ) appendPlace(dst []byte, old, now *Node) []byte {
	if ppid := d.now.ppid(now); ppid != d.before.ppid(old) {
		dst = jsontext.AppendInt(append(dst, `,"ppid":`...), ppid)
	}
	start := d.now.startTime(now.Process)
	if math.Abs(start-d.before.startTime(old.Process)) > clockStep {
		dst = jsontext.AppendDecimal(append(dst, `,"start_time":`...), start, jsontext.TimeDecimals)
	}
	if now.Process.Name != old.Process.Name {
		dst = jsontext.AppendString(append(dst, `,"name":`...), now.Process.Name)
	}
	return dst
}

// appendFacts appends what the role may see of the facts.
func (d *differ) appendFacts(dst []byte, i, j int32) []byte {
	old, now := d.before.facts[i], d.now.facts[j]
	if d.now.Role == access.Operator {
		dst = appendChangedText(dst, "exe", old.exe, now.exe)
		switch {
		case now.cmdline == nil && old.cmdline != nil:
			dst = append(dst, `,"cmdline":null`...)
		case !slices.Equal(now.cmdline, old.cmdline) || old.cmdline == nil && now.cmdline != nil:
			dst = jsontext.AppendStrings(append(dst, `,"cmdline":`...), now.cmdline)
		}
	}
	a, b := d.before.Nodes[i].Process.Facts, d.now.Nodes[j].Process.Facts
	dst = appendChangedText(dst, "user", a.User, b.User)
	dst = appendChangedText(dst, "unit", a.Unit, b.Unit)
	dst = appendChangedText(dst, "container", a.Container, b.Container)
	return appendChangedText(dst, "pod_uid", a.PodUID, b.PodUID)
}

func appendChangedText(dst []byte, key, old, now string) []byte {
	switch now {
	case old:
		return dst
	case "":
		return append(append(append(dst, `,"`...), key...), `":null`...)
	}
	return jsontext.AppendText(dst, key, now)
}

// appendFigures appends the state and the single numbers.
func appendFigures(dst []byte, old, now *process.Process) []byte {
	if now.State != old.State {
		dst = append(append(append(dst, `,"state":"`...), now.State.String()...), '"')
	}
	for _, f := range [...]struct {
		bit      process.Fields
		member   string
		old, now int64
	}{
		{process.HasThreads, `,"threads":`, int64(old.Threads), int64(now.Threads)},
		{process.HasNice, `,"nice":`, int64(old.Nice), int64(now.Nice)},
		{process.HasOpenFDs, `,"open_fds":`, int64(old.OpenFDs), int64(now.OpenFDs)},
	} {
		knew, knows := old.Known.Has(f.bit), now.Known.Has(f.bit)
		switch {
		case knows && (!knew || f.old != f.now):
			dst = jsontext.AppendInt(append(dst, f.member...), int(f.now))
		case knew && !knows:
			dst = append(append(dst, f.member...), "null"...)
		}
	}
	return dst
}

// sameUse reports whether a process used nothing since, which is true of most.
func sameUse(old, now *Node) bool {
	p, q := old.Process, now.Process
	return p.Known == q.Known && old.Rates == now.Rates &&
		p.UserTime == q.UserTime && p.SystemTime == q.SystemTime &&
		p.ResidentBytes == q.ResidentBytes && p.VirtualBytes == q.VirtualBytes && p.SwapBytes == q.SwapBytes &&
		p.ReadBytes == q.ReadBytes && p.WrittenBytes == q.WrittenBytes
}

// appendObject appends a member as write writes it, if it reads otherwise than before.
func (d *differ) appendObject(dst []byte, null string, old, now *Node, write func([]byte, *Node) []byte) []byte {
	d.scratch = write(d.scratch[:0], old)
	start := len(dst)
	dst = write(dst, now)
	switch {
	case bytes.Equal(dst[start:], d.scratch):
		return dst[:start]
	case len(dst) == start:
		return append(dst, null...)
	}
	return dst
}
