package stream

import (
	"context"
	"time"

	"github.com/go-kit/log/level"

	"proctree/collector/process"
	"proctree/tree-api/tree"
)

const (
	// beat is the shortest interval of a stream; the others are multiples.
	beat = time.Second
	// grain lets the next beat come a little later than a second after a scan, for a
	// younger one would be handed out again.
	grain = 5 * time.Millisecond
	// hasty bounds how soon the next beat comes after a scan that others had made.
	hasty = beat / 2
	// patience is how many scans in a row may fail before the streams are ended.
	patience = 3
)

// run serves the feeds at every beat until ctx ends.
func (h *hub) run(ctx context.Context) {
	timer := time.NewTimer(beat)
	defer timer.Stop()
	failures := 0
	for number := 1; ; number++ {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		wait := beat
		if h.due(number) {
			taken, err := h.serve(ctx, number)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				failures++
				h.failed(err, failures)
			default:
				failures = 0
				wait = min(beat, max(hasty, time.Until(taken.Add(beat+grain))))
			}
		}
		timer.Reset(wait)
	}
}

// due reports whether any feed has its turn.
func (h *hub) due(number int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key := range h.feeds {
		if number%key.interval == 0 {
			return true
		}
	}
	return false
}

// serve makes the messages of the feeds whose turn it is. It returns when the process
// table was read.
func (h *hub) serve(ctx context.Context, number int) (taken time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	report, err := h.models.Report(ctx)
	if err != nil {
		return time.Time{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Feeds that have shown the same snapshot last count their rates from it together.
	since := map[*process.Snapshot]*tree.Model{}
	for key, f := range h.feeds {
		previous := f.snapshot()
		if number%key.interval != 0 || previous == report.Snapshot {
			continue
		}
		if since[previous] == nil {
			since[previous] = h.models.Since(report, previous)
		}
		if err := f.advance(ctx, since[previous]); err != nil {
			return time.Time{}, err
		}
	}
	return report.Snapshot.Taken, nil
}

// failed tells of a scan that failed: once in the log, and after some in a row to the
// readers, who would else take an old table for the present one.
func (h *hub) failed(err error, inARow int) {
	if inARow == 1 {
		level.Error(h.logger).Log("msg", "failed to update the streams", "err", err)
	}
	if inARow == patience {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.endAll(noTable)
	}
}
