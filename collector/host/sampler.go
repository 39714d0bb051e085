package host

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// DefaultMaxAge is how old a snapshot may be and still serve who asks.
const DefaultMaxAge = time.Second

// SamplerConfig sets up a Sampler. The zero value of each optional field is its default.
type SamplerConfig struct {
	Reader Reader
	// MaxAge is the age up to which a snapshot is handed out again; DefaultMaxAge.
	MaxAge time.Duration
	// OnScan sees every snapshot once, in order, before anybody is handed it. Optional.
	OnScan func(*Snapshot)
}

// Sampler shares scans: whoever asks within MaxAge of a scan's start gets that scan, and
// whoever asks while one runs waits for it. Safe for concurrent use.
type Sampler struct {
	cfg SamplerConfig

	mu       sync.Mutex
	current  *Snapshot
	previous *Snapshot
	flight   *flight
	closed   bool
}

// flight is one scan under way; done is closed when pair and err are set.
type flight struct {
	done chan struct{}
	pair Pair
	err  error
}

// Pair is the newest snapshot and the one before it, which is nil at first.
type Pair struct{ Current, Previous *Snapshot }

// ErrClosed is returned by a Sampler that was closed.
var ErrClosed = fmt.Errorf("sampler: closed")

// NewSampler returns a Sampler that has not scanned yet.
func NewSampler(cfg SamplerConfig) *Sampler {
	if cfg.MaxAge == 0 {
		cfg.MaxAge = DefaultMaxAge
	}
	if cfg.OnScan == nil {
		cfg.OnScan = func(*Snapshot) {}
	}
	return &Sampler{cfg: cfg}
}

// Sample returns a pair whose Current is at most MaxAge old. When ctx ends first it
// returns its error, and the scan goes on for the others who wait and those to come.
func (s *Sampler) Sample(ctx context.Context) (Pair, error) {
	if err := ctx.Err(); err != nil {
		return Pair{}, fmt.Errorf("sample: %w", err)
	}
	f, pair, err := s.join()
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
func (s *Sampler) join() (*flight, Pair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, Pair{}, ErrClosed
	case s.flight != nil:
		return s.flight, Pair{}, nil
	case s.current != nil && time.Since(s.current.Taken) < s.cfg.MaxAge:
		return nil, Pair{s.current, s.previous}, nil
	}
	s.flight = &flight{done: make(chan struct{})}
	go s.scan(s.flight)
	return s.flight, Pair{}, nil
}

// scan runs detached from whoever asked first: the others must not lose it with him.
func (s *Sampler) scan(f *flight) {
	snapshot, err := s.cfg.Reader.Read(context.Background())
	if err == nil {
		s.cfg.OnScan(snapshot)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		f.err = fmt.Errorf("scan processes: %w", err)
	} else {
		s.previous, s.current = s.current, snapshot
		f.pair = Pair{s.current, s.previous}
	}
	s.flight = nil
	close(f.done)
}

// Close waits for a scan under way, until ctx ends, and closes the Reader.
func (s *Sampler) Close(ctx context.Context) error {
	s.mu.Lock()
	already, f := s.closed, s.flight
	s.closed = true
	s.mu.Unlock()
	if already {
		return nil
	}
	if f != nil {
		select {
		case <-f.done:
		case <-ctx.Done():
			return fmt.Errorf("closing while a scan is stuck: %w", ctx.Err())
		}
	}
	return s.cfg.Reader.Close()
}
