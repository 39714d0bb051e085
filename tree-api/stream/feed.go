package stream

import (
	"context"
	"errors"
	"fmt"

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
	withdrawn = farewell{websocket.StatusPolicyViolation, "access was withdrawn; sign in again"}
)

// join adds a client, with the whole table as its first message.
func (f *feed) join(as tree.Layout) *client {
	c := &client{messages: make(chan []byte, queued), ended: make(chan struct{})}
	if f.full[as] == nil {
		f.full[as] = f.shown.Full(f.sequence, as)
	}
	c.messages <- f.full[as]
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
	next, err := tree.NextFrame(ctx, m.As(f.role), f.query)
	if err != nil {
		return err
	}
	f.sequence++
	message := next.Difference(f.shown, f.sequence)
	f.shown, f.full = next, [tree.Layouts][]byte{}
	for c := range f.clients {
		select {
		case c.messages <- message:
		default:
			f.end(c, tooSlow)
		}
	}
	return nil
}

// snapshot is the one that the feed shows.
func (f *feed) snapshot() *process.Snapshot { return f.shown.Report.Snapshot }

// errClosed is returned to who wants a stream while the exporter stops.
var errClosed = errors.New("the exporter stops")
