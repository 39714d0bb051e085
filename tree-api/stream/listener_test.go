package stream

import (
	"testing"
	"time"

	"github.com/go-kit/log"

	"proctree/tree-api/access"
	"proctree/tree-api/share"
	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

// listener is a stream without a connection.
type listener struct {
	hub     *hub
	release func()
	wish    *subscription
	*client
	left bool
}

// streamsOf returns streams of a host.
func streamsOf(tb testing.TB, source tree.Source) *Streams {
	tb.Helper()
	control, err := access.New(access.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	return New(Config{
		Models: tree.NewModels(source),
		Logger: log.NewNopLogger(), Access: control, RequestTimeout: 10 * time.Second, Limiter: share.NewLimiter(DefaultMaxStreams), Work: share.NewWork(),
	})
}

func listen(tb testing.TB, streams *Streams, interval int, role access.Role, filter string) *listener {
	tb.Helper()
	values, err := tree.ParseValues(filter)
	if err != nil {
		tb.Fatal(err)
	}
	q, err := tree.ParseQuery(values, tree.Streamed)
	if err != nil {
		tb.Fatal(err)
	}
	wish := &subscription{feedKey: feedKey{interval: interval, role: role, filter: filter}, query: q, granted: always}
	return join(tb, streams, wish)
}

func join(tb testing.TB, streams *Streams, wish *subscription) *listener {
	tb.Helper()
	release, ok := streams.reserve("somebody")
	if !ok {
		tb.Fatal("no place for a stream")
	}
	c, err := streams.hub.join(tb.Context(), wish)
	if err != nil {
		tb.Fatal(err)
	}
	l := &listener{hub: streams.hub, release: release, wish: wish, client: c}
	tb.Cleanup(l.leave)
	return l
}

// always is a grant that is not withdrawn.
func always() bool { return true }

func (l *listener) leave() {
	if l.left {
		return
	}
	l.left = true
	l.hub.leave(l.wish.feedKey, l.client)
	l.release()
}

// next returns the next message, and how long it took to come.
func (l *listener) next(tb testing.TB) (treetest.Message, time.Duration) {
	tb.Helper()
	asked := time.Now()
	select {
	case data := <-l.messages:
		return treetest.Decode(tb, data), time.Since(asked)
	case <-l.ended:
		tb.Fatalf("the stream ended: %s", l.farewell.reason)
	case <-time.After(2 * time.Minute):
		tb.Fatal("no message in two minutes")
	}
	return treetest.Message{}, 0
}
