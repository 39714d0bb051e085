package host_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"proctree/collector/host"
	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// slowReader takes its time for each scan, unless its context ends first.
type slowReader struct {
	takes time.Duration
	// deaf makes it ignore its context, as the kernel does.
	deaf bool
	err  error

	mu      sync.Mutex
	scans   int
	running int
	most    int
	closed  int
}

func (r *slowReader) Read(ctx context.Context) (*process.Snapshot, error) {
	r.mu.Lock()
	r.scans++
	r.running++
	r.most = max(r.most, r.running)
	err := r.err
	r.mu.Unlock()
	taken := time.Now()
	if r.deaf {
		time.Sleep(r.takes)
	} else {
		select {
		case <-time.After(r.takes):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	r.mu.Lock()
	r.running--
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return &process.Snapshot{Taken: taken}, nil
}

func (r *slowReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed++
	return nil
}

func (r *slowReader) closes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

func sample(t *testing.T, s *host.Sampler) host.Pair {
	t.Helper()
	pair, err := s.Sample(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestSamplerSharesAScanForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: 100 * time.Millisecond}
		var seen []*process.Snapshot
		s := host.NewSampler(host.SamplerConfig{Reader: reader, OnScan: func(s *process.Snapshot) { seen = append(seen, s) }})
		first := sample(t, s)
		if first.Previous != nil || first.Current == nil {
			t.Fatalf("the first pair is %+v", first)
		}
		time.Sleep(host.DefaultMaxAge - 101*time.Millisecond)
		if again := sample(t, s); again != first {
			t.Errorf("after 0.999 s there is another pair: %+v", again)
		}
		time.Sleep(time.Millisecond)
		second := sample(t, s)
		if second.Current == first.Current || second.Previous != first.Current {
			t.Errorf("after a second the pair is %+v, then %+v", first, second)
		}
		if len(seen) != 2 || seen[0] != first.Current || seen[1] != second.Current || reader.scans != 2 {
			t.Errorf("OnScan saw %v in %d scans", seen, reader.scans)
		}
	})
}

func TestSamplerScansOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: 5 * time.Second}
		s := host.NewSampler(host.SamplerConfig{Reader: reader})
		pairs := make([]host.Pair, 50)
		var wait sync.WaitGroup
		for i := range pairs {
			wait.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				var err error
				if pairs[i], err = s.Sample(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for i := range pairs {
			if pairs[i] != pairs[0] || pairs[i].Current == nil {
				t.Fatalf("caller %d got %+v, caller 0 %+v", i, pairs[i], pairs[0])
			}
		}
		if reader.scans != 1 || reader.most != 1 {
			t.Errorf("%d scans, %d at once; want 1", reader.scans, reader.most)
		}
	})
}

func TestSamplerLetsGoOfWhoeverGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: time.Hour, deaf: true}
		s := host.NewSampler(host.SamplerConfig{Reader: reader})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := s.Sample(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("after %v: %v, want %v", time.Since(began), err, context.DeadlineExceeded)
		}
		// The scan goes on for the next, who need not wait for one of their own.
		if pair := sample(t, s); pair.Current == nil || reader.scans != 1 {
			t.Errorf("the next got %+v from %d scans", pair, reader.scans)
		}
		if _, err := s.Sample(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}

func TestSamplerScansAgainAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: time.Millisecond, err: process.ErrNoProcess}
		called := 0
		s := host.NewSampler(host.SamplerConfig{Reader: reader, OnScan: func(*process.Snapshot) { called++ }})
		if _, err := s.Sample(t.Context()); !errors.Is(err, process.ErrNoProcess) || called != 0 {
			t.Errorf("got %v, OnScan was called %d times", err, called)
		}
		reader.err = nil
		first := sample(t, s)
		reader.err = process.ErrNoProcess
		time.Sleep(time.Hour)
		if _, err := s.Sample(t.Context()); err == nil {
			t.Error("an old snapshot was passed off as a new one")
		}
		reader.err = nil
		if next := sample(t, s); next.Previous != first.Current || called != 2 {
			t.Errorf("after an error the pair is %+v, OnScan was called %d times", next, called)
		}
	})
}

// TestSamplerSurvivesAPanic: of the reader and of who sees the scan; the next scan is as ever.
// TestSampleNow: neither a scan of just now nor one under way serves who must not act by what was.
func TestSampleNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: 100 * time.Millisecond}
		sampler := host.NewSampler(host.SamplerConfig{Reader: reader, MaxAge: time.Hour})
		if _, err := sampler.Sample(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		for _, underWay := range []bool{false, true} {
			if underWay {
				go func() { _, _ = sampler.SampleNow(t.Context()) }()
				time.Sleep(50 * time.Millisecond)
			}
			asked := time.Now()
			pair, err := sampler.SampleNow(t.Context())
			if err != nil || pair.Current.Taken.Before(asked) {
				t.Errorf("scan under way %t: taken %v before it was asked for, error %v", underWay, asked.Sub(pair.Current.Taken), err)
			}
		}
		if reader.scans != 4 {
			t.Errorf("%d scans, want 4", reader.scans)
		}
	})
}

func TestSamplerSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ofReader, ofScan bool
		reader := &slowReader{takes: time.Millisecond}
		s := host.NewSampler(host.SamplerConfig{
			Reader: panicking{reader, &ofReader},
			OnScan: func(*process.Snapshot) {
				if ofScan {
					panic("odd scan")
				}
			},
		})
		for range 2 {
			for _, broken := range []*bool{&ofReader, &ofScan} {
				*broken = true
				if _, err := s.Sample(t.Context()); !errors.Is(err, procfile.ErrPanic) {
					t.Errorf("got %v, want %v", err, procfile.ErrPanic)
				}
				*broken = false
				sample(t, s)
				time.Sleep(time.Hour)
			}
		}
	})
}

// panicking is a Reader that panics when it is told to.
type panicking struct {
	host.Reader
	now *bool
}

func (r panicking) Read(ctx context.Context) (*process.Snapshot, error) {
	if *r.now {
		panic("odd table")
	}
	return r.Reader.Read(ctx)
}

func TestSamplerClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: time.Hour}
		s := host.NewSampler(host.SamplerConfig{Reader: reader})
		waiting := make(chan error, 1)
		go func() {
			_, err := s.Sample(t.Context())
			waiting <- err
		}()
		synctest.Wait()
		began := time.Now()
		if err := s.Close(t.Context()); err != nil || time.Since(began) != 0 || reader.closes() != 1 {
			t.Errorf("close: %v after %v, the reader was closed %d times", err, time.Since(began), reader.closes())
		}
		if err := <-waiting; !errors.Is(err, host.ErrClosed) {
			t.Errorf("who waited got %v, want %v", err, host.ErrClosed)
		}
		if _, err := s.Sample(t.Context()); !errors.Is(err, host.ErrClosed) {
			t.Errorf("after close: %v, want %v", err, host.ErrClosed)
		}
		if err := s.Close(t.Context()); err != nil || reader.closes() != 1 {
			t.Errorf("second close: %v, the reader was closed %d times", err, reader.closes())
		}
	})
}

func TestSamplerCloseDoesNotWaitForAScanThatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := &slowReader{takes: time.Hour, deaf: true}
		s := host.NewSampler(host.SamplerConfig{Reader: reader})
		go func() { _, _ = s.Sample(t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || reader.closes() != 0 {
			t.Errorf("got %v, the reader was closed %d times while it was used", err, reader.closes())
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if reader.closes() != 1 {
			t.Errorf("after the scan the reader was closed %d times", reader.closes())
		}
	})
}

// oddCgroups has one control group and loses what is left.
type oddCgroups struct{ panics bool }

func (o oddCgroups) Read(time.Time, []*process.Process) (map[string]process.CgroupUsage, error) {
	if o.panics {
		panic("odd")
	}
	return map[string]process.CgroupUsage{"/web": {CPU: &process.CgroupCPU{Periods: 1}}}, errors.New("odd")
}

// TestSamplerReadsControlGroups: what is lost of them costs nothing else.
func TestSamplerReadsControlGroups(t *testing.T) {
	for _, panics := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var seen int
			s := host.NewSampler(host.SamplerConfig{
				Reader: &slowReader{}, Cgroups: oddCgroups{panics},
				OnScan: func(s *process.Snapshot) { seen = len(s.Cgroups) },
			})
			got := sample(t, s).Current
			if got.CgroupsErr == nil || got.CgroupsLost != 1 || (len(got.Cgroups) == 0) != panics || seen != len(got.Cgroups) {
				t.Errorf("panics %v: %v, %d lost, control groups %v; OnScan saw %d", panics, got.CgroupsErr, got.CgroupsLost, got.Cgroups, seen)
			}
		})
	}
}
