package events_test

import (
	"context"
	"testing"
	"time"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// tireless hands over the events of short processes.
type tireless struct {
	left int
	stop context.CancelFunc
}

func (r *tireless) Read(_ time.Duration, each func(*process.Event)) error {
	facts := &process.Facts{Exe: "/bin/tool", Cmdline: []string{"tool", "--fast"}, User: "ann"}
	for range min(r.left, 3000) {
		e := process.Event{Kind: process.EventKind(r.left % 3), ID: process.ID{PID: 5000 + r.left/3%100, StartTicks: 1}, Parent: 1, Name: "tool", Facts: facts}
		each(&e)
		r.left--
	}
	if r.left == 0 {
		r.stop()
	}
	return nil
}

func (r *tireless) Counts() (counted, lost [process.LossKinds]uint64, err error) {
	return counted, lost, nil
}

func (r *tireless) Close() error { return nil }

// BenchmarkLog returns what one event costs after it was read: its group, its parent, its place in memory.
func BenchmarkLog(b *testing.B) {
	policy := &events.Policy{Rules: &rules.Rules{}, Shown: &rules.Shown{}}
	ctx, stop := context.WithCancel(b.Context())
	log := events.New(events.Config{Reader: &tireless{b.N, stop}, Policy: func() *events.Policy { return policy }})
	b.ReportAllocs()
	if err := log.Run(ctx); err != nil {
		b.Fatal(err)
	}
	if read := log.Stats().Read; read[0]+read[1]+read[2] != uint64(b.N) {
		b.Errorf("%v of %d events", read, b.N)
	}
}
