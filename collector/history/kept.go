package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// The time before each OOM kill is kept beyond the retention: what grew, and what else ran.
const (
	keepBefore = 5 * time.Minute
	// keepAfter includes the first tables without the victim.
	keepAfter = 5 * time.Second
	// keepSettled is how long to wait for further kills: one often follows another.
	keepSettled = 30 * time.Second
	// mostKept bounds one file, and maxWindows those that wait.
	mostKept   = 30 * time.Minute
	maxWindows = 16
	// maxKept and keptShare bound all files, which count against Config.MaxBytes too.
	maxKept   = 64
	keptShare = 8
	// keptName is the directory below that of the recording.
	keptName = "oom"
)

// window is a span to be kept.
type window struct{ from, to time.Time }

// keeper keeps copies of spans. The writer of tables adds to it, the thinner writes the files.
type keeper struct {
	dir      string
	maxBytes int64

	mu      sync.Mutex
	windows []window
}

// see adds the OOM kills among events.
func (k *keeper) see(events []process.GroupedEvent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range events {
		if events[i].Kind == process.EventOOMKill {
			k.add(events[i].Time)
		}
	}
}

// add adds a kill to the last window if they are close. The caller holds mu.
func (k *keeper) add(at time.Time) {
	w := window{at.Add(-keepBefore), at.Add(keepAfter)}
	if n := len(k.windows); n > 0 {
		last := &k.windows[n-1]
		if !w.from.After(last.to) && !w.to.Before(last.from) && w.to.Sub(last.from) <= mostKept {
			if w.to.After(last.to) {
				last.to = w.to
			}
			return
		}
	}
	if len(k.windows) < maxWindows {
		k.windows = append(k.windows, w)
	}
}

// due takes the windows after which nothing has come for a while; all of them at the end.
func (k *keeper) due(now time.Time, end bool) (list []window) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.windows) > 0 && (end || now.Sub(k.windows[0].to) >= keepSettled || len(k.windows) > 1) {
		list = append(list, k.windows[0])
		k.windows = k.windows[1:]
	}
	return list
}

// recall looks for the kills that an earlier run has recorded and perhaps not kept.
func (k *keeper) recall(now time.Time) {
	archive := NewArchive(k.dir)
	defer archive.Forget()
	_, _ = archive.Events(context.Background(), now.Add(-2*keepBefore), now, func(e *process.GroupedEvent) error {
		k.see([]process.GroupedEvent{*e})
		return nil
	})
}

// keep writes the windows that are due. What fails shows in that the span ends with the retention.
func (k *keeper) keep(now time.Time, end bool) {
	for _, w := range k.due(now, end) {
		if k.write(w) == nil {
			k.bound()
		}
	}
}

// write copies a span into a file of its own, named by the second of its first table.
func (k *keeper) write(w window) error {
	data, first, err := copySpan(k.dir, w)
	if err != nil {
		return err
	}
	dir := filepath.Join(k.dir, keptName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	path := filepath.Join(dir, segmentName(uint64(first.Unix())))
	defer func() { _ = os.Remove(path + partial) }()
	if err := os.WriteFile(path+partial, data, 0o600); err != nil {
		return fmt.Errorf("keep an OOM kill: %w", err)
	}
	if err := os.Rename(path+partial, path); err != nil {
		return fmt.Errorf("keep an OOM kill: %w", err)
	}
	return nil
}

// bound removes the oldest files above the limits.
func (k *keeper) bound() {
	files := keptFiles(k.dir)
	for total := sizeOf(files); len(files) > maxKept || len(files) > 0 && total > k.maxBytes/keptShare; files = files[1:] {
		total -= files[0].size
		_ = os.Remove(files[0].path)
	}
}

// errNothingKept is returned for a span that was not recorded.
var errNothingKept = errors.New("the span was not recorded")

// copySpan returns a segment of all tables and events of a span.
func copySpan(dir string, w window) (data []byte, first time.Time, err error) {
	archive := NewArchive(dir)
	defer archive.Forget()
	interval, err := archive.intervalAt(w)
	if err != nil {
		return nil, first, err
	}
	encoder, err := segment.NewEncoder(segment.Options{Interval: interval})
	if err != nil {
		return nil, first, err
	}
	tables := 0
	_, err = archive.Play(context.Background(), w.from, w.to, func(step *segment.Step) error {
		table, err := step.Table()
		if err != nil {
			return err
		}
		if table.Events, err = step.Events(); err != nil {
			return err
		}
		if data, err = encoder.Append(data, table, tables%keyTables == 0); err != nil {
			return fmt.Errorf("copy a table: %w", err)
		}
		if tables == 0 {
			first = step.Time
		}
		tables++
		table.Events = nil
		return nil
	})
	if err == nil && tables == 0 {
		err = errNothingKept
	}
	return data, first, err
}

// intervalAt is the time between two tables of a span.
func (a *Archive) intervalAt(w window) (time.Duration, error) {
	spans, err := a.Spans()
	if err != nil {
		return 0, err
	}
	longest := time.Duration(0)
	for _, s := range spans {
		if s.Tables > 0 && !s.First.After(w.to) && !s.Last.Before(w.from) {
			longest = max(longest, s.Interval)
		}
	}
	return longest, nil
}

// keptFiles lists what is kept, oldest first.
func keptFiles(dir string) []file {
	files, err := listSegments(filepath.Join(dir, keptName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return files
}

func sizeOf(files []file) (total int64) {
	for _, f := range files {
		total += f.size
	}
	return total
}
