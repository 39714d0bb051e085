package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/tree"
)

// feedKey is what streams must have in common to share their messages.
type feedKey struct {
	// interval is in seconds.
	interval int
	role     access.Role
	// filter is the query in its canonical form.
	filter string
	// withEvents is set where events are wanted too.
	withEvents bool
}

// feed makes the messages of all streams that ask for the same.
type feed struct {
	query *tree.Query
	role  access.Role
	// shown is what the streams show after the last message, and sequence its number.
	shown    *tree.Frame
	sequence uint64
	// full shows all of shown by layout, each made when somebody joins who wants it.
	full    [tree.Layouts][]byte
	clients map[*client]struct{}
	// tail has the events for feeds that show them; nil for others.
	tail *eventTail
}

// queued is how many messages wait for a reader before it is cut.
const queued = 4

// client is one stream on its way to its reader.
type client struct {
	// messages are never written to once they are in here: many clients share them.
	messages chan []byte
	// ended is closed when no further message will come; farewell then says why.
	ended    chan struct{}
	farewell farewell
	// granted reports whether the grant of the reader is still valid.
	granted func() bool
	// outdated reports whether the configuration is another one by now, which ends a replay; nil for the
	// present, whose tables are made again.
	outdated func() bool
}

// bye says why a client gets nothing more; ok is false while it does.
func (c *client) bye() (why farewell, ok bool) {
	select {
	case <-c.ended:
		return c.farewell, true
	default:
	}
	if c.outdated != nil && c.outdated() {
		return reloaded, true
	}
	return withdrawn, !c.granted()
}

// farewell is why the server ends a stream (RFC 6455, section 7.4.1).
type farewell struct {
	code   websocket.StatusCode
	reason string
}

var (
	tooSlow = farewell{
		websocket.StatusTryAgainLater,
		fmt.Sprintf("too slow: %d updates were waiting; connect again for the whole table", queued),
	}
	goingAway = farewell{websocket.StatusGoingAway, "the exporter stops"}
	noTable   = farewell{websocket.StatusInternalError, "the process table could not be read"}
	// StatusServiceRestart (1012) is IANA's registry's: the reader connects again.
	reloaded  = farewell{websocket.StatusServiceRestart, "the configuration was changed; connect again for the whole table"}
	withdrawn = farewell{websocket.StatusPolicyViolation, "access was withdrawn; sign in again"}
)

// join adds a client, with the whole table as its first message.
func (f *feed) join(wish *subscription) *client {
	c := &client{messages: make(chan []byte, f.room()), ended: make(chan struct{}), granted: wish.granted}
	if f.full[wish.layout] == nil {
		f.full[wish.layout] = f.shown.Full(f.sequence, wish.layout)
	}
	c.messages <- f.full[wish.layout]
	f.clients[c] = struct{}{}
	return c
}

// end cuts a client off.
func (f *feed) end(c *client, why farewell) {
	delete(f.clients, c)
	c.farewell = why
	close(c.ended)
}

// advance leads all clients to a newer table. Who does not keep up is cut, so that nobody
// waits for anybody.
func (f *feed) advance(ctx context.Context, m *tree.Model) error {
	next, err := tree.NextFrame(ctx, m.As(f.role), f.query, f.shown)
	if err != nil {
		return err
	}
	f.sequence++
	message := next.Difference(f.shown, f.sequence)
	f.shown, f.full = next, [tree.Layouts][]byte{}
	f.send(message)
	if f.tail != nil {
		if message := f.tail.message(time.Now()); message != nil {
			f.send(message)
		}
	}
	return nil
}

// send sends a message to all clients.
func (f *feed) send(message []byte) {
	for c := range f.clients {
		select {
		case c.messages <- message:
		default:
			f.end(c, tooSlow)
		}
	}
}

// room is how many messages may wait: an update with events has two.
func (f *feed) room() int {
	if f.tail != nil {
		return 2 * queued
	}
	return queued
}

// endWithdrawn cuts those off whose access was withdrawn.
func (f *feed) endWithdrawn() {
	for c := range f.clients {
		if !c.granted() {
			f.end(c, withdrawn)
		}
	}
}

// refresh leads all clients to a table that another configuration makes. Who still has
// messages waiting that the one before made does not get them.
func (f *feed) refresh(ctx context.Context, m *tree.Model) {
	for c := range f.clients {
		if len(c.messages) > 0 {
			f.end(c, reloaded)
		}
	}
	if f.advance(ctx, m) == nil {
		return
	}
	for c := range f.clients {
		f.end(c, reloaded)
	}
}

// snapshot is the one that the feed shows.
func (f *feed) snapshot() *process.Snapshot { return f.shown.Report.Snapshot }

// errClosed is returned to who wants a stream while the exporter stops.
var errClosed = errors.New("the exporter stops")
