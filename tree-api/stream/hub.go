package stream

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log"

	"proctree/tree-api/access"
	"proctree/tree-api/tree"
)

// hub gives all streams their messages. It reads the process table only while somebody
// listens, and builds and encodes once for all who ask for the same.
type hub struct {
	models  *tree.Models
	logger  log.Logger
	timeout time.Duration
	most    int

	// work counts the loop and the streams.
	work sync.WaitGroup

	mu    sync.Mutex
	feeds map[feedKey]*feed
	// streams counts those that have a place, with or without a feed yet.
	streams int
	// stopAhead ends the reading for a stream that is yet to come; nil while there is none.
	stopAhead context.CancelFunc
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
func (h *hub) join(ctx context.Context, wish *subscription) (*client, error) {
	if c, err := h.joinRunning(wish); c != nil || err != nil {
		return c, err
	}
	m, err := h.models.Current(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := tree.NewFrame(ctx, m.As(wish.role), wish.query)
	if err != nil {
		return nil, err
	}
	f := &feed{query: wish.query, role: wish.role, shown: shown, sequence: tree.FirstSequence, clients: map[*client]struct{}{}}
	if wish.isOpening() {
		f.full[tree.InColumns] = m.Openings.Message(shown)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if running := h.feeds[wish.feedKey]; running != nil {
		f = running
	}
	h.feeds[wish.feedKey] = f
	if h.stop == nil {
		h.start()
	}
	return f.join(wish.layout), nil
}

// joinRunning joins a feed that runs already; nil if there is none.
func (h *hub) joinRunning(wish *subscription) (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if f := h.feeds[wish.feedKey]; f != nil {
		return f.join(wish.layout), nil
	}
	return nil, nil
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
}
