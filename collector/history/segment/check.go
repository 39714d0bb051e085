package segment

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Damage is a part of a segment that cannot be read, and what that costs.
type Damage struct {
	// Offset and Bytes are the part; Bytes is 0 where something is missing between two frames.
	Offset, Bytes int
	Err           error
	// Tables is how many tables are lost, From and To the first and the last of those whose times are
	// known.
	Tables   int
	From, To time.Time
}

// What is wrong with a segment.
var (
	errChecksum = errors.New("the checksum is wrong")
	errCut      = errors.New("the file ends within a frame")
	errMissing  = errors.New("frames are missing")
	errNoKey    = errors.New("the table on which differences are based is missing")
)

// Check decodes all of a segment and returns what is damaged, in the order of the file. It is empty if every
// frame can be read.
func (s *Segment) Check() []Damage {
	c := checker{segment: s}
	c.frames()
	c.tables()
	return c.found
}

type checker struct {
	segment *Segment
	found   []Damage
}

// frames looks for parts that are no frame, and for frames that cannot be read although they are intact.
func (c *checker) frames() {
	s := c.segment
	readable := make(map[int]bool, len(s.tables))
	for _, t := range s.tables {
		readable[t.frame] = true
	}
	end, next := 0, uint32(0)
	texts := lexicon{}
	for i := range s.Frames {
		f := &s.Frames[i]
		switch start := f.Offset - HeaderBytes; {
		case start > end:
			c.add(Damage{Offset: end, Bytes: start - end, Err: errChecksum})
		case f.Sequence != next:
			c.add(Damage{Offset: start, Err: fmt.Errorf("%w: number %d follows number %d", errMissing, f.Sequence, int64(next)-1)})
		}
		end, next = f.End(), f.Sequence+1
		if err := s.checkFrame(i, &texts); err != nil {
			c.add(Damage{Offset: f.Offset - HeaderBytes, Bytes: HeaderBytes + len(f.Payload), Err: err})
		}
		if (f.Kind == Key || f.Kind == Difference) && !readable[i] {
			c.lose(f)
		}
	}
	if end < s.length {
		c.add(Damage{Offset: end, Bytes: s.length - end, Err: errCut})
	}
}

func (c *checker) add(d Damage) { c.found = append(c.found, d) }

// lose charges a table that cannot be read to the damage before it.
func (c *checker) lose(f *Frame) {
	if len(c.found) == 0 {
		c.add(Damage{Offset: f.Offset - HeaderBytes, Err: errNoKey})
	}
	d := &c.found[len(c.found)-1]
	d.Tables++
	d.To = time.Unix(0, f.Time)
	if d.From.IsZero() {
		d.From = d.To
	}
}

// checkFrame decodes a frame that is no table.
func (s *Segment) checkFrame(i int, texts *lexicon) error {
	f := &s.Frames[i]
	switch f.Kind {
	case Header:
		text, err := s.whole.DecodeAll(f.Payload, nil)
		if err == nil {
			err = json.Unmarshal(text, &headerText{})
		}
		if err != nil {
			return fmt.Errorf("header: %w", err)
		}
	case Events:
		raw, err := s.whole.DecodeAll(f.Payload, nil)
		if err == nil {
			_, err = s.decodeEvents(raw, texts)
		}
		if err != nil {
			return fmt.Errorf("events: %w", err)
		}
	case Texts, Shard:
		return s.learnFrame(i, texts)
	case Overview:
		if _, ok := decodeOverview(f); !ok {
			return fmt.Errorf("overview: %w", errDamaged)
		}
	}
	return nil
}

// tables decodes all tables, a key period at a time.
func (c *checker) tables() {
	s := c.segment
	for i := 0; i < s.Len(); {
		end := i
		for end+1 < s.Len() && s.tables[end+1].key == s.tables[i].key {
			end++
		}
		seen := 0
		err := s.replay(s.newState(), i, end, false, func(step *Step) error {
			if _, err := step.Table(); err != nil {
				return err
			}
			_, _, err := step.Ended()
			if err == nil {
				seen++
			}
			return err
		})
		if err != nil {
			f := &s.Frames[s.tables[i+seen].frame]
			c.add(Damage{
				Offset: f.Offset - HeaderBytes, Bytes: HeaderBytes + len(f.Payload), Err: err,
				Tables: end - i - seen + 1, From: s.Time(i + seen), To: s.Time(end),
			})
		}
		i = end + 1
	}
}
