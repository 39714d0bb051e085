package treeapi

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/group"
	"proctree/collector/host"
)

// hub gives all streams their messages. It reads the process table only while somebody
// listens, and builds and encodes once for all who ask for the same.
type hub struct {
	source  Source
	models  *models
	logger  log.Logger
	timeout time.Duration
	most    int

	// work counts the loop and the streams.
	work sync.WaitGroup

	mu    sync.Mutex
	feeds map[feedKey]*feed
	// streams counts those that have a place, with or without a feed yet.
	streams int
	// stop ends the loop; nil while there is none.
	stop   context.CancelFunc
	closed bool
}

// reserve takes one of the places for streams; false if there is none left.
func (h *hub) reserve() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.streams >= h.most {
		return false
	}
	h.streams++
	h.work.Add(1)
	return true
}

// release gives the place back.
func (h *hub) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams--
	h.work.Done()
}

// join starts a stream. The caller leaves when it is over.
func (h *hub) join(ctx context.Context, key feedKey, q *query) (*client, error) {
	if c, err := h.joinRunning(key); c != nil || err != nil {
		return c, err
	}
	report, err := h.source.Report(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := newFrame(ctx, h.models.of(report).as(key.role), q)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	f := h.feeds[key]
	if f == nil {
		f = &feed{query: q, role: key.role, shown: shown, sequence: 1, clients: map[*client]struct{}{}}
		h.feeds[key] = f
	}
	if h.stop == nil {
		h.start()
	}
	return f.join(), nil
}

// joinRunning joins a feed that runs already; nil if there is none.
func (h *hub) joinRunning(key feedKey) (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if f := h.feeds[key]; f != nil {
		return f.join(), nil
	}
	return nil, nil
}

// leave ends a stream; the last one takes its feed with it, and the last feed the loop.
func (h *hub) leave(key feedKey, c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	if f == nil {
		return
	}
	delete(f.clients, c)
	if len(f.clients) > 0 {
		return
	}
	delete(h.feeds, key)
	if len(h.feeds) == 0 && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// start starts the loop. The caller holds mu.
func (h *hub) start() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	h.work.Go(func() { h.run(ctx) })
}

// close ends all streams and waits until they are over, or ctx ends.
func (h *hub) close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	h.endAll(goingAway)
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
	h.mu.Unlock()
	over := make(chan struct{})
	go func() {
		h.work.Wait()
		close(over)
	}()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endAll cuts every client off. The caller holds mu.
func (h *hub) endAll(why farewell) {
	for _, f := range h.feeds {
		for c := range f.clients {
			f.end(c, why)
		}
	}
}

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
	report, err := h.source.Report(ctx)
	if err != nil {
		return time.Time{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Feeds that have shown the same snapshot last count their rates from it together.
	since := map[*host.Snapshot]*model{}
	for key, f := range h.feeds {
		previous := f.snapshot()
		if number%key.interval != 0 || previous == report.Snapshot {
			continue
		}
		if since[previous] == nil {
			since[previous] = h.models.since(report, previous)
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
		level.Error(h.logger).Log("msg", "no update for the streams", "err", err)
	}
	if inARow == patience {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.endAll(noTable)
	}
}

// since returns the model of a report with rates counted from an earlier snapshot.
func (m *models) since(report *group.Report, previous *host.Snapshot) *model {
	if previous == report.Previous {
		return m.of(report)
	}
	tree := Build(report, previous)
	return &model{tree: tree, facts: m.facts.of(tree.Nodes)}
}
