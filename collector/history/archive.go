package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"proctree/collector/history/segment"
)

// Archive reads a recording, also while it is written. Safe for concurrent use; it reads one segment at
// a time, and for a moment the one that is written, so that many callers take no more memory than one.
type Archive struct {
	dir string

	mu    sync.Mutex
	known map[uint64]*Span
	// open is the segment that was read last.
	open     *segment.Segment
	openFile file
	// recent are the tables that were read last, newest at the end.
	recent []recent
}

type recent struct {
	number uint64
	index  int
	pair   *segment.Pair
}

// maxRecent is how many tables are kept for the next request.
const maxRecent = 4

// Span is what one segment holds.
type Span struct {
	// First and Last are the moments of its tables; Tables is how many there are.
	First, Last time.Time
	Tables      int
	// Interval is the time between two tables.
	Interval time.Duration
	// Bytes is the size of the file, and Damaged the number of places that cannot be read.
	Bytes     int64
	Damaged   int
	Summaries []*segment.Summary
	// Path is the file.
	Path string
	// Err is why nothing of the file can be read; nil otherwise.
	Err error

	file file
}

// NewArchive returns the archive of a directory. It reads nothing yet.
func NewArchive(dir string) *Archive { return &Archive{dir: dir, known: map[uint64]*Span{}} }

// NoTableError is returned for a moment at which nothing was recorded.
type NoTableError struct {
	At time.Time
	// From is the begin where a span was asked for, which ends at At; zero for a moment.
	From time.Time
	// Before and After are the nearest moments with a table; zero where there is none.
	Before, After time.Time
}

func (e *NoTableError) Error() string {
	text := "nothing was recorded at " + e.At.UTC().Format(time.RFC3339)
	if !e.From.IsZero() {
		text = "nothing was recorded from " + e.From.UTC().Format(time.RFC3339) + " to " + e.At.UTC().Format(time.RFC3339)
	}
	switch {
	case e.Before.IsZero() && e.After.IsZero():
		return text + ": the recording is empty"
	case e.Before.IsZero():
		return text + "; the first table is of " + e.After.UTC().Format(time.RFC3339)
	case e.After.IsZero():
		return text + "; the last table is of " + e.Before.UTC().Format(time.RFC3339)
	}
	return text + "; the nearest tables are of " + e.Before.UTC().Format(time.RFC3339) + " and " + e.After.UTC().Format(time.RFC3339)
}

// Spans returns what each segment holds, in the order in which they were written.
func (a *Archive) Spans() ([]*Span, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spans()
}

func (a *Archive) spans() ([]*Span, error) {
	files, err := listSegments(a.dir)
	if err != nil {
		return nil, err
	}
	list := make([]*Span, 0, len(files))
	known := make(map[uint64]*Span, len(files))
	for _, f := range files {
		span := a.known[f.number]
		if span == nil || span.file != f {
			span = a.read(f)
		}
		known[f.number] = span
		list = append(list, span)
	}
	list = append(a.kept(list, known), list...)
	a.known = known
	return list, nil
}

// kept returns the spans of OOM kills that are older than all others: those of the retention have them too.
func (a *Archive) kept(others []*Span, known map[uint64]*Span) (list []*Span) {
	for _, f := range keptFiles(a.dir) {
		span := a.known[f.number]
		if span == nil || span.file != f {
			span = a.read(f)
		}
		known[f.number] = span
		before := true
		for _, other := range others {
			before = before && (other.Tables == 0 || span.Last.Before(other.First))
		}
		if span.Tables > 0 && before {
			list = append(list, span)
		}
	}
	return list
}

// read looks a segment through. What a recorder writes meanwhile is read beside the segment that somebody looks at,
// which stays open.
func (a *Archive) read(f file) *Span {
	span := &Span{Bytes: f.size, Path: f.path, file: f}
	open := openSegment
	if a.open == nil || a.openFile.path == f.path {
		open = a.segment
	}
	s, err := open(f)
	if err != nil {
		span.Err = err
		return span
	}
	if s != a.open {
		defer s.Close()
	}
	span.Interval, span.Damaged, span.Summaries, span.Tables = s.Interval, s.Damaged, s.Summaries(), s.Len()
	if n := s.Len(); n > 0 {
		span.First, span.Last = s.Time(0), s.Time(n-1)
	}
	return span
}

// segment returns an opened segment, which holds until the next call.
func (a *Archive) segment(f file) (*segment.Segment, error) {
	if a.open != nil && a.openFile == f {
		return a.open, nil
	}
	s, err := openSegment(f)
	if err != nil {
		return nil, err
	}
	if a.open != nil && a.openFile.path == f.path {
		s.Continue(a.open)
	}
	a.forget()
	a.open, a.openFile = s, f
	return s, nil
}

// openSegment reads a file.
func openSegment(f file) (*segment.Segment, error) {
	data, err := readSegment(f.path)
	if err != nil {
		return nil, err
	}
	s, err := segment.Open(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	return s, nil
}

// Forget frees the memory of what was read last.
func (a *Archive) Forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	a.recent = nil
}

func (a *Archive) forget() {
	if a.open != nil {
		a.open.Close()
		a.open = nil
	}
}

// Newest returns the moment of the last table; a *NoTableError where there is none.
func (a *Archive) Newest() (time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	spans, err := a.spans()
	if err != nil {
		return time.Time{}, err
	}
	for _, span := range slices.Backward(spans) {
		if span.Tables > 0 {
			return span.Last, nil
		}
	}
	return time.Time{}, ErrEmpty
}

// ErrEmpty is returned where a recording has no table.
var ErrEmpty = errors.New("the recording is empty")

// Tolerance is how long after a table it still stands for the host: until the next one is due.
func (s *Span) Tolerance() time.Duration { return 2*s.Interval + time.Second }

// At returns the last table at or before a moment, and the one before it. After a clock was set back, a
// moment can have come twice: the later recording counts.
func (a *Archive) At(t time.Time) (*segment.Pair, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	span, s, at, err := a.find(t)
	if err != nil {
		return nil, err
	}
	pair, err := a.pair(span, s, at)
	if err != nil {
		return nil, &NoTableError{At: t} // It is damaged.
	}
	return pair, nil
}

// LastBefore returns the time of the table that At would return.
func (a *Archive) LastBefore(t time.Time) (time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, s, at, err := a.find(t)
	if err != nil {
		return time.Time{}, err
	}
	return s.Time(at), nil
}

// find returns where the last table at or before a moment is.
func (a *Archive) find(t time.Time) (*Span, *segment.Segment, int, error) {
	spans, err := a.spans()
	if err != nil {
		return nil, nil, 0, err
	}
	none := &NoTableError{At: t}
	for _, span := range slices.Backward(spans) {
		if span.Tables == 0 {
			continue
		}
		if span.First.After(t) {
			none.After = span.First
			continue
		}
		s, err := a.segment(span.file)
		if err != nil {
			continue
		}
		at := s.At(t)
		none.Before = s.Time(at)
		if at+1 < s.Len() {
			none.After = s.Time(at + 1)
		}
		if t.Sub(none.Before) > span.Tolerance() {
			return nil, nil, 0, none
		}
		return span, s, at, nil
	}
	return nil, nil, 0, none
}

func (a *Archive) pair(span *Span, s *segment.Segment, at int) (*segment.Pair, error) {
	for _, r := range a.recent {
		if r.number == span.file.number && r.index == at && r.pair.Current.Snapshot.Taken.Equal(s.Time(at)) {
			return r.pair, nil
		}
	}
	pair, err := s.Read(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", span.Path, err)
	}
	if len(a.recent) == maxRecent {
		a.recent = append(a.recent[:0], a.recent[1:]...)
	}
	a.recent = append(a.recent, recent{span.file.number, at, pair})
	return pair, nil
}

// Play shows the tables from one moment to another, both included, in the order in which they were
// recorded. It returns how many could not be read.
func (a *Archive) Play(ctx context.Context, from, to time.Time, see func(step *segment.Step) error) (damaged int, err error) {
	return a.play(ctx, from, to, (*segment.Segment).Each, see)
}

// Skim is Play without what changes of processes that stay: see segment.Segment.Skim.
func (a *Archive) Skim(ctx context.Context, from, to time.Time, see func(step *segment.Step) error) (damaged int, err error) {
	return a.play(ctx, from, to, (*segment.Segment).Skim, see)
}

// each is a way to read the tables of a segment.
type each func(s *segment.Segment, first, last int, see func(step *segment.Step) error) (damaged int, err error)

func (a *Archive) play(ctx context.Context, from, to time.Time, read each, see func(step *segment.Step) error) (damaged int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	spans, err := a.spans()
	if err != nil {
		return 0, err
	}
	for _, span := range spans {
		if span.Tables == 0 || span.First.After(to) || span.Last.Before(from) {
			continue
		}
		s, err := a.segment(span.file)
		if err != nil {
			damaged += span.Tables
			continue
		}
		first, last := s.At(from), s.At(to)
		if first < 0 || s.Time(first).Before(from) {
			first++
		}
		lost, err := read(s, first, last, func(step *segment.Step) error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("play the recording: %w", err)
			}
			step.Last = step.Index == last
			return see(step)
		})
		damaged += lost
		if err != nil {
			return damaged, err
		}
	}
	return damaged, nil
}

// PlaySpan is Play from the table that stands for the first moment, which may be earlier: what a span adds up to
// is counted from it. A span without a table is a *NoTableError.
func (a *Archive) PlaySpan(ctx context.Context, from, to time.Time, see func(step *segment.Step) error) (damaged int, err error) {
	first := from
	if at, err := a.LastBefore(from); err == nil {
		first = at
	} else if !IsNoTable(err) {
		return 0, err
	}
	seen := false
	damaged, err = a.Play(ctx, first, to, func(step *segment.Step) error {
		seen = true
		return see(step)
	})
	if err != nil || seen {
		return damaged, err
	}
	_, err = a.LastBefore(to)
	none, ok := errors.AsType[*NoTableError](err)
	switch {
	case err != nil && !ok:
		return damaged, err
	case !ok:
		none = &NoTableError{At: to}
	}
	none.From = from
	return damaged, none
}

// IsNoTable reports whether an error is that nothing was recorded at a moment.
func IsNoTable(err error) bool {
	_, ok := errors.AsType[*NoTableError](err)
	return ok || errors.Is(err, ErrEmpty)
}
