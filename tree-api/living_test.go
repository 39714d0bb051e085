package treeapi

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
)

// living is a host that goes on: a real Sampler and a real Tracker over made-up tables.
type living struct {
	sampler *host.Sampler
	tracker *group.Tracker
	// scans counts how often the table was read.
	scans atomic.Int64
	// broken makes every scan fail.
	broken atomic.Bool
	// table makes the processes of one scan.
	table func(scan int) []host.Process
}

func newLiving(tb testing.TB, table func(scan int) []host.Process) *living {
	tb.Helper()
	l := &living{table: table, tracker: group.NewTracker(group.Config{})}
	l.sampler = host.NewSampler(host.SamplerConfig{
		Reader: l,
		OnScan: func(s *host.Snapshot) { l.tracker.Observe(s) },
	})
	tb.Cleanup(func() {
		if err := l.sampler.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// one is a host with a few processes, of which the second works one core.
func one(scan int) []host.Process {
	work := time.Duration(scan) * time.Second
	return []host.Process{
		hosttest.Process(1, 0, "init"),
		hosttest.Process(2, 1, "worker", hosttest.CPU(work, 0), hosttest.Cmdline("worker", "--path=/srv")),
	}
}

func (l *living) Report(ctx context.Context) (*group.Report, error) {
	if _, err := l.sampler.Sample(ctx); err != nil {
		return nil, err
	}
	return l.tracker.Report(), nil
}

func (l *living) Read(context.Context) (*host.Snapshot, error) {
	scan := int(l.scans.Add(1))
	if l.broken.Load() {
		return nil, errors.New("open /proc: broken")
	}
	s := hosttest.Snapshot(time.Hour+time.Duration(scan)*time.Second, l.table(scan)...)
	s.Taken = time.Now()
	return s, nil
}

func (l *living) Close() error { return nil }
