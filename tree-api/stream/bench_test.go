//go:build unix

package stream

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

// TestIdleDifferenceIsSmall holds that idle processes cost a stream nothing, however
// many they are: only the host's values are left.
func TestIdleDifferenceIsSmall(t *testing.T) {
	following := streamsOf(t, treetest.NewStepping(t, 5_000, 0))
	reader := listen(t, following, 60, access.Operator, "")
	<-reader.messages
	// With the second scan the rates of all become known, once.
	var size int
	for range 2 {
		if _, err := following.hub.serve(t.Context(), 60); err != nil {
			t.Fatal(err)
		}
		size = len(<-reader.messages)
	}
	t.Logf("%d bytes", size)
	if size >= 2<<10 {
		t.Errorf("a difference for an idle host has %d bytes, want less than 2 KiB", size)
	}
}

// drain opens a stream without a WebSocket library and counts what comes over it.
func drain(b *testing.B, address string, received *atomic.Int64) {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "GET /api/v1/stream?interval=60 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := conn.Read(buffer)
			received.Add(int64(n))
			if err != nil {
				return
			}
		}
	}()
}

// cpuTime is what this program has used, its readers included.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkJoin measures what the first message of a stream costs: the tree and its text.
// The scan is left out.
func BenchmarkJoin(b *testing.B) {
	following := streamsOf(b, treetest.NewTurning(b, 10_000))
	for as := range tree.Layouts {
		b.Run(as.String(), func(b *testing.B) {
			wish := &subscription{feedKey: feedKey{interval: 60, role: access.Operator}, query: &tree.Query{Depth: -1}, layout: as}
			b.ReportAllocs()
			for b.Loop() {
				c, err := following.hub.join(b.Context(), wish)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(<-c.messages)))
				following.hub.leave(wish.feedKey, c)
			}
		})
	}
}

// BenchmarkBeat measures one update of all streams over real sockets: build the tree, find
// the differences, encode them, and write them to every reader. The scan itself is left
// out. The metric cpu-ns/op counts, as the clock also runs while others use the machine.
func BenchmarkBeat(b *testing.B) {
	for _, working := range []int{5, 500, 5_000} {
		for _, streams := range []int{1, 64} {
			b.Run(fmt.Sprintf("working=%d/streams=%d", working, streams), func(b *testing.B) {
				beats(b, treetest.NewStepping(b, 5_000, working), streams)
			})
		}
	}
}

func beats(b *testing.B, source tree.Source, streams int) {
	b.Helper()
	following := streamsOf(b, source)
	var received atomic.Int64
	server := httptest.NewServer(following)
	b.Cleanup(func() {
		if err := following.Close(context.Background()); err != nil {
			b.Error(err)
		}
		server.Close()
	})
	address := strings.TrimPrefix(server.URL, "http://")
	for range streams {
		drain(b, address, &received)
	}
	quiet := func() {
		for before := int64(-1); before != received.Load(); time.Sleep(100 * time.Millisecond) {
			before = received.Load()
		}
	}
	treetest.WaitFor(b, "all streams", func() bool {
		following.hub.mu.Lock()
		defer following.hub.mu.Unlock()
		joined := 0
		for _, f := range following.hub.feeds {
			joined += len(f.clients)
		}
		return joined == streams && received.Load() > 0
	})
	quiet()
	// With the second scan the rates of all become known, once.
	if _, err := following.hub.serve(b.Context(), 60); err != nil {
		b.Fatal(err)
	}
	quiet()
	started, begun := cpuTime(b), received.Load()
	b.ReportAllocs()
	for b.Loop() {
		before := received.Load()
		if _, err := following.hub.serve(b.Context(), 60); err != nil {
			b.Fatal(err)
		}
		for received.Load() < before+int64(streams) {
			time.Sleep(100 * time.Microsecond)
		}
	}
	quiet()
	b.ReportMetric(float64(cpuTime(b)-started)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(received.Load()-begun)/float64(b.N*streams), "bytes/message")
}
