package treetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// Living is a host that goes on: a real Sampler and a real Tracker over made-up tables.
type Living struct {
	sampler *host.Sampler
	tracker *group.Tracker
	// Scans counts how often the table was read.
	Scans atomic.Int64
	// Broken makes every scan fail.
	Broken atomic.Bool
	// table makes the processes of one scan.
	table func(scan int) []process.Process
}

// NewLiving returns a host whose processes table makes.
func NewLiving(tb testing.TB, table func(scan int) []process.Process) *Living {
	tb.Helper()
	l := &Living{table: table, tracker: group.NewTracker(group.Config{Shown: Masked})}
	l.sampler = host.NewSampler(host.SamplerConfig{
		Reader: l,
		OnScan: func(s *process.Snapshot) { l.tracker.Observe(s) },
	})
	tb.Cleanup(func() {
		if err := l.sampler.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// Reload applies another configuration and returns the report that follows from it.
func (l *Living) Reload(cfg group.Config) *group.Report {
	l.tracker.Reload(cfg)
	return l.tracker.Report()
}

// One is a host with a few processes, of which the second works one core.
func One(scan int) []process.Process {
	work := time.Duration(scan) * time.Second
	return []process.Process{
		hosttest.Process(1, 0, "init"),
		hosttest.Process(2, 1, "worker", hosttest.CPU(work, 0), hosttest.Cmdline("worker", "--path=/srv")),
	}
}

// Report returns the newest report; it scans when the last one is too old.
func (l *Living) Report(ctx context.Context) (*group.Report, error) {
	if _, err := l.sampler.Sample(ctx); err != nil {
		return nil, err
	}
	return l.tracker.Report(), nil
}

func (l *Living) Read(context.Context) (*process.Snapshot, error) {
	scan := int(l.Scans.Add(1))
	if l.Broken.Load() {
		return nil, errors.New("open /proc: broken")
	}
	s := hosttest.Snapshot(time.Hour+time.Duration(scan)*time.Second, l.table(scan)...)
	s.Taken = time.Now()
	return s, nil
}

// Close does nothing.
func (l *Living) Close() error { return nil }
