package segment

import (
	"encoding/binary"
	"slices"
	"sort"

	"proctree/collector/process"
)

// state is a table while frames are applied to it. Rows stay where they are; order has them by PID.
type state struct {
	segment *Segment
	width   int
	// values has width numbers for each row: PID, start, the fields of the file, the texts.
	values []uint64
	order  []int32
	free   []int32
	spare  []int32
	exits  []byte
	// host is the numbers of the host.
	host           []uint64
	reader, source string
	before         *Table
	// taken and beforeTaken are the times of the table and of the one before, in nanoseconds; 0 is none.
	taken, beforeTaken int64
	// removed are the rows that the last frame has removed. They stay until the next frame.
	removed []int32
	// skim is that rows which stay are not read: only which processes came and went.
	skim bool
	// rows and masks are memory for the next frame.
	rows  []int32
	masks []uint64
}

// identity is how many numbers of a row come before its fields.
const identity = 2

func (st *state) row(i int32) []uint64 { return st.values[int(i)*st.width : (int(i)+1)*st.width] }

// apply changes the table by the content of a frame. With keep it keeps the table before.
func (st *state) apply(raw []byte, key, keep bool) error {
	st.width = identity + len(st.segment.rows) + textColumns
	st.exits = nil
	st.free = append(st.free, st.removed...)
	st.removed = st.removed[:0]
	st.beforeTaken = st.taken
	sections, err := split(raw)
	if err != nil {
		return err
	}
	st.before = nil
	if key {
		if err := st.applyBefore(&sections); err != nil {
			return err
		}
	}
	hasBefore := sections[sectionBeforeHost] != nil
	if keep && (hasBefore || !key) {
		if st.before, err = st.table(st.host); err != nil {
			return err
		}
	}
	if sections[sectionHost] == nil {
		return errDamaged
	}
	if err := st.applyHost(sections[sectionHost]); err != nil {
		return err
	}
	st.taken = st.takenOf()
	for _, step := range [...]struct {
		section byte
		apply   func([]byte) error
	}{{sectionRemoved, st.remove}, {sectionAdded, st.add}, {sectionChanged, st.change}} {
		if content := sections[step.section]; content != nil && (!st.skim || step.section != sectionChanged) {
			if err := step.apply(content); err != nil {
				return err
			}
		}
	}
	st.exits = sections[sectionExits]
	return nil
}

// applyBefore takes the table before the first one of a period.
func (st *state) applyBefore(sections *contents) error {
	last := st.taken
	st.beforeTaken = 0
	clear(st.host)
	if before := sections[sectionBeforeHost]; before != nil {
		if err := st.applyHost(before); err != nil {
			return err
		}
		st.beforeTaken = st.takenOf()
		if st.skim && last != 0 && st.beforeTaken == last {
			return nil // It is known which processes there are.
		}
	}
	st.values, st.order, st.free = st.values[:0], st.order[:0], st.free[:0]
	if before := sections[sectionBefore]; before != nil {
		return st.add(before)
	}
	return nil
}

// takenOf is the time of the table in nanoseconds, or 0.
func (st *state) takenOf() int64 {
	if at := st.segment.takenAt; at >= 0 {
		return int64(st.host[at])
	}
	return 0
}

// contents are the sections of a frame by their numbers; nil where there is none.
type contents [sectionExits + 1][]byte

func split(raw []byte) (sections contents, err error) {
	const header = 5
	for len(raw) > 0 {
		if len(raw) < header {
			return sections, errDamaged
		}
		n := binary.LittleEndian.Uint32(raw[1:])
		if uint64(n) > uint64(len(raw)-header) {
			return sections, errDamaged
		}
		if int(raw[0]) < len(sections) { // A later version has others.
			sections[raw[0]] = raw[header : header+int(n) : header+int(n)]
		}
		raw = raw[header+int(n):]
	}
	return sections, nil
}

func (st *state) applyHost(content []byte) error {
	in := &input{b: content}
	for i := range st.host {
		st.host[i] += unzigzag(in.uvarint())
	}
	st.reader, st.source = in.text(), in.text()
	if in.failed {
		return errDamaged
	}
	return nil
}

func (st *state) remove(content []byte) error {
	in := &input{b: content}
	n := in.count()
	at, kept := 0, st.order[:0]
	last := 0
	for range n {
		next := int(in.uvarint()) + at
		if in.failed || next < last || next >= len(st.order) {
			return errDamaged
		}
		kept = append(kept, st.order[last:next]...)
		st.removed = append(st.removed, st.order[next])
		at, last = next, next+1
	}
	st.order = append(kept, st.order[last:]...)
	return nil
}

// add reads whole rows and puts them in their places.
func (st *state) add(content []byte) error {
	in := &input{b: content}
	n := in.count()
	if n*st.width > len(content) {
		return errDamaged // Each number takes a byte at least.
	}
	rows := make([]int32, n)
	reused := min(n, len(st.free))
	copy(rows, st.free[len(st.free)-reused:])
	st.free = st.free[:len(st.free)-reused]
	next := len(st.values) / st.width
	for i := reused; i < n; i++ {
		rows[i] = int32(next + i - reused)
	}
	more := (n - reused) * st.width
	st.values = slices.Grow(st.values, more)[:len(st.values)+more] // All columns are set below.
	for column := range st.width {
		last := uint64(0)
		for _, i := range rows {
			last += unzigzag(in.uvarint())
			st.values[int(i)*st.width+column] = last
		}
	}
	if in.failed || len(in.b) > 0 {
		return errDamaged
	}
	return st.merge(rows)
}

// merge puts rows into the order of PIDs.
func (st *state) merge(rows []int32) error {
	pid := func(i int32) uint64 { return st.values[int(i)*st.width] }
	merged, old := slices.Grow(st.spare[:0], len(st.order)+len(rows)), st.order
	last := uint64(0)
	for n, i := range rows {
		this := pid(i)
		if n > 0 && this <= last || this > 1<<31 {
			return errDamaged
		}
		last = this
		before := sort.Search(len(old), func(k int) bool { return pid(old[k]) >= this })
		merged = append(merged, old[:before]...)
		if old = old[before:]; len(old) > 0 && pid(old[0]) == this {
			return errDamaged
		}
		merged = append(merged, i)
	}
	merged = append(merged, old...)
	st.spare, st.order = st.order[:0], merged
	return nil
}

func (st *state) change(content []byte) error {
	in := &input{b: content}
	n := in.count()
	rows, masks := slices.Grow(st.rows[:0], n)[:n], slices.Grow(st.masks[:0], n)[:n]
	st.rows, st.masks = rows, masks
	at := 0
	for i := range rows {
		at += int(in.uvarint())
		if in.failed || at < 0 || at >= len(st.order) {
			return errDamaged
		}
		rows[i] = st.order[at]
	}
	all := uint64(0)
	for i := range masks {
		masks[i] = in.uvarint()
		all |= masks[i]
	}
	for f := range st.width - identity {
		if all&(1<<f) == 0 {
			continue
		}
		for i, mask := range masks {
			if mask&(1<<f) != 0 {
				st.values[int(rows[i])*st.width+identity+f] += unzigzag(in.uvarint())
			}
		}
	}
	if in.failed || len(in.b) > 0 {
		return errDamaged
	}
	return nil
}

// table makes the table of the numbers.
func (st *state) table(host []uint64) (*Table, error) {
	s := st.hostValues(host)
	s.Processes = process.Pointers(make([]process.Process, len(st.order)))
	t := &Table{Snapshot: s, Groups: make([]string, len(st.order))}
	check := &input{}
	for n, i := range st.order {
		t.Groups[n] = st.fill(s.Processes[n], i, check)
	}
	var err error
	if s.Exits, t.ExitGroups, err = st.exitRecords(); err != nil || check.failed {
		return nil, errDamaged
	}
	return t, nil
}

// hostValues makes the snapshot of the host's numbers.
func (st *state) hostValues(host []uint64) *process.Snapshot {
	s := &process.Snapshot{}
	for i, own := range st.segment.host {
		if own >= 0 {
			st.segment.schema.host[own].set(s, host[i])
		}
	}
	s.Reader, s.ExitSource = st.reader, process.ExitSource(st.source)
	return s
}

// fill makes a process of a row, and returns its group.
func (st *state) fill(p *process.Process, row int32, check *input) string {
	v := st.row(row)
	p.PID, p.StartTicks = int(v[0]), v[1]
	for f, own := range st.segment.rows {
		if own >= 0 {
			st.segment.schema.rows[own].set(p, v[identity+f])
		}
	}
	text := v[identity+len(st.segment.rows):]
	p.Name = st.segment.texts.text(check, text[0])
	p.Facts = st.segment.texts.factsOf(check, text[2])
	return st.segment.texts.text(check, text[1])
}

func (st *state) endedRows() ([]process.Process, []string, error) {
	if len(st.removed) == 0 {
		return nil, nil, nil
	}
	processes, groups := make([]process.Process, len(st.removed)), make([]string, len(st.removed))
	check := &input{}
	for n, i := range st.removed {
		groups[n] = st.fill(&processes[n], i, check)
	}
	if check.failed {
		return nil, nil, errDamaged
	}
	return processes, groups, nil
}

func (st *state) exitRecords() ([]process.Exit, []string, error) {
	if st.exits == nil {
		return nil, nil, nil
	}
	check := &input{}
	in := &input{b: st.exits}
	n := in.count()
	exits := make([]process.Exit, n)
	for _, own := range st.segment.exits {
		last := uint64(0)
		for i := range exits {
			last += unzigzag(in.uvarint())
			if own >= 0 {
				st.segment.schema.exits[own].set(&exits[i], last)
			}
		}
	}
	groups := make([]string, n)
	for i := range exits {
		exits[i].Name = st.segment.texts.text(check, in.uvarint())
		exits[i].Reason = st.segment.texts.text(check, in.uvarint())
		groups[i] = st.segment.texts.text(check, in.uvarint())
		exits[i].Facts = st.segment.texts.factsOf(check, in.uvarint())
	}
	if in.failed || check.failed {
		return nil, nil, errDamaged
	}
	return exits, groups, nil
}
