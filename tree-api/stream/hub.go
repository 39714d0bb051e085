package stream

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/events"
	"proctree/collector/group"
	"proctree/tree-api/access"
	"proctree/tree-api/tree"
)

// hub gives all streams their messages. It reads the process table only while somebody
// listens, and builds and encodes once for all who ask for the same.
type hub struct {
	models  *tree.Models
	logger  log.Logger
	timeout time.Duration
	// events is nil where they are switched off.
	events *events.Log

	// work counts the loop and the streams.
	work sync.WaitGroup

	mu    sync.Mutex
	feeds map[feedKey]*feed
	// replays are the streams of the past.
	replays map[*client]struct{}
	// stopAhead ends the reading for a stream that is yet to come; nil while there is none.
	stopAhead context.CancelFunc
	// stop ends the loop; nil while there is none.
	stop   context.CancelFunc
	closed bool
	// edition counts the configurations.
	edition uint64
}

// begin counts a stream, whose end is work.Done; false after the end of all.
func (h *hub) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.work.Add(1)
	return true
}

// join starts a stream. The caller leaves when it is over.
func (h *hub) join(ctx context.Context, wish *subscription) (*client, error) {
	for {
		c, edition, err := h.joinRunning(wish)
		if c != nil || err != nil {
			return c, err
		}
		f, err := h.open(ctx, wish)
		if err != nil {
			return nil, err
		}
		// Another configuration may have come meanwhile, and the table be that of the old one.
		if c, err := h.joinOpened(wish, f, edition); c != nil || err != nil {
			return c, err
		}
	}
}

// open makes a feed with its first table.
func (h *hub) open(ctx context.Context, wish *subscription) (*feed, error) {
	m, err := h.models.Current(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := tree.NewFrame(ctx, m.As(wish.role), wish.query)
	if err != nil {
		return nil, err
	}
	// What changes later is little, and shared by all who ask for the same.
	f := &feed{query: wish.query.Charged(nil), role: wish.role, shown: shown, sequence: tree.FirstSequence, clients: map[*client]struct{}{}}
	if wish.withEvents {
		f.tail = newEventTail(h.events, wish)
	}
	if wish.isOpening() {
		f.full[tree.InColumns] = m.Openings.Message(shown)
	}
	return f, nil
}

// joinOpened joins a feed that was made under an edition of the configuration; nil if that
// is another one by now.
func (h *hub) joinOpened(wish *subscription, f *feed, edition uint64) (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return nil, errClosed
	case h.edition != edition:
		return nil, nil
	}
	if running := h.feeds[wish.feedKey]; running != nil {
		f = running
	}
	h.feeds[wish.feedKey] = f
	if h.stop == nil {
		h.start()
	}
	return f.join(wish), nil
}

// joinRunning joins a feed that runs already; nil if there is none. It returns the edition
// of the configuration too.
func (h *hub) joinRunning(wish *subscription) (*client, uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, 0, errClosed
	}
	if f := h.feeds[wish.feedKey]; f != nil {
		return f.join(wish), h.edition, nil
	}
	return nil, h.edition, nil
}

// refresh leads all feeds to a report that another configuration made, and ends the streams
// of those whose access was withdrawn.
func (h *hub) refresh(report *group.Report) {
	ctx, cancel := context.WithTimeout(context.Background(), h.timeout)
	defer cancel()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.edition++
	h.refreshReplays()
	for _, f := range h.feeds {
		f.endWithdrawn()
		if f.shown.Report.Shown == report.Shown {
			continue // The configuration of the table is the same.
		}
		previous := f.snapshot()
		if previous == report.Snapshot {
			previous = f.shown.Previous
		}
		f.refresh(ctx, h.models.Since(report, previous))
	}
}

// readAhead makes the first message of a stream that is about to be asked for, as by the
// page that was just sent: it is there by the time the browser has the scripts. It does not
// wait, and makes none while streams are open, as they have the table read anyhow.
func (h *hub) readAhead(role access.Role) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.stopAhead != nil || len(h.feeds) > 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), h.timeout)
	h.stopAhead = stop
	h.work.Go(func() {
		// Who then asks for the stream is told of an error.
		_ = h.openAhead(ctx, role)
		h.mu.Lock()
		defer h.mu.Unlock()
		stop()
		h.stopAhead = nil
	})
}

func (h *hub) openAhead(ctx context.Context, role access.Role) error {
	m, err := h.models.Current(ctx)
	if err != nil {
		return err
	}
	everything, err := tree.NewFrame(ctx, m.As(role), &tree.Query{Depth: -1})
	if err != nil {
		return err
	}
	m.Openings.Message(everything)
	return nil
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
	if h.stopAhead != nil {
		h.stopAhead()
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
	for c := range h.replays {
		h.endReplayLocked(c, why)
	}
}
