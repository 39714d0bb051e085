//go:build linux

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// streamReaders are open streams of the exporter that are read as fast as they come.
type streamReaders struct {
	stop context.CancelFunc
	work sync.WaitGroup

	mu sync.Mutex
	// sizes are those of the messages since forget was called, in bytes.
	sizes []float64
	// failed is the first end of a stream that nobody asked for.
	failed error
}

// openStreams opens so many streams with an update each second, and waits until each has
// its first message. more is what else they ask for, as "&root=1".
func (s *server) openStreams(ctx context.Context, count int, more string) (*streamReaders, error) {
	ctx, stop := context.WithCancel(ctx)
	r := &streamReaders{stop: stop}
	address := "ws" + strings.TrimPrefix(s.base, "http") + "/api/v1/stream?interval=1" + more
	for range count {
		conn, response, err := websocket.Dial(ctx, address, nil)
		if err != nil {
			r.close()
			return nil, fmt.Errorf("open a stream: %w", err)
		}
		if response.Body != nil {
			_ = response.Body.Close()
		}
		conn.SetReadLimit(-1)
		if _, _, err := conn.Read(ctx); err != nil {
			_ = conn.CloseNow()
			r.close()
			return nil, fmt.Errorf("first message of a stream: %w", err)
		}
		r.work.Go(func() { r.follow(ctx, conn) })
	}
	return r, nil
}

// follow reads until the stream ends.
func (r *streamReaders) follow(ctx context.Context, conn *websocket.Conn) {
	defer func() { _ = conn.CloseNow() }()
	for {
		_, message, err := conn.Read(ctx)
		r.mu.Lock()
		switch {
		case err == nil:
			r.sizes = append(r.sizes, float64(len(message)))
		case ctx.Err() == nil && r.failed == nil:
			r.failed = fmt.Errorf("a stream ended: %w", err)
		}
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// forget drops the sizes so far.
func (r *streamReaders) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes = nil
}

// difference is the median size of the messages, 0 of none. A stream that has ended is an
// error: then less was measured than was meant.
func (r *streamReaders) difference() (float64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return median(r.sizes), r.failed
}

// close ends all streams.
func (r *streamReaders) close() {
	r.stop()
	r.work.Wait()
}
