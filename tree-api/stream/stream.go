// Package stream sends the process table over WebSockets: first all of it, then what changes.
package stream

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/go-kit/log"

	"proctree/collector/events"
	"proctree/collector/group"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/rest"
	"proctree/tree-api/share"
	"proctree/tree-api/tree"
)

const (
	// DefaultMaxStreams is how many streams there may be at once.
	DefaultMaxStreams = 64

	// pingEvery keeps proxies from closing a quiet connection, and finds dead ones.
	pingEvery = 20 * time.Second
	// writeTimeout is how long one message may take. It leaves who was cut for being slow
	// some time to take in what is on its way, and then the farewell.
	writeTimeout = 20 * time.Second
	// compressFrom is the size in bytes from which a message is compressed (RFC 7692). The whole
	// table shrinks to a sixth; a usual difference fits into few packets and costs no CPU for it.
	compressFrom = 32 << 10
)

// Config sets up the streams.
type Config struct {
	Models *tree.Models
	// Events are what happened to processes lately; nil where they are switched off.
	Events *events.Log
	// Past answers for what is recorded; nil is nothing.
	Past *past.Past
	// Requests is for the tables of the past that are read at once.
	Requests *share.Limiter
	// Logger gets one line for each failure that is not the caller's.
	Logger log.Logger
	// Access decides who may see what.
	Access *access.Control
	// RequestTimeout is how long the first message and one scan may take.
	RequestTimeout time.Duration
	// Limiter is for the streams that there may be at once; further ones get 503.
	Limiter *share.Limiter
	// Work is what callers may use for regular expressions.
	Work *share.Work
}

// Streams follows the process table for many readers.
type Streams struct {
	cfg Config
	hub *hub
}

// New returns streams that read nothing until somebody follows.
func New(cfg Config) *Streams {
	return &Streams{cfg, &hub{
		models:  cfg.Models,
		logger:  cfg.Logger,
		timeout: cfg.RequestTimeout,
		events:  cfg.Events,
		feeds:   map[feedKey]*feed{},
		replays: map[*client]struct{}{},
	}}
}

// ReadAhead makes the first message of a stream that is about to be asked for.
func (s *Streams) ReadAhead(role access.Role) { s.hub.readAhead(role) }

// ServeHTTP answers GET /api/v1/stream.
func (s *Streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	grant, err := s.cfg.Access.Authorize(r)
	if err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	wish, err := parseStream(r, grant.Role)
	if err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	if wish.withEvents && s.cfg.Events == nil {
		rest.WriteFailure(w, rest.FailureOf(tree.BadParameter("events", errNoEvents)))
		return
	}
	wish.query = wish.query.Charged(rest.Charge(s.cfg.Work, grant.Caller))
	wish.granted = func() bool { return s.cfg.Access.Holds(grant) }
	release, ok := s.reserve(grant.Caller)
	if !ok {
		rest.WriteFailure(w, &rest.CallError{
			Status:  http.StatusServiceUnavailable,
			Kind:    rest.ErrorUnavailable,
			Headers: map[string]string{"Retry-After": "5"},
			Err:     fmt.Errorf("all %d streams, or your share of them, are in use", s.cfg.Limiter.Most()),
		})
		return
	}
	defer release()
	if wish.past() {
		s.serveReplay(w, r, wish, grant.Caller)
		return
	}
	c, err := s.joinWithin(r.Context(), wish)
	if err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	defer s.hub.leave(wish.feedKey, c)
	conn, err := s.accept(w, r)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	s.follow(r.Context(), conn, c)
}

// accept makes a WebSocket of a request. It answers also where it fails.
func (s *Streams) accept(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	// The origin was checked already; the library checks it again by its own rules.
	return websocket.Accept(w, r, &websocket.AcceptOptions{
		OriginPatterns: s.cfg.Access.Origins(),
		// A window kept from one message to the next would hold 1.2 MB for each stream.
		CompressionMode:      websocket.CompressionNoContextTakeover,
		CompressionThreshold: compressFrom,
	})
}

// reserve takes one of the places for streams, unless the caller has its share of them.
func (s *Streams) reserve(caller string) (release func(), ok bool) {
	free, ok := s.cfg.Limiter.Take(caller)
	if !ok {
		return nil, false
	}
	if !s.hub.begin() {
		free()
		return nil, false
	}
	return func() {
		free()
		s.hub.work.Done()
	}, true
}

// joinWithin bounds the time until the first message is there.
func (s *Streams) joinWithin(ctx context.Context, wish *subscription) (*client, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.RequestTimeout)
	defer cancel()
	return s.hub.join(ctx, wish)
}

// follow sends the messages of a client until either side ends the stream.
func (s *Streams) follow(ctx context.Context, conn *websocket.Conn, c *client) {
	// Nothing is expected from the other side but answers to pings and its farewell.
	ctx = conn.CloseRead(ctx)
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var message []byte
		select {
		case <-ctx.Done():
			return
		case <-c.ended:
		case <-ping.C:
		case message = <-c.messages:
		}
		if bye, ok := c.bye(); ok {
			_ = conn.Close(bye.code, bye.reason)
			return
		}
		exchange := conn.Ping
		if message != nil {
			exchange = func(ctx context.Context) error { return conn.Write(ctx, websocket.MessageText, message) }
		}
		if within(ctx, exchange) != nil {
			return
		}
	}
}

// within gives an exchange its time; the end of the time breaks the connection.
func within(ctx context.Context, exchange func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return exchange(ctx)
}

// Refresh shows a report that was made by another configuration. When it returns, nothing of
// what the one before showed will be sent any more, nor anything to those whose access was
// withdrawn.
func (s *Streams) Refresh(report *group.Report) { s.hub.refresh(report) }

// Close ends all streams with a word of farewell and waits for them until ctx ends. New
// ones are refused.
func (s *Streams) Close(ctx context.Context) error {
	if err := s.hub.close(ctx); err != nil {
		return fmt.Errorf("streams still open: %w", err)
	}
	return nil
}
