package stall

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
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
