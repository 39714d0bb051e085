package stream

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"proctree/collector/history"
	"proctree/tree-api/past"
	"proctree/tree-api/rest"
	"proctree/tree-api/tree"
)

// The speed of a replay: so many seconds of the recording in one second.
const (
	leastSpeed = 1
	mostSpeed  = 60
)

// recordingEnds is the farewell after the last table. A client that replays at the speed at which the exporter
// records does not get there.
var recordingEnds = farewell{websocket.StatusNormalClosure, "the recording ends here; connect without \"from\" for the present"}

// replay sends what was recorded as if it happened now. Unlike the other streams it shares nothing: each
// has a time of its own.
type replay struct {
	hub    *hub
	past   *past.Past
	wish   *subscription
	client *client
	// decode takes one of the caller's places for requests, as a request for a moment does.
	decode func() (release func(), ok bool)
	// at is the moment of the recording that is due.
	at       time.Time
	shown    *tree.Frame
	sequence uint64
}

// errNoShare is returned while the caller has too many requests under way.
var errNoShare = errors.New("more requests at once than your share")

// serveReplay answers a request for a stream of the past, which has a place for streams already.
func (s *Streams) serveReplay(w http.ResponseWriter, r *http.Request, wish *subscription, caller string) {
	p := &replay{
		hub: s.hub, past: s.cfg.Past, wish: wish, at: wish.from,
		decode: func() (func(), bool) { return s.cfg.Requests.Take(caller) },
	}
	policy := s.cfg.Past.Policy()
	first, err := p.first(r.Context())
	if err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	if p.client, err = s.hub.joinReplay(wish, first, func() bool { return s.cfg.Past.Policy() != policy }); err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	defer s.hub.endReplay(p.client, goingAway)
	conn, err := s.accept(w, r)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s.hub.work.Go(func() { p.run(ctx) })
	s.follow(ctx, conn, p.client)
}

// first makes the first message.
func (p *replay) first(ctx context.Context) ([]byte, error) {
	err := p.within(ctx, func(ctx context.Context) error {
		m, err := p.past.At(ctx, p.at)
		if err != nil {
			return err
		}
		p.shown, err = tree.NewFrame(ctx, m.As(p.wish.role), p.wish.query)
		return err
	})
	if errors.Is(err, errNoShare) {
		return nil, &rest.CallError{
			Status: http.StatusServiceUnavailable, Kind: rest.ErrorUnavailable, Headers: map[string]string{"Retry-After": "1"}, Err: err,
		}
	}
	if err != nil {
		return nil, err
	}
	p.sequence = tree.FirstSequence
	return p.shown.Full(p.sequence, p.wish.layout), nil
}

// within gives the reading of one table its time and its place.
func (p *replay) within(ctx context.Context, read func(ctx context.Context) error) error {
	release, ok := p.decode()
	if !ok {
		return errNoShare
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, p.hub.timeout)
	defer cancel()
	return read(ctx)
}

// run sends a difference at every interval. A reader who is slow lets the time of the replay wait.
func (p *replay) run(ctx context.Context) {
	interval := time.Duration(p.wish.interval) * time.Second
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.client.ended:
			return
		case <-ticker.C:
		}
		due := p.at.Add(time.Duration(p.wish.speed) * interval)
		message, err := p.next(ctx, due)
		switch {
		case ctx.Err() != nil:
			return
		case history.IsNoTable(err):
			p.hub.endReplay(p.client, recordingEnds)
			return
		case err != nil:
			continue // The next beat tries the same moment.
		}
		if message == nil {
			continue
		}
		select {
		case p.client.messages <- message:
		case <-p.client.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

// next makes the message of a moment; nil where the table is still the same. Gaps are skipped.
func (p *replay) next(ctx context.Context, due time.Time) (message []byte, err error) {
	err = p.within(ctx, func(ctx context.Context) error {
		m, err := p.past.At(ctx, due)
		if none, ok := errors.AsType[*history.NoTableError](err); ok && none.After.After(due) {
			due = none.After
			m, err = p.past.At(ctx, due)
		}
		if err != nil {
			return err
		}
		p.at = due
		if m.Tree.Report.Snapshot.Taken.Equal(p.shown.Report.Snapshot.Taken) {
			return nil
		}
		// Rates are counted from what the reader has seen, as in a stream of the present.
		frame, err := tree.NextFrame(ctx, p.past.Since(m, p.shown.Report.Snapshot).As(p.wish.role), p.wish.query, p.shown)
		if err != nil {
			return err
		}
		p.sequence++
		message = frame.Difference(p.shown, p.sequence)
		p.shown = frame
		return nil
	})
	return message, err
}

// joinReplay lets the end of the exporter and of the grant end a replay too.
func (h *hub) joinReplay(wish *subscription, first []byte, outdated func() bool) (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	c := &client{messages: make(chan []byte, 1), ended: make(chan struct{}), granted: wish.granted, outdated: outdated}
	c.messages <- first
	h.replays[c] = struct{}{}
	return c, nil
}

// endReplay ends a replay, unless that was done.
func (h *hub) endReplay(c *client, why farewell) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.endReplayLocked(c, why)
}

func (h *hub) endReplayLocked(c *client, why farewell) {
	if _, ok := h.replays[c]; !ok {
		return
	}
	delete(h.replays, c)
	c.farewell = why
	close(c.ended)
}

// refreshReplays ends those that another configuration concerns, or whose access was withdrawn. The caller
// holds mu.
func (h *hub) refreshReplays() {
	for c := range h.replays {
		if why, ok := c.bye(); ok {
			h.endReplayLocked(c, why)
		}
	}
}
