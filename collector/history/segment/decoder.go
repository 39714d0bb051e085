package segment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"

	"github.com/klauspost/compress/zstd"

	"proctree/collector/process"
)

// maxRaw bounds the content of a frame, decompressed, and with it what damage can make a reader take.
const maxRaw = 1 << 28

// Segment is a segment that was read. Its methods are not safe for concurrent use.
type Segment struct {
	// Interval is the time between two tables, 0 where it is not known.
	Interval time.Duration
	// Damaged counts the places at which bytes were skipped.
	Damaged int
	// Whole is the length up to the end of the last intact frame.
	Whole int
	// Frames are all intact frames.
	Frames []Frame

	header *headerText
	// tables are the indexes in Frames of the tables that can be read, with where to begin.
	tables []place
	schema *schema
	// rows, exits and host are, for each field of the file, the index of ours, or -1.
	rows, exits, host []int
	// takenAt is the index of the time among the fields of the host, or -1.
	takenAt      int
	events, ends []int
	// z reads streams, and whole what is compressed as one: a decoder in the middle of a stream
	// cannot do both. z is made when it is needed: an overview needs none.
	z, whole *zstd.Decoder
	texts    lexicon
	// raw is memory for frames, and spare for a table.
	raw   []byte
	spare *state
	// learned is up to where texts were read, an index in Frames.
	learned int
	// joined are the texts of shards, by the index of the last frame of each.
	joined map[int][]byte
	// length is that of the file.
	length int
	// clock is that of the first table, once somebody asked for it.
	clock *process.Clock
}

// place is a table: its frame, and that of the key on which it is based.
type place struct{ frame, key int }

// ErrNoHeader is returned for what is no segment, or has lost all of its headers.
var ErrNoHeader = errors.New("no header of a recording was found")

// Open reads the frames of a segment. Damage is not an error as long as there is a header.
func Open(data []byte) (*Segment, error) {
	s := &Segment{schema: newSchema(), length: len(data)}
	s.Frames, s.Damaged, s.Whole = Scan(data)
	s.joined = joinShards(s.Frames)
	var err error
	if s.whole, err = newDecoder(); err != nil {
		return nil, err
	}
	if err := s.readHeader(); err != nil {
		s.Close()
		return nil, err
	}
	s.findTables()
	return s, nil
}

// Continue takes over what an earlier reading of the same file has read of its texts, if the file has only grown
// since: processes then keep the addresses of their Facts, by which others know what they have made of them.
func (s *Segment) Continue(earlier *Segment) {
	if len(earlier.Frames) > len(s.Frames) {
		return
	}
	for i := range earlier.Frames {
		was, is := &earlier.Frames[i], &s.Frames[i]
		if was.Kind != is.Kind || was.Sequence != is.Sequence || was.Time != is.Time || !bytes.Equal(was.Payload, is.Payload) {
			return
		}
	}
	s.texts, s.learned, s.spare, s.raw = earlier.texts, earlier.learned, earlier.spare, earlier.raw
	earlier.texts, earlier.learned, earlier.spare, earlier.raw = lexicon{}, 0, nil, nil
}

// newDecoder returns what decompresses.
func newDecoder() (*zstd.Decoder, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(maxRaw), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, fmt.Errorf("set up decompression: %w", err)
	}
	return decoder, nil
}

// stream begins to decompress the frames of a period.
func (s *Segment) stream(frames []Frame) error {
	if s.z == nil {
		var err error
		if s.z, err = newDecoder(); err != nil {
			return err
		}
	}
	if err := s.z.Reset(&payloads{frames: frames}); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

// Close frees the memory of the decompression.
func (s *Segment) Close() {
	if s.z != nil {
		s.z.Close()
	}
	s.whole.Close()
}

func (s *Segment) readHeader() error {
	for i := range s.Frames {
		if s.Frames[i].Kind != Header {
			continue
		}
		text, err := s.whole.DecodeAll(s.Frames[i].Payload, nil)
		if err != nil {
			continue
		}
		h := &headerText{}
		if json.Unmarshal(text, h) != nil {
			continue
		}
		if h.Version != Version {
			return fmt.Errorf("the recording has version %d of the format, and this program reads version %d: use a later release", h.Version, Version)
		}
		if len(h.Rows)+textColumns > 64 {
			return fmt.Errorf("the recording has %d fields of a process, at most 61 can be read", len(h.Rows))
		}
		s.header = h
		s.Interval = time.Duration(h.IntervalSeconds * float64(time.Second))
		s.takenAt = slices.IndexFunc(h.Host, func(f fieldText) bool { return f.Name == takenField })
		s.rows, s.exits, s.host = match(h.Rows, s.schema.rows), match(h.Exits, s.schema.exits), match(h.Host, s.schema.host)
		s.events, s.ends = match(h.Events, s.schema.events), match(h.Ends, s.schema.ends)
		return nil
	}
	return ErrNoHeader
}

func match[T any](names []fieldText, fields []field[T]) []int {
	list := make([]int, len(names))
	for i, n := range names {
		list[i] = slices.IndexFunc(fields, func(f field[T]) bool { return f.name == currentName(n.Name) })
	}
	return list
}

// findTables lists what can be read: keys, and the differences that follow without a gap.
func (s *Segment) findTables() {
	key, next := -1, uint32(0)
	for i := range s.Frames {
		f := &s.Frames[i]
		if f.Sequence != next {
			key = -1
		}
		next = f.Sequence + 1
		switch f.Kind {
		case Key:
			key = i
		case Header:
			key = -1
		}
		if key >= 0 && (f.Kind == Key || f.Kind == Difference) {
			s.tables = append(s.tables, place{i, key})
		}
	}
}

// Clock is that of all tables, as a step of the clock begins another segment; nil where no table can
// be read.
func (s *Segment) Clock() *process.Clock {
	if s.clock == nil && len(s.tables) > 0 {
		_, _ = s.Skim(0, 0, func(step *Step) error {
			clock := step.Host().Clock
			s.clock = &clock
			return nil
		})
	}
	return s.clock
}

// Len is how many tables can be read.
func (s *Segment) Len() int { return len(s.tables) }

// Time is the moment of a table.
func (s *Segment) Time(i int) time.Time { return time.Unix(0, s.Frames[s.tables[i].frame].Time) }

// At returns the last table at or before a moment, -1 for none.
func (s *Segment) At(t time.Time) int {
	return sort.Search(len(s.tables), func(i int) bool { return s.Time(i).After(t) }) - 1
}

// Summaries returns what the overview frames hold.
func (s *Segment) Summaries() []*Summary {
	var list []*Summary
	for i := range s.Frames {
		if f := &s.Frames[i]; f.Kind == Overview {
			if o, ok := decodeOverview(f); ok {
				list = append(list, o)
			}
		}
	}
	return list
}

// Step is one table while a recording is played.
type Step struct {
	// Index is the number of the table in its segment.
	Index int
	Time  time.Time
	// Before is the time of the table on which Ended is based; zero where there is none.
	Before time.Time
	// Last is that no further table of the segment will be shown.
	Last  bool
	state *state
}

// Visit shows each process with its group, by PID, without the cost of a table. The process holds until
// the next one is shown.
func (s *Step) Visit(see func(p *process.Process, group string)) error {
	check := &input{}
	var p process.Process
	for _, row := range s.state.order {
		p = process.Process{}
		group := s.state.fill(&p, row, check)
		if check.failed {
			return errDamaged
		}
		see(&p, group)
	}
	return nil
}

// Find returns a process with its group; ok is false where the table does not have it.
func (s *Step) Find(id process.ID) (p *process.Process, group string, ok bool) {
	p, group, ok = s.FindPID(id.PID)
	return p, group, ok && p.ID == id
}

// FindPID returns the process that has a PID.
func (s *Step) FindPID(pid int) (p *process.Process, group string, ok bool) {
	st := s.state
	at := sort.Search(len(st.order), func(i int) bool { return int(st.row(st.order[i])[0]) >= pid })
	if at == len(st.order) {
		return nil, "", false
	}
	check := &input{}
	p = &process.Process{}
	group = st.fill(p, st.order[at], check)
	return p, group, p.PID == pid && !check.failed
}

// Len is how many processes there are.
func (s *Step) Len() int { return len(s.state.order) }

// Host returns what the table says of the host and the scan, without processes.
func (s *Step) Host() *process.Snapshot { return s.state.hostValues(s.state.host) }

// Table makes the table, which shares nothing that changes.
func (s *Step) Table() (*Table, error) { return s.state.table(s.state.host) }

// Exits are the records of processes that ended since the table before, with their groups.
func (s *Step) Exits() ([]process.Exit, []string, error) { return s.state.exitRecords() }

// Ended are the processes that are no longer in the table, as they were in the table before, and their
// groups. The first table of a key period has all that were in its predecessor and are not in it.
func (s *Step) Ended() ([]process.Process, []string, error) { return s.state.endedRows() }

// Pair is a table and the one before it, from which rates are counted; Previous is nil for the first
// table of a recording.
type Pair struct{ Current, Previous *Table }

// Read returns table i.
func (s *Segment) Read(i int) (*Pair, error) {
	var got *Pair
	state := s.newState()
	err := s.replay(state, i, i, true, func(step *Step) error {
		table, err := step.Table()
		got = &Pair{Current: table, Previous: step.state.before}
		return err
	})
	s.spare = state
	if err != nil {
		return nil, err
	}
	return got, err
}

// Each calls see with the tables from first to last, one after another. A table that
// cannot be read ends its key period: the next one that see gets is that of the next key. damaged
// counts the tables that see did not get.
func (s *Segment) Each(first, last int, see func(step *Step) error) (damaged int, err error) {
	return s.each(first, last, s.newState, see)
}

// Skim is Each without what rows change that stay in the table, which is most of the work: of a process,
// a step has the values of when it came, or of the first table of the segment.
func (s *Segment) Skim(first, last int, see func(step *Step) error) (damaged int, err error) {
	one := s.newState()
	one.skim = true
	return s.each(first, last, func() *state {
		s.spare = nil // It goes on.
		return one
	}, see)
}

// newState returns an empty table, in the memory of one that nobody uses any more.
func (s *Segment) newState() *state {
	st := s.spare
	s.spare = nil
	if st == nil {
		return &state{segment: s, host: make([]uint64, len(s.host))}
	}
	*st = state{
		segment: s, host: st.host, values: st.values[:0], order: st.order[:0], free: st.free[:0], spare: st.spare[:0],
		removed: st.removed[:0], rows: st.rows, masks: st.masks,
	}
	clear(st.host)
	return st
}

func (s *Segment) each(first, last int, begin func() *state, see func(step *Step) error) (damaged int, err error) {
	for i := first; i <= last; {
		end := i
		for end < last && s.tables[end+1].key == s.tables[i].key {
			end++
		}
		seen, state := 0, begin()
		err := s.replay(state, i, end, false, func(step *Step) error {
			err := see(step)
			if err == nil {
				seen++
			}
			return err
		})
		if err != nil && !errors.Is(err, errDamaged) {
			return damaged, err
		}
		s.spare = state
		if err != nil {
			state.taken = 0 // It is not that of the next frame.
		}
		damaged += end - i + 1 - seen
		i = end + 1
	}
	return damaged, nil
}

// payloads reads frames as one stream.
type payloads struct {
	frames []Frame
	rest   []byte
}

func (p *payloads) Read(dst []byte) (int, error) {
	for len(p.rest) == 0 {
		if len(p.frames) == 0 {
			return 0, io.EOF
		}
		f := &p.frames[0]
		p.frames = p.frames[1:]
		if f.Kind == Key || f.Kind == Difference {
			_, n := binary.Uvarint(f.Payload)
			p.rest = f.Payload[max(0, n):]
		}
	}
	n := copy(dst, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// replay decodes one key period and shows the tables from first to last; withPrevious is for one.
func (s *Segment) replay(state *state, first, last int, withPrevious bool, see func(step *Step) error) error {
	start := s.tables[first].key
	end := s.tables[last].frame
	s.learn(end)
	if err := s.stream(s.Frames[start : end+1]); err != nil {
		return err
	}
	raw := s.raw
	defer func() { s.raw = raw }()
	for at := start; at <= end; at++ {
		f := &s.Frames[at]
		if f.Kind != Key && f.Kind != Difference {
			continue
		}
		length, n := binary.Uvarint(f.Payload)
		if n <= 0 || length > maxRaw {
			return errDamaged
		}
		var err error
		if raw, err = readRaw(s.z, raw, length); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		show := at >= s.tables[first].frame
		if err := state.apply(raw, f.Kind == Key, show && withPrevious); err != nil {
			return err
		}
		if !show {
			continue
		}
		i := first + sort.Search(last-first, func(i int) bool { return s.tables[first+i].frame >= at })
		step := &Step{Index: i, Time: s.Time(i), state: state}
		if state.beforeTaken != 0 {
			step.Before = time.Unix(0, state.beforeTaken)
		}
		if err := see(step); err != nil {
			return err
		}
	}
	return nil
}

// readRaw reads so many bytes. It takes memory as they come, for a length may be made up.
func readRaw(z io.Reader, buffer []byte, length uint64) ([]byte, error) {
	if uint64(cap(buffer)) >= length {
		buffer = buffer[:length]
		_, err := io.ReadFull(z, buffer)
		return buffer, err
	}
	b := bytes.NewBuffer(buffer[:0])
	if n, err := io.CopyN(b, z, int64(length)); err != nil {
		return nil, fmt.Errorf("%d of %d bytes: %w", n, length, err)
	}
	return b.Bytes(), nil
}

// learn reads the texts up to a frame. Damaged texts are an error only where they are needed.
func (s *Segment) learn(end int) {
	for ; s.learned <= end; s.learned++ {
		_ = s.learnFrame(s.learned, &s.texts)
	}
}

// learnFrame adds the texts of a frame, or of the shards that it completes.
func (s *Segment) learnFrame(i int, texts *lexicon) error {
	compressed := s.joined[i]
	if s.Frames[i].Kind == Texts {
		compressed = s.Frames[i].Payload
	}
	if compressed == nil {
		return nil
	}
	raw, err := s.whole.DecodeAll(compressed, nil)
	if err == nil {
		err = texts.learn(raw)
	}
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	return nil
}
