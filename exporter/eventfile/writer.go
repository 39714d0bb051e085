package eventfile

import (
	"context"
	"errors"
	"maps"
	"sync"
	"syscall"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/events"
	"proctree/tree-api/access"
	"proctree/tree-api/eventview"
)

// Config sets up a Writer.
type Config struct {
	Path string
	// MaxBytes bounds the file and the one before together.
	MaxBytes int64
	Log      *events.Log
	Logger   log.Logger
}

// Writer writes the events of a log to a file.
type Writer struct {
	cfg    Config
	file   *file
	cursor events.Cursor
	texts  eventview.Texts
	// lines wait to be written; they are so many, of which busy stand for events without details.
	lines         []byte
	waiting, busy uint64

	mu    sync.Mutex
	stats Stats
	// failing is the last error: each is logged once.
	failing string
}

// Stats are what a Writer has done.
type Stats struct {
	// Written counts events, and Dropped those that could not be written, by reason.
	Written uint64
	Dropped map[string]uint64
	// Bytes is the size of the file and of the one before.
	Bytes int64
}

// The reasons for which events are not written.
const (
	droppedSpace = "no_space"
	droppedError = "write_error"
	// droppedBusy: there were more than the log keeps. Their number is written.
	droppedBusy = "busy"
)

// New opens the file. The error is one line.
func New(cfg Config) (*Writer, error) {
	f, err := openFile(cfg.Path, cfg.MaxBytes)
	if err != nil {
		return nil, err
	}
	return &Writer{cfg: cfg, file: f, stats: Stats{Dropped: map[string]uint64{droppedSpace: 0, droppedError: 0, droppedBusy: 0}}}, nil
}

const (
	// writeEvery is how long events wait at most.
	writeEvery = time.Second
	// maxEvents bounds what is copied at once, and maxWrite about what is written at once, in bytes.
	maxEvents = 1024
	maxWrite  = 64 << 10
)

// Run writes until ctx ends, and then what is left.
func (w *Writer) Run(ctx context.Context) {
	defer w.file.close()
	ticker := time.NewTicker(writeEvery)
	defer ticker.Stop()
	for {
		w.writeNew()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			w.writeNew()
			return
		}
	}
}

// writeNew writes the events since the last call.
func (w *Writer) writeNew() {
	var list []events.Entry
	for {
		list = w.cfg.Log.After(&w.cursor, maxEvents, list[:0])
		if len(list) == 0 {
			return
		}
		v := &eventview.Viewer{Texts: &w.texts, Policy: w.cfg.Log.Policy(), Role: access.Operator}
		for i := range list {
			w.add(v, &list[i])
		}
		w.flush()
	}
}

// add adds a line to those that wait.
func (w *Writer) add(v *eventview.Viewer, e *events.Entry) {
	var ok bool
	if w.lines, ok = v.Append(w.lines, e); !ok {
		return
	}
	w.lines = append(w.lines, '\n')
	w.waiting++
	if e.Summed() {
		w.busy += e.Count
	}
	if len(w.lines) >= maxWrite {
		w.flush()
	}
}

// flush writes the lines that wait.
func (w *Writer) flush() {
	if w.waiting > 0 {
		w.note(w.file.write(w.lines), w.waiting, w.busy)
	}
	w.lines, w.waiting, w.busy = w.lines[:0], 0, 0
}

// note counts what was written or not.
func (w *Writer) note(err error, events, busy uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats.Bytes = w.file.bytes()
	w.stats.Dropped[droppedBusy] += busy
	if err == nil {
		w.stats.Written += events
		if w.failing != "" {
			w.failing = ""
			level.Info(w.cfg.Logger).Log("msg", "writing events again", "file", w.cfg.Path)
		}
		return
	}
	reason := droppedError
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		reason = droppedSpace
	}
	w.stats.Dropped[reason] += events
	if text := err.Error(); w.failing != text {
		w.failing = text
		level.Error(w.cfg.Logger).Log("msg", "no events are written until this is resolved", "err", err)
	}
}

// Stats returns what was done so far.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.stats
	s.Dropped = maps.Clone(s.Dropped)
	return s
}
