package segment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"proctree/collector/process"
)

// Table is a process table at one moment. A decoded table belongs to the caller.
type Table struct {
	Snapshot *process.Snapshot
	// Groups is parallel to the processes: the name of each one's group, "" for none.
	Groups []string
	// ExitGroups is parallel to the exits.
	ExitGroups []string
	// Events are those since the table before. A decoded table has none: see Segment.Events.
	Events []process.GroupedEvent `json:",omitempty"`
}

// Version is the version of the format. A reader refuses segments of a later one; what a later
// release can add as a field or a section needs no new version.
const Version = 1

// window is how far back the compression looks: several differences of a large host.
const window = 1 << 20

// Encoder makes the bytes of one segment. Its memory is that of one table and of the texts.
type Encoder struct {
	schema   *schema
	header   []byte
	z        *zstd.Encoder
	out      bytes.Buffer
	sequence uint32
	texts    *dictionary
	previous *Table
	ids      []rowTexts
	spareIDs []rowTexts
	raw      []byte
	columns  [][]byte
	host     []uint64
	// lists of one frame
	removed, added []int
	changed        []change
	begun          bool
	// ends are those since the last overview, which the next segment goes on with.
	ends         ends
	leastSharded int
}

// rowTexts are the numbers of the texts of a process.
type rowTexts struct{ name, group, facts uint64 }

type change struct {
	now, before int
	mask        uint64
}

// schema is the list of fields.
type schema struct {
	rows  []field[process.Process]
	exits []field[process.Exit]
	host  []field[process.Snapshot]
	// events are of every event, ends only of those that end a process.
	events, ends []field[process.GroupedEvent]
}

func newSchema() *schema {
	return &schema{rowFields(), exitFields(), hostFields(), eventFields(), endFields()}
}

// textColumns are the fields of a process that are numbers of texts, after its other fields.
const textColumns = 3

// headerText is the content of the header, in JSON.
type headerText struct {
	Version int         `json:"version"`
	Rows    []fieldText `json:"process"`
	Exits   []fieldText `json:"exit"`
	Host    []fieldText `json:"host"`
	Events  []fieldText `json:"event,omitempty"`
	Ends    []fieldText `json:"event_end,omitempty"`
	// IntervalSeconds is the time between two tables.
	IntervalSeconds float64 `json:"interval_seconds"`
}

type fieldText struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func describe[T any](fields []field[T]) []fieldText {
	list := make([]fieldText, len(fields))
	for i, f := range fields {
		list[i] = fieldText{f.name, f.kind}
	}
	return list
}

// Options set up an Encoder.
type Options struct {
	// Shown returns what may be written of a command line; nil writes all of it.
	Shown func([]string) []string
	// Interval is the time between two tables, for those who read.
	Interval time.Duration
	// Previous is the table before the first one; nil for none. Rates are counted from it.
	Previous *Table
}

// NewEncoder returns the encoder of a new segment.
func NewEncoder(o Options) (*Encoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	e := &Encoder{schema: newSchema(), z: z, leastSharded: leastSharded}
	e.columns = make([][]byte, len(e.schema.rows)+textColumns)
	return e, e.Reset(o)
}

// Reset begins another segment, and keeps the memory.
func (e *Encoder) Reset(o Options) error {
	if o.Shown == nil {
		o.Shown = func(args []string) []string { return args }
	}
	e.texts = newDictionary(o.Shown)
	e.sequence, e.begun = 0, false
	e.previous = o.Previous
	text := headerText{
		Version: Version, IntervalSeconds: o.Interval.Seconds(),
		Rows: describe(e.schema.rows), Exits: describe(e.schema.exits), Host: describe(e.schema.host),
		Events: describe(e.schema.events), Ends: describe(e.schema.ends),
	}
	header, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("header of the segment: %w", err)
	}
	e.header = e.z.EncodeAll(header, nil)
	return nil
}

// TextBytes is about the memory that the texts take. It grows until the segment ends.
func (e *Encoder) TextBytes() int { return e.texts.bytes }

// Append appends the frames of a table. With key they begin a new period; the first table of a
// segment always does. The table must not change afterwards.
func (e *Encoder) Append(dst []byte, t *Table, key bool) ([]byte, error) {
	key = key || !e.begun
	taken := t.Snapshot.Taken.UnixNano()
	if key {
		dst = e.frame(dst, Header, taken, e.header)
		if b := e.texts.endPeriod(); b != nil && e.begun {
			dst = e.frame(dst, Texts, taken, e.compressed(b))
		}
	}
	e.raw = e.raw[:0]
	if key {
		e.appendKey()
	}
	e.appendHost(sectionHost, t.Snapshot)
	e.appendDifference(t)
	e.appendExits(t)
	events := e.encodeEvents(t)
	if b := e.texts.take(); b != nil {
		dst = e.appendTexts(dst, taken, b)
	}
	if events != nil {
		dst = e.frame(dst, Events, taken, e.z.EncodeAll(events, nil))
	}
	kind := Difference
	e.ends.add(t.Snapshot.Exits)
	if key {
		kind = Key
		var before *process.Snapshot
		if e.previous != nil {
			before = e.previous.Snapshot
		}
		dst = e.frame(dst, Overview, taken, overviewOf(t.Snapshot, len(t.Snapshot.Processes), before, e.ends).encode())
		e.ends = ends{}
	}
	payload, err := e.compress(key)
	if err != nil {
		return dst, err
	}
	e.begun = true
	e.previous = t
	return e.frame(dst, kind, taken, payload), nil
}

func (e *Encoder) frame(dst []byte, kind Kind, taken int64, payload []byte) []byte {
	dst = appendFrame(dst, kind, e.sequence, taken, payload)
	e.sequence++
	return dst
}

// appendTexts appends new texts. Those that are no shards are repeated in the next period.
func (e *Encoder) appendTexts(dst []byte, taken int64, b *batch) []byte {
	texts := e.compressed(b)
	if len(texts) >= e.leastSharded && e.texts.skipRepeat(b) {
		return e.appendShards(dst, taken, texts)
	}
	e.texts.repeat(b)
	return e.frame(dst, Texts, taken, texts)
}

func (e *Encoder) compressed(b *batch) []byte { return e.z.EncodeAll(b.encode(), nil) }

// compress continues the stream of the period, so that the frame can be read without those after it.
func (e *Encoder) compress(key bool) ([]byte, error) {
	e.out.Reset()
	var length [binary.MaxVarintLen64]byte
	e.out.Write(length[:binary.PutUvarint(length[:], uint64(len(e.raw)))])
	if key {
		e.z.Reset(&e.out)
	}
	if _, err := e.z.Write(e.raw); err != nil {
		return nil, fmt.Errorf("compress a frame: %w", err)
	}
	if err := e.z.Flush(); err != nil {
		return nil, fmt.Errorf("compress a frame: %w", err)
	}
	return e.out.Bytes(), nil
}

// The sections of a frame.
const (
	// sectionBefore and sectionBeforeHost are the table before the first one of a period.
	sectionBefore = 1 + iota
	sectionBeforeHost
	sectionHost
	sectionRemoved
	sectionAdded
	sectionChanged
	sectionExits
)

// section appends a section around what fill appends.
func (e *Encoder) section(number byte, fill func(dst []byte) []byte) {
	const room = 4 // bytes of the length, enough for 256 MiB
	e.raw = append(e.raw, number, 0, 0, 0, 0)
	start := len(e.raw)
	e.raw = fill(e.raw)
	binary.LittleEndian.PutUint32(e.raw[start-room:], uint32(len(e.raw)-start))
}

// appendKey appends the table before, on which the differences are based.
func (e *Encoder) appendKey() {
	e.host = make([]uint64, len(e.schema.host))
	e.ids = e.ids[:0]
	if e.previous == nil {
		return
	}
	processes := e.previous.Snapshot.Processes
	all := make([]int, len(processes))
	for i := range processes {
		all[i] = i
		e.ids = append(e.ids, e.textsOf(processes[i], e.previous.Groups[i]))
	}
	e.section(sectionBefore, func(dst []byte) []byte { return e.appendRows(dst, processes, e.ids, all) })
	e.appendHost(sectionBeforeHost, e.previous.Snapshot)
}

func (e *Encoder) textsOf(p *process.Process, group string) rowTexts {
	return rowTexts{e.texts.text(p.Name), e.texts.text(group), e.texts.factsOf(p.Facts)}
}

// appendHost appends the host as differences to the table before.
func (e *Encoder) appendHost(section byte, s *process.Snapshot) {
	e.section(section, func(dst []byte) []byte {
		for i := range e.schema.host {
			v := e.schema.host[i].get(s)
			dst = binary.AppendUvarint(dst, zigzag(v-e.host[i]))
			e.host[i] = v
		}
		return appendText(appendText(dst, s.Reader), string(s.ExitSource))
	})
}

// appendRows appends whole processes, column by column. Each column is written as differences from
// row to row: neighbours are often alike.
func (e *Encoder) appendRows(dst []byte, processes []*process.Process, ids []rowTexts, list []int) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	column := func(get func(i int) uint64) {
		last := uint64(0)
		for _, i := range list {
			v := get(i)
			dst = binary.AppendUvarint(dst, zigzag(v-last))
			last = v
		}
	}
	column(func(i int) uint64 { return uint64(processes[i].PID) })
	column(func(i int) uint64 { return processes[i].StartTicks })
	for f := range e.schema.rows {
		get := e.schema.rows[f].get
		column(func(i int) uint64 { return get(processes[i]) })
	}
	column(func(i int) uint64 { return ids[i].name })
	column(func(i int) uint64 { return ids[i].group })
	column(func(i int) uint64 { return ids[i].facts })
	return dst
}

// appendDifference appends what has changed since the table before.
func (e *Encoder) appendDifference(t *Table) {
	ids := e.compare(t)
	processes := t.Snapshot.Processes
	if len(e.removed) > 0 {
		e.section(sectionRemoved, func(dst []byte) []byte {
			return appendGaps(dst, len(e.removed), func(i int) int { return e.removed[i] })
		})
	}
	if len(e.added) > 0 {
		e.section(sectionAdded, func(dst []byte) []byte { return e.appendRows(dst, processes, ids, e.added) })
	}
	if len(e.changed) > 0 {
		e.section(sectionChanged, e.appendChanges)
	}
	e.ids, e.spareIDs = ids, e.ids
}

// appendGaps appends ascending numbers by their distances.
func appendGaps(dst []byte, n int, at func(i int) int) []byte {
	dst = binary.AppendUvarint(dst, uint64(n))
	last := 0
	for i := range n {
		dst = binary.AppendUvarint(dst, uint64(at(i)-last))
		last = at(i)
	}
	return dst
}

// appendChanges appends where, which fields, and then each field's column, which compare has filled.
func (e *Encoder) appendChanges(dst []byte) []byte {
	dst = appendGaps(dst, len(e.changed), func(i int) int { return e.changed[i].now })
	for i := range e.changed {
		dst = binary.AppendUvarint(dst, e.changed[i].mask)
	}
	for _, column := range e.columns {
		dst = append(dst, column...)
	}
	return dst
}

// compare walks both tables side by side; both are sorted by PID. It returns the texts of the rows.
func (e *Encoder) compare(t *Table) []rowTexts {
	e.removed, e.added, e.changed = e.removed[:0], e.added[:0], e.changed[:0]
	for i := range e.columns {
		e.columns[i] = e.columns[i][:0]
	}
	var before []*process.Process
	var groups []string
	follows := false
	if e.previous != nil {
		before, groups = e.previous.Snapshot.Processes, e.previous.Groups
		serial := e.previous.Snapshot.Serial
		follows = serial > 0 && t.Snapshot.Serial == serial+1
	}
	ids, j := e.spareIDs[:0], 0
	for i := range t.Snapshot.Processes {
		p := t.Snapshot.Processes[i]
		for j < len(before) && before[j].PID < p.PID {
			e.removed = append(e.removed, j)
			j++
		}
		if j == len(before) || before[j].ID != p.ID {
			if j < len(before) && before[j].PID == p.PID {
				e.removed = append(e.removed, j)
				j++
			}
			e.added = append(e.added, i)
			ids = append(ids, e.textsOf(p, t.Groups[i]))
			continue
		}
		was := before[j]
		text := e.ids[j]
		if p.Name != was.Name || p.Facts != was.Facts || t.Groups[i] != groups[j] {
			text = e.textsOf(p, t.Groups[i])
		}
		unchanged := p == was || follows && t.Snapshot.Unchanged(p) || alike(p, was)
		if !unchanged || text != e.ids[j] {
			e.compareRow(i, j, p, was, text)
		}
		ids = append(ids, text)
		j++
	}
	for ; j < len(before); j++ {
		e.removed = append(e.removed, j)
	}
	return ids
}

// alike reports whether nothing that is recorded of a process has changed. It is several times faster than to
// ask for each field: most processes that woke have used less than a millisecond.
func alike(p, was *process.Process) bool {
	a, b := *p, *was
	for _, q := range [...]*process.Process{&a, &b} {
		q.Since, q.MinorFaults, q.VoluntarySwitches, q.InvoluntarySwitches = 0, 0, 0, 0
		q.Known &^= notRecorded
		for _, spent := range [...]*time.Duration{&q.UserTime, &q.SystemTime, &q.ChildUserTime, &q.ChildSystemTime, &q.CPUWait, &q.GPUTime, &q.Delays.BlockIO, &q.Delays.SwapIn, &q.Delays.Reclaim, &q.Delays.Thrashing} {
			*spent /= time.Millisecond
		}
	}
	return a == b
}

func (e *Encoder) compareRow(i, j int, p, was *process.Process, text rowTexts) {
	mask := uint64(0)
	for f := range e.schema.rows {
		get := e.schema.rows[f].get
		if v, w := get(p), get(was); v != w {
			mask |= 1 << f
			e.columns[f] = binary.AppendUvarint(e.columns[f], zigzag(v-w))
		}
	}
	n := len(e.schema.rows)
	if old := e.ids[j]; text != old {
		for k, pair := range [textColumns][2]uint64{{text.name, old.name}, {text.group, old.group}, {text.facts, old.facts}} {
			if pair[0] != pair[1] {
				mask |= 1 << (n + k)
				e.columns[n+k] = binary.AppendUvarint(e.columns[n+k], zigzag(pair[0]-pair[1]))
			}
		}
	}
	if mask != 0 {
		e.changed = append(e.changed, change{i, j, mask})
	}
}

// appendExits appends the records of processes that ended.
func (e *Encoder) appendExits(t *Table) {
	exits := t.Snapshot.Exits
	if len(exits) == 0 {
		return
	}
	e.section(sectionExits, func(dst []byte) []byte {
		dst = binary.AppendUvarint(dst, uint64(len(exits)))
		for f := range e.schema.exits {
			get := e.schema.exits[f].get
			last := uint64(0)
			for i := range exits {
				v := get(&exits[i])
				dst = binary.AppendUvarint(dst, zigzag(v-last))
				last = v
			}
		}
		for i := range exits {
			x := &exits[i]
			group := ""
			if i < len(t.ExitGroups) {
				group = t.ExitGroups[i]
			}
			for _, n := range [...]uint64{e.texts.text(x.Name), e.texts.text(x.Reason), e.texts.text(group), e.texts.factsOf(x.Facts)} {
				dst = binary.AppendUvarint(dst, n)
			}
		}
		return dst
	})
}
