package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// DefaultMaxAge is how old a snapshot may be and still serve who asks.
const DefaultMaxAge = time.Second

// SamplerConfig sets up a Sampler. The zero value of each optional field is its default.
type SamplerConfig struct {
	Reader Reader
	// Cgroups reads the limits of control groups with each scan. Optional.
	Cgroups CgroupReader
	// Pressures reads the pressure of control groups with each scan. Optional.
	Pressures PressureReader
	// MaxAge is the age up to which a snapshot is handed out again; DefaultMaxAge.
	MaxAge time.Duration
	// OnScan sees every snapshot once, in order, before anybody is handed it. Optional.
	OnScan func(*process.Snapshot)
}

// CgroupReader reads how far control groups use up their limits, as cgroups.Reader does.
type CgroupReader interface {
	Read(now time.Time, processes []*process.Process) (map[string]process.CgroupUsage, error)
}

// PressureReader reads how long tasks in control groups waited, as cgroups.PressureReader does.
type PressureReader interface {
	Read(now time.Time, processes []*process.Process) ([]process.CgroupPressure, error)
}

// Sampler shares scans: a caller that asks within MaxAge of a scan's start gets that scan, and
// one that asks while a scan runs waits for it. Nothing scans while nobody asks. Safe for
// concurrent use.
type Sampler struct {
	cfg SamplerConfig

	mu       sync.Mutex
	current  *process.Snapshot
	previous *process.Snapshot
	flight   *flight
	closed   bool
	// orphaned tells the scan under way to close the Reader, for Close has given up.
	orphaned bool
}

// flight is one scan under way; done is closed when pair and err are set.
type flight struct {
	done   chan struct{}
	cancel context.CancelFunc
	pair   Pair
	err    error
}

// Pair is the newest snapshot and the one before it, which is nil at first.
type Pair struct{ Current, Previous *process.Snapshot }

// ErrClosed is returned by a Sampler that was closed.
var ErrClosed = errors.New("sampler: closed")

// NewSampler returns a Sampler that has not scanned yet.
func NewSampler(cfg SamplerConfig) *Sampler {
	cfg.MaxAge = cmp.Or(cfg.MaxAge, DefaultMaxAge)
	if cfg.OnScan == nil {
		cfg.OnScan = func(*process.Snapshot) {}
	}
	return &Sampler{cfg: cfg}
}

// Sample returns a pair whose Current is at most MaxAge old, or was being taken. When ctx
// ends first it returns the error of ctx, and the scan goes on for the others who wait and
// those to come.
func (s *Sampler) Sample(ctx context.Context) (Pair, error) {
	return s.sample(ctx, s.cfg.MaxAge)
}

// SampleNow returns a pair whose Current was taken after the call, for those who must not act by
// what was. A scan under way may have passed a process already, so it does not count.
func (s *Sampler) SampleNow(ctx context.Context) (Pair, error) {
	asked := time.Now()
	pair, err := s.sample(ctx, 0)
	if err == nil && pair.Current.Taken.Before(asked) {
		pair, err = s.sample(ctx, 0)
	}
	return pair, err
}

func (s *Sampler) sample(ctx context.Context, maxAge time.Duration) (Pair, error) {
	if err := ctx.Err(); err != nil {
		return Pair{}, fmt.Errorf("sample: %w", err)
	}
	f, pair, err := s.join(maxAge)
	if f == nil {
		return pair, err
	}
	select {
	case <-f.done:
		return f.pair, f.err
	case <-ctx.Done():
		return Pair{}, fmt.Errorf("waiting for the process scan: %w", ctx.Err())
	}
}

// join returns the flight to wait for, or a nil one and the answer.
func (s *Sampler) join(maxAge time.Duration) (*flight, Pair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, Pair{}, ErrClosed
	case s.flight != nil:
		return s.flight, Pair{}, nil
	case s.current != nil && time.Since(s.current.Taken) < maxAge:
		return nil, Pair{s.current, s.previous}, nil
	}
	// Detached from the first caller: the others must not lose the scan when it gives up.
	ctx, cancel := context.WithCancel(context.Background())
	s.flight = &flight{done: make(chan struct{}), cancel: cancel}
	go s.scan(ctx, s.flight)
	return s.flight, Pair{}, nil
}

// scan takes a panic of Reader or OnScan for a scan that failed: no input may end the
// program, and the next scan is made of other input.
func (s *Sampler) scan(ctx context.Context, f *flight) {
	defer f.cancel()
	var snapshot *process.Snapshot
	err := procfile.Guard(func() (err error) {
		if snapshot, err = s.cfg.Reader.Read(ctx); err == nil {
			s.readCgroups(snapshot)
			s.readPressures(snapshot)
			s.cfg.OnScan(snapshot)
		}
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		f.err = ErrClosed
	case err != nil:
		f.err = fmt.Errorf("scan processes: %w", err)
	default:
		s.previous, s.current = s.current, snapshot
		f.pair = Pair{s.current, s.previous}
	}
	s.flight = nil
	close(f.done)
	if s.orphaned {
		_ = s.cfg.Reader.Close()
	}
}

// readCgroups adds the usage of control groups. A fault there costs nothing else.
func (s *Sampler) readCgroups(snapshot *process.Snapshot) {
	if s.cfg.Cgroups == nil {
		return
	}
	snapshot.CgroupsErr = procfile.Guard(func() (err error) {
		snapshot.Cgroups, err = s.cfg.Cgroups.Read(snapshot.Taken, snapshot.Processes)
		return err
	})
	if partial, ok := errors.AsType[*procfile.PartialError](snapshot.CgroupsErr); ok {
		snapshot.CgroupsLost = uint64(partial.Count)
	} else if snapshot.CgroupsErr != nil {
		snapshot.CgroupsLost = 1
	}
}

// readPressures adds the pressure of control groups. A fault there costs nothing else.
func (s *Sampler) readPressures(snapshot *process.Snapshot) {
	if s.cfg.Pressures == nil {
		return
	}
	snapshot.PressuresErr = procfile.Guard(func() (err error) {
		snapshot.Pressures, err = s.cfg.Pressures.Read(snapshot.Taken, snapshot.Processes)
		return err
	})
}

// Close ends a scan under way and closes the Reader. When ctx ends before the scan does,
// Close returns an error, and the Reader is closed once the scan has ended. A caller that waits
// gets ErrClosed.
func (s *Sampler) Close(ctx context.Context) error {
	f, already := s.shut()
	if already {
		return nil
	}
	if f != nil {
		f.cancel()
		select {
		case <-f.done:
		case <-ctx.Done():
			if s.orphan() {
				return fmt.Errorf("closing while a scan is stuck: %w", ctx.Err())
			}
		}
	}
	return s.cfg.Reader.Close()
}

// shut refuses further scans, and returns the one under way.
func (s *Sampler) shut() (f *flight, already bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	already, s.closed = s.closed, true
	return s.flight, already
}

// orphan leaves the Reader to the scan under way; false if there is none any more.
func (s *Sampler) orphan() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orphaned = s.flight != nil
	return s.orphaned
}
