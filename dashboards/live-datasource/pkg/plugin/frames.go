package plugin

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"golang.org/x/sync/semaphore"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// rowsAtOnce bounds the frames that are on their way to Grafana: a frame of 10,000 processes
// takes many times its size while the SDK encodes it and gRPC sends it, and twenty viewers
// whose dashboards refresh at the same second would need all of that twenty times.
const rowsAtOnce = 10_000

// onItsWay is how long a frame counts as such, if its request does not end.
const onItsWay = 2 * time.Second

// frames makes frames of tables, one for all who ask for the same, and lets few go out at
// once.
type frames struct {
	// keep is how long a frame serves.
	keep   time.Duration
	places *semaphore.Weighted

	mu   sync.Mutex
	made map[string]made
}

// made is a frame and what it was made of.
type made struct {
	table *processes.Table
	frame *data.Frame
}

func newFrames(keep time.Duration) *frames {
	return &frames{keep: keep, places: semaphore.NewWeighted(rowsAtOnce), made: make(map[string]made)}
}

// wait waits for a place for a frame of a table, which is free again when the context of the
// request ends: then the answer is sent.
func (f *frames) wait(ctx context.Context, table *processes.Table) error {
	rows := min(int64(table.Len()), rowsAtOnce)
	if err := f.places.Acquire(ctx, rows); err != nil {
		return fmt.Errorf("wait to send the answer: %w", err)
	}
	free := sync.OnceFunc(func() { f.places.Release(rows) })
	late := time.AfterFunc(onItsWay, free)
	context.AfterFunc(ctx, func() {
		late.Stop()
		free()
	})
	return nil
}

// frame returns the frame of a table that a channel's name stands for: the audience and the
// query. The caller may change the frame, but not what it points to.
func (f *frames) frame(table *processes.Table, channel string, build func() *data.Frame) *data.Frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.made[channel]
	if !ok || m.table != table {
		m = made{table: table, frame: build()}
		f.made[channel] = m
		time.AfterFunc(f.keep, func() { f.forget(channel, m) })
	}
	own := *m.frame
	return &own
}

func (f *frames) forget(channel string, m made) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made[channel] == m {
		delete(f.made, channel)
	}
}
