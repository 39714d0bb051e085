package history

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/history/segment"
	"proctree/collector/host/disk"
)

// store is the directory of one Recorder. Only one goroutine may use it.
type store struct {
	cfg  Config
	lock *os.File
	// next is the number of the next segment.
	next uint64

	encoder *segment.Encoder
	file    *os.File
	size    int64
	// begun and key are when the segment and its last key began, last is the last table that was written.
	begun, key time.Time
	last       *segment.Table
	shown      *rules.Shown
	buffer     []byte
}

// openStore locks the directory and cuts what an earlier run has left unfinished.
func openStore(cfg Config) (*store, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory: %w", err)
	}
	lock, err := disk.Lock(filepath.Join(cfg.Dir, lockName))
	if err != nil {
		if errors.Is(err, disk.ErrLocked) {
			err = fmt.Errorf("another exporter records into %s: %w", cfg.Dir, err)
		}
		return nil, err
	}
	s := &store{cfg: cfg, lock: lock, next: 1}
	if s.encoder, err = segment.NewEncoder(segment.Options{Interval: cfg.Interval}); err != nil {
		_ = lock.Close()
		return nil, err
	}
	files, err := listSegments(cfg.Dir)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	if n := len(files); n > 0 {
		s.next = files[n-1].number + 1
		cutTail(files[n-1].path)
	}
	removePartial(cfg.Dir)
	return s, nil
}

// cutTail cuts the last segment behind its last whole frame. What cannot be cut is read as damage.
func cutTail(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return
	}
	if _, _, whole := segment.Scan(data); whole < len(data) {
		_ = os.Truncate(path, int64(whole))
	}
}

func removePartial(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "*"+partial))
	for _, path := range left {
		_ = os.Remove(path)
	}
}

// file is a segment on disk.
type file struct {
	number  uint64
	path    string
	size    int64
	changed time.Time
}

// listSegments returns the segments of a directory in the order in which they were written.
func listSegments(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the recording: %w", err)
	}
	var list []file
	for _, entry := range entries {
		number, ok := numberOf(entry.Name())
		if !ok || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			continue // It was removed in between.
		}
		list = append(list, file{number, filepath.Join(dir, entry.Name()), info.Size(), info.ModTime()})
	}
	slices.SortFunc(list, func(a, b file) int { return cmp.Compare(a.number, b.number) })
	return list, nil
}

// firstTime returns the moment of the first table of a segment.
func firstTime(path string) (t time.Time, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return time.Time{}, false
	}
	defer func() { _ = f.Close() }()
	header := make([]byte, segment.HeaderBytes)
	if _, err := io.ReadFull(f, header); err != nil {
		return time.Time{}, false
	}
	return segment.TimeOf(header)
}

// The reasons for which a table is not recorded.
const (
	droppedBusy  = "busy"
	droppedSpace = "no_space"
	droppedError = "write_error"
)

// errNoSpace is returned where less than Config.MinFree is left.
var errNoSpace = errors.New("the file system has less free space than --history.min-free asks for")

// write appends a table. After an error the next table begins a new segment.
func (s *store) write(t *segment.Table, shown *rules.Shown) error {
	taken := t.Snapshot.Taken
	if s.file != nil && s.mustEnd(t, shown) {
		s.end()
	}
	if s.file == nil || taken.Sub(s.key) >= keySpan || !s.hasSpace() {
		if err := s.makeRoom(); err != nil {
			s.end()
			return err
		}
	}
	if s.file == nil {
		if err := s.begin(t, shown); err != nil {
			return err
		}
	}
	key := taken.Sub(s.key) >= keySpan
	var err error
	if s.buffer, err = s.encoder.Append(s.buffer[:0], t, key); err != nil {
		s.end()
		return err
	}
	if _, err := s.file.Write(s.buffer); err != nil {
		s.cut()
		return fmt.Errorf("write a table: %w", err)
	}
	if key {
		s.key = taken
	}
	t.Events = nil // The table is kept for the next segment, its events are not.
	s.size += int64(len(s.buffer))
	s.last = t
	return nil
}

// mustEnd reports whether the table has to be in another segment.
func (s *store) mustEnd(t *segment.Table, shown *rules.Shown) bool {
	taken := t.Snapshot.Taken
	return taken.Sub(s.begun) >= segmentSpan || stepped(s.last, t) || shown != s.shown ||
		s.encoder.TextBytes() > maxTextBytes || s.size > s.maxSegment() || !s.stillThere()
}

// maxSegment keeps a segment small beside the limit for all.
func (s *store) maxSegment() int64 { return max(64<<10, s.cfg.MaxBytes/16) }

// clockStep is how far the clock may be off before that is a step. Corrections of a clock by NTP are
// slower than one part in 2,000 (adjtimex(2)).
const clockStep = time.Second

// stepped reports whether somebody has set the clock between two tables: the wall clock went another
// way than the monotonic one.
func stepped(before, now *segment.Table) bool {
	if before == nil {
		return false
	}
	was, is := before.Snapshot.Taken, now.Snapshot.Taken
	off := is.Round(0).Sub(was.Round(0)) - is.Sub(was)
	return off > clockStep || off < -clockStep || is.Before(was)
}

// stillThere reports whether the segment is still in its directory.
func (s *store) stillThere() bool {
	open, err := s.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(s.file.Name())
	return err == nil && os.SameFile(open, there)
}

func (s *store) begin(t *segment.Table, shown *rules.Shown) error {
	if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	var previous *segment.Table
	if s.last != nil && !stepped(s.last, t) && shown == s.shown {
		previous = s.last
	}
	if err := s.encoder.Reset(segment.Options{Interval: s.cfg.Interval, Shown: shown.Args, Previous: previous}); err != nil {
		return err
	}
	path := filepath.Join(s.cfg.Dir, segmentName(s.next))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		if errors.Is(err, os.ErrExist) {
			s.next++
		}
		return fmt.Errorf("begin a segment: %w", err)
	}
	s.next++
	s.file, s.size, s.shown = file, 0, shown
	s.begun, s.key = t.Snapshot.Taken, t.Snapshot.Taken
	return nil
}

// end closes the segment.
func (s *store) end() {
	if s.file == nil {
		return
	}
	_ = s.file.Close()
	s.file = nil
}

// cut takes back what was written of a frame, and ends the segment.
func (s *store) cut() {
	path := s.file.Name()
	_ = s.file.Truncate(s.size)
	s.end()
	if s.size == 0 {
		_ = os.Remove(path)
	}
}

// makeRoom removes the oldest segments until the limits hold.
func (s *store) makeRoom() error {
	files, err := listSegments(s.cfg.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil // begin creates it again.
	}
	if err != nil {
		return err
	}
	total := sizeOf(files) + sizeOf(keptFiles(s.cfg.Dir))
	current := ""
	if s.file != nil {
		current = filepath.Base(s.file.Name())
	}
	oldest := time.Now().Add(-s.cfg.MaxAge)
	for _, f := range files {
		if filepath.Base(f.path) == current {
			break
		}
		if total <= s.cfg.MaxBytes && !f.changed.Before(oldest) && s.hasSpace() {
			return nil
		}
		if os.Remove(f.path) == nil {
			total -= f.size
		}
	}
	if !s.hasSpace() {
		return errNoSpace
	}
	return nil
}

func (s *store) hasSpace() bool {
	space, err := disk.SpaceOf(s.cfg.Dir)
	return err != nil || space.Total == 0 || float64(space.Free) >= s.cfg.MinFree*float64(space.Total)
}

func (s *store) close() {
	s.end()
	_ = s.lock.Close()
}

// readSegment reads a whole segment, which is bounded by Config.MaxBytes.
func readSegment(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the recording: %w", err)
	}
	defer func() { _ = f.Close() }()
	var data bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() < maxSegmentRead {
		data.Grow(int(info.Size()) + bytes.MinRead) // ReadFrom wants that much to find the end.
	}
	if _, err := data.ReadFrom(io.LimitReader(f, maxSegmentRead)); err != nil {
		return nil, fmt.Errorf("read the recording: %w", err)
	}
	return data.Bytes(), nil
}

// maxSegmentRead bounds the memory for one segment.
const maxSegmentRead = 256 << 20
