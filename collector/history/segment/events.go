package segment

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"proctree/collector/process"
)

type grouped = process.GroupedEvent

// eventFields are the numbers of each event. The first one is its kind.
func eventFields() []field[grouped] {
	return []field[grouped]{
		{"kind", kindNumber, func(e *grouped) uint64 { return uint64(e.Kind) }, func(e *grouped, v uint64) { e.Kind = process.EventKind(v) }},
		{"time_microseconds", kindNumber, func(e *grouped) uint64 { return uint64(e.Time.UnixMicro()) }, func(e *grouped, v uint64) { e.Time = time.UnixMicro(int64(v)) }},
		{"count", kindNumber, func(e *grouped) uint64 { return e.Count }, func(e *grouped, v uint64) { e.Count = v }},
		{"lost", kindNumber, func(e *grouped) uint64 { return uint64(e.Lost) }, func(e *grouped, v uint64) { e.Lost = process.EventKind(v) }},
		{"pid", kindNumber, func(e *grouped) uint64 { return uint64(e.ID.PID) }, func(e *grouped, v uint64) { e.ID.PID = int(v) }},
		{"start_ticks", kindNumber, func(e *grouped) uint64 { return e.ID.StartTicks }, func(e *grouped, v uint64) { e.ID.StartTicks = v }},
		{"ppid", kindNumber, func(e *grouped) uint64 { return uint64(e.Parent) }, func(e *grouped, v uint64) { e.Parent = int(v) }},
		{"uid", kindNumber, func(e *grouped) uint64 { return uint64(e.UID) }, func(e *grouped, v uint64) { e.UID = uint32(v) }},
		{"kernel", kindNumber, func(e *grouped) uint64 { return bit(e.Kernel) }, func(e *grouped, v uint64) { e.Kernel = v != 0 }},
		{"cut", kindNumber, func(e *grouped) uint64 { return bit(e.Cut) }, func(e *grouped, v uint64) { e.Cut = v != 0 }},
	}
}

// endFields are the numbers that only the end of a process has.
func endFields() []field[grouped] {
	return []field[grouped]{
		{"ended", kindNumber, func(e *grouped) uint64 { return bit(e.Ended) }, func(e *grouped, v uint64) { e.Ended = v != 0 }},
		{"exit_code", kindNumber, func(e *grouped) uint64 { return uint64(e.Code) }, func(e *grouped, v uint64) { e.Code = int(v) }},
		{"known", kindPresent, func(e *grouped) uint64 { return uint64(e.Known) }, func(e *grouped, v uint64) { e.Known = process.Fields(v) }},
		{"age_microseconds", kindNumber, func(e *grouped) uint64 { return microseconds(e.Age) }, func(e *grouped, v uint64) { e.Age = time.Duration(v) * time.Microsecond }},
		{"cpu_microseconds", kindNumber, func(e *grouped) uint64 { return microseconds(e.CPUTime) }, func(e *grouped, v uint64) { e.CPUTime = time.Duration(v) * time.Microsecond }},
		{"peak", kindNumber, func(e *grouped) uint64 { return pages(e.PeakBytes) }, func(e *grouped, v uint64) { e.PeakBytes = bytesOf(v) }},
	}
}

func microseconds(d time.Duration) uint64 { return uint64(d / time.Microsecond) }

// isEnd reports whether the end fields of an event are written.
func isEnd(e *grouped) bool { return e.Kind == process.EventExit || e.Kind == process.EventOOMKill }

func isControl(e *grouped) bool { return e.Kind == process.EventControl }

// Attempts are rare, so they are kept as JSON; "" is none.
func encodeAttempt(a *process.Attempt) string {
	if a == nil {
		return ""
	}
	text, _ := json.Marshal(a) // It has texts and numbers only.
	return string(text)
}

func decodeAttempt(in *input) *process.Attempt {
	text := in.text()
	if text == "" {
		return nil
	}
	a := &process.Attempt{}
	if json.Unmarshal([]byte(text), a) != nil {
		in.fail()
		return nil
	}
	return a
}

// encodeEvents returns the content of the frame of events, nil for none.
func (e *Encoder) encodeEvents(t *Table) []byte {
	events := t.Events
	if len(events) == 0 {
		return nil
	}
	dst := binary.AppendUvarint(nil, uint64(len(events)))
	every := func(*grouped) bool { return true }
	columns := func(fields []field[grouped], is func(*grouped) bool) {
		for f := range fields {
			last := uint64(0)
			for i := range events {
				if is(&events[i]) {
					v := fields[f].get(&events[i])
					dst = binary.AppendUvarint(dst, zigzag(v-last))
					last = v
				}
			}
		}
	}
	columns(e.schema.events, every)
	columns(e.schema.ends, isEnd)
	for _, number := range []func(v *grouped) uint64{
		func(v *grouped) uint64 { return e.texts.text(v.Name) },
		func(v *grouped) uint64 { return e.texts.text(v.ParentName) },
		func(v *grouped) uint64 { return e.texts.text(v.Group) },
		func(v *grouped) uint64 { return e.texts.text(v.Reason) },
		func(v *grouped) uint64 { return e.texts.factsOf(v.Facts) },
	} {
		for i := range events {
			dst = binary.AppendUvarint(dst, number(&events[i]))
		}
	}
	for i := range events {
		if isControl(&events[i]) {
			dst = appendText(dst, encodeAttempt(events[i].Attempt))
		}
	}
	return dst
}

// Events shows the events in order, without reading any table. damaged counts the frames whose events
// cannot be read.
func (s *Segment) Events(see func(e *process.GroupedEvent) error) (damaged int, err error) {
	for i := range s.Frames {
		if s.Frames[i].Kind != Events {
			continue
		}
		list, err := s.eventsOf(i)
		if err != nil {
			damaged++
			continue
		}
		for k := range list {
			if err := see(&list[k]); err != nil {
				return damaged, err
			}
		}
	}
	return damaged, nil
}

// Events are those since the table before.
func (s *Step) Events() ([]process.GroupedEvent, error) {
	segment := s.state.segment
	for at := segment.tables[s.Index].frame - 1; at >= 0; at-- {
		switch segment.Frames[at].Kind {
		case Events:
			return segment.eventsOf(at)
		case Key, Difference:
			return nil, nil
		}
	}
	return nil, nil
}

// eventsOf reads a frame.
func (s *Segment) eventsOf(frame int) ([]grouped, error) {
	s.learn(frame)
	raw, err := s.whole.DecodeAll(s.Frames[frame].Payload, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return s.decodeEvents(raw, &s.texts)
}

// maxFrameEvents bounds what a reader believes of the number of events in a frame.
const maxFrameEvents = 1 << 17

func (s *Segment) decodeEvents(raw []byte, texts *lexicon) ([]grouped, error) {
	in, check := &input{b: raw}, &input{}
	n := in.count()
	if n > maxFrameEvents {
		return nil, errDamaged
	}
	list := make([]grouped, n)
	kind := 0 // It is the first field, which says what ends a process.
	columns := func(own []int, fields []field[grouped], is func(*grouped) bool) {
		for _, f := range own {
			last := uint64(0)
			for i := range list {
				if !is(&list[i]) {
					continue
				}
				last += unzigzag(in.uvarint())
				if f >= 0 {
					fields[f].set(&list[i], last)
				}
			}
		}
	}
	if len(s.events) == 0 || s.events[0] != kind {
		return nil, errDamaged
	}
	columns(s.events, s.schema.events, func(*grouped) bool { return true })
	columns(s.ends, s.schema.ends, isEnd)
	text := func(set func(e *grouped, text string)) {
		for i := range list {
			set(&list[i], texts.text(check, in.uvarint()))
		}
	}
	text(func(e *grouped, text string) { e.Name = text })
	text(func(e *grouped, text string) { e.ParentName = text })
	text(func(e *grouped, text string) { e.Group = text })
	text(func(e *grouped, text string) { e.Reason = text })
	for i := range list {
		list[i].Facts = texts.factsOf(check, in.uvarint())
	}
	for i := range list {
		if isControl(&list[i]) {
			list[i].Attempt = decodeAttempt(in)
		}
	}
	for i := range list {
		if e := &list[i]; e.Kind >= process.NumEventKinds || e.Lost >= process.LossKinds {
			return nil, errDamaged
		}
	}
	if in.failed || check.failed || len(in.b) > 0 {
		return nil, errDamaged
	}
	return list, nil
}
