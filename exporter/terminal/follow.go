package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// event is what happens to a stream: a message, or why there is none.
type event struct {
	message *message
	err     error
	// final is whether nothing follows: the question itself is wrong.
	final bool
}

// Waits before a lost connection is tried again.
const (
	firstRetry   = 500 * time.Millisecond
	longestRetry = 5 * time.Second
)

// silence is after how long without a message a connection is given up: the exporter sends one
// every interval, of which 60 seconds is the longest.
func silence(interval time.Duration) time.Duration { return 3*interval + 10*time.Second }

// follow sends what a stream brings until ctx ends, and connects again whenever it breaks.
func (c *client) follow(ctx context.Context, q query, interval time.Duration, events chan<- event) {
	send := func(e event) {
		select {
		case events <- e:
		case <-ctx.Done():
		}
	}
	retry := firstRetry
	for ctx.Err() == nil {
		err := c.followOnce(ctx, q, interval, func(m *message) {
			retry = firstRetry
			send(event{message: m})
		})
		if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusBadRequest {
			send(event{err: err, final: true})
			return
		}
		send(event{err: err})
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
		retry = min(2*retry, longestRetry)
	}
}

// followOnce follows one connection until it breaks.
func (c *client) followOnce(ctx context.Context, q query, interval time.Duration, got func(*message)) error {
	conn, err := c.open(ctx, q)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	var last uint64
	for {
		m, err := readMessage(ctx, conn, silence(interval))
		if err != nil {
			return err
		}
		if m.Type == "diff" && m.Sequence != last+1 {
			return errGap
		}
		last = m.Sequence
		got(m)
	}
}

func readMessage(ctx context.Context, conn *websocket.Conn, patience time.Duration) (*message, error) {
	reading, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, data, err := conn.Read(reading)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return nil, fmt.Errorf("the exporter closed the stream: %s", plain(closed.Reason))
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("no message for %v", patience)
	case err != nil:
		return nil, errors.New("the connection broke")
	}
	m := new(message)
	if err := json.Unmarshal(data, m); err != nil || m.Type != "full" && m.Type != "diff" {
		return nil, errMalformed
	}
	return m, nil
}
