package history

import (
	"errors"
	"fmt"
	"os"
	"time"

	"proctree/collector/history/segment"
)

// density says how old tables are kept: one in each interval. Segments of one span become one, so that
// their texts are stored once.
type density struct{ age, interval, span time.Duration }

// densities are sorted by age. A recording by seconds of 1,000 processes thus keeps a month within
// DefaultMaxBytes.
var densities = [...]density{
	{time.Hour, 5 * time.Second, segmentSpan},
	{24 * time.Hour, time.Minute, 6 * time.Hour},
}

// thinner makes old segments smaller, beside the store, which removes them and writes the newest.
type thinner struct {
	dir string
	// keeper copies what has to outlive the retention, before it is thinned.
	keeper *keeper
	// intervals are those of the segments that were looked at, by number; 0 where one cannot be read.
	intervals map[uint64]time.Duration
}

// thinEvery is how often to look for segments that have become old.
const thinEvery = time.Minute

// run thins until stop is closed. Failures show as segments that stay large, which the limit of the
// size bounds.
func (t *thinner) run(stop <-chan struct{}) {
	ticker := time.NewTicker(thinEvery)
	defer ticker.Stop()
	t.keeper.recall(time.Now())
	for {
		select {
		case <-stop:
			t.keeper.keep(time.Now(), true)
			return
		case now := <-ticker.C:
			t.keeper.keep(now, false)
			t.thin(now, stop)
		}
	}
}

// thin thins all segments that have become old.
func (t *thinner) thin(now time.Time, stop <-chan struct{}) {
	files, err := listSegments(t.dir)
	if err != nil || len(files) == 0 {
		return
	}
	files = files[:len(files)-1] // The last one may be written to.
	known := make(map[uint64]time.Duration, len(files))
	for _, f := range files {
		interval, ok := t.intervals[f.number]
		if !ok {
			interval = intervalOf(f.path)
		}
		known[f.number] = interval
	}
	t.intervals = known
	for i := range densities {
		l := &densities[len(densities)-1-i]
		for _, run := range t.due(files, l, now) {
			select {
			case <-stop:
				return
			default:
			}
			if merge(run, l.interval, stop) == nil {
				t.intervals[run[0].number] = l.interval
			} else {
				t.intervals[run[0].number] = 0 // Do not try again.
			}
		}
	}
}

func intervalOf(path string) time.Duration {
	data, err := readSegment(path)
	if err != nil {
		return 0
	}
	s, err := segment.Open(data)
	if err != nil {
		return 0
	}
	defer s.Close()
	return s.Interval
}

// due returns the segments that become one each.
func (t *thinner) due(files []file, l *density, now time.Time) [][]file {
	var runs [][]file
	last := time.Time{}
	for _, f := range files {
		window := f.changed.Truncate(l.span)
		interval := t.intervals[f.number]
		if interval == 0 || interval >= l.interval || now.Sub(window.Add(l.span)) < l.age {
			last = time.Time{}
			continue
		}
		if l.span == segmentSpan || !window.Equal(last) {
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], f)
		last = window
	}
	return runs
}

// keyTables is how many tables are in a key period of a thinned segment.
const keyTables = 60

// merge replaces the segments of a run by one with a table in each interval.
func merge(run []file, interval time.Duration, stop <-chan struct{}) error {
	data, err := thinned(run, interval, stop)
	if err != nil {
		return err
	}
	first, last := run[0], run[len(run)-1]
	path := first.path + partial
	defer func() { _ = os.Remove(path) }()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write a thinned segment: %w", err)
	}
	// Its age is that of its tables.
	if err := os.Chtimes(path, last.changed, last.changed); err != nil {
		return fmt.Errorf("write a thinned segment: %w", err)
	}
	if _, err := os.Stat(first.path); err != nil {
		return fmt.Errorf("thin a segment: %w", err) // It was removed meanwhile.
	}
	if err := os.Rename(path, first.path); err != nil {
		return fmt.Errorf("replace a segment: %w", err)
	}
	for _, f := range run[1:] {
		_ = os.Remove(f.path)
	}
	return nil
}

// errNotThinned is returned for segments that have to stay as they are: tables that come twice, after
// the clock was set back, would be mixed, and what is damaged is read better from all of it.
var errNotThinned = errors.New("the segments cannot be thinned")

// thinned returns the segment of some of the tables, with the exits of all of them.
func thinned(run []file, interval time.Duration, stop <-chan struct{}) ([]byte, error) {
	w := thinWriter{interval: interval, stop: stop}
	for _, f := range run {
		data, err := readSegment(f.path)
		if err != nil {
			return nil, err
		}
		if err := w.addSegment(data); err != nil {
			return nil, err
		}
	}
	err := w.flush()
	return w.out, err
}

// thinWriter makes a segment of tables that are further apart.
type thinWriter struct {
	interval time.Duration
	stop     <-chan struct{}
	encoder  *segment.Encoder
	out      []byte
	tables   int
	// seen is the last table, and written the last one that was written.
	seen, written time.Time
	exits         exits
	events        pendingEvents
	// held is the last table if it was not written: the last one of a segment always is.
	held *segment.Table
}

func (w *thinWriter) addSegment(data []byte) error {
	s, err := segment.Open(data)
	if err != nil {
		return fmt.Errorf("thin a segment: %w", err)
	}
	defer s.Close()
	if s.Damaged > 0 || s.Len() == 0 || s.Time(0).Before(w.seen) {
		return errNotThinned
	}
	if w.encoder == nil {
		pair, err := s.Read(0)
		if err != nil {
			return fmt.Errorf("thin a segment: %w", err)
		}
		if w.encoder, err = segment.NewEncoder(segment.Options{Interval: w.interval, Previous: pair.Previous}); err != nil {
			return err
		}
	}
	damaged, err := s.Each(0, s.Len()-1, w.add)
	if err == nil && damaged > 0 {
		err = errNotThinned
	}
	return err
}

func (w *thinWriter) add(step *segment.Step) error {
	select {
	case <-w.stop:
		return errNotThinned
	default:
	}
	table, err := step.Table()
	if err != nil {
		return err
	}
	w.exits.lost += table.Snapshot.ExitsLost
	for i := range table.Snapshot.Exits {
		w.exits.add(&table.Snapshot.Exits[i], table.ExitGroups[i])
	}
	events, err := step.Events()
	if err != nil {
		return err
	}
	for i := range events {
		w.events.add(&events[i], keepsEvent(&events[i], w.interval))
	}
	w.seen, w.held = step.Time, table
	// Tables do not come at exact times.
	if !w.written.IsZero() && step.Time.Sub(w.written) < w.interval-min(w.interval/10, time.Second) {
		return nil
	}
	return w.flush()
}

// flush writes the table that is held.
func (w *thinWriter) flush() error {
	t := w.held
	if t == nil {
		return nil
	}
	t.Snapshot.Exits, t.ExitGroups, t.Snapshot.ExitsLost = w.exits.records, w.exits.groups, w.exits.lost
	t.Events = w.events.list
	var err error
	if w.out, err = w.encoder.Append(w.out, t, w.tables%keyTables == 0); err != nil {
		return fmt.Errorf("thin a segment: %w", err)
	}
	w.tables++
	w.written, w.held, w.exits, w.events = t.Snapshot.Taken, nil, exits{}, pendingEvents{}
	t.Events = nil
	return nil
}
