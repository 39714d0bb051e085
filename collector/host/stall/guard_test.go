package stall

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"proctree/collector/host/procfile"
)

func TestGuardReturnsWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGuard(time.Second, 1)
		defer g.Close()
		for want := range 3 {
			got := -1
			if _, err := g.Do(func() { got = want }); err != nil || got != want {
				t.Fatalf("read %d, %v; want %d", got, err, want)
			}
		}
	})
}

func TestGuardLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGuard(time.Second, 2)
		defer g.Close()
		release := make(chan struct{})
		began := time.Now()
		var hanging []*Read
		for range 2 {
			read, err := g.Do(func() { <-release })
			if !errors.Is(err, ErrOverdue) || read.Finished() {
				t.Fatalf("got %v, want %v and a read under way", err, ErrOverdue)
			}
			hanging = append(hanging, read)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("two reads took %v, want the deadline twice", took)
		}
		if _, err := g.Do(func() { t.Error("a third read ran") }); !errors.Is(err, ErrTooMany) {
			t.Errorf("got %v, want %v", err, ErrTooMany)
		}
		close(release)
		synctest.Wait()
		for _, read := range hanging {
			if !read.Finished() {
				t.Error("a read that returned does not say so")
			}
		}
		if _, err := g.Do(func() {}); err != nil {
			t.Errorf("after all have returned: %v", err)
		}
	})
}

// TestPanicIsAnError: of a read in time, of one that was left behind, and of a call.
func TestPanicIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGuard(time.Second, 2)
		defer g.Close()
		if _, err := g.Do(func() { panic("odd") }); !errors.Is(err, procfile.ErrPanic) {
			t.Errorf("got %v, want %v", err, procfile.ErrPanic)
		}
		release := make(chan struct{})
		read, err := g.Do(func() { <-release; panic("odd") })
		if !errors.Is(err, ErrOverdue) {
			t.Errorf("got %v, want %v", err, ErrOverdue)
		}
		close(release)
		synctest.Wait()
		if !read.Finished() || !errors.Is(read.Err(), procfile.ErrPanic) {
			t.Errorf("the read that was left gives %v, want %v", read.Err(), procfile.ErrPanic)
		}
		if _, err := g.Do(func() {}); err != nil {
			t.Errorf("the next read: %v", err)
		}
		calls := Calls[string, int]{Timeout: time.Second, Call: func(string, func(int)) (int, error) { panic("odd") }}
		if _, err := calls.Ask("/odd")[0].Answer(); !errors.Is(err, procfile.ErrPanic) {
			t.Errorf("a call gives %v, want %v", err, procfile.ErrPanic)
		}
	})
}
