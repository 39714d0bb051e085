package host

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestGuardReturnsWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(time.Second, 1)
		defer g.close()
		for want := range 3 {
			got := -1
			if _, err := g.do(func() { got = want }); err != nil || got != want {
				t.Fatalf("read %d, %v; want %d", got, err, want)
			}
		}
	})
}

func TestGuardLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(time.Second, 2)
		defer g.close()
		release := make(chan struct{})
		began := time.Now()
		var hanging []*guardedRead
		for range 2 {
			read, err := g.do(func() { <-release })
			if !errors.Is(err, errOverdue) || read.finished() {
				t.Fatalf("got %v, want %v and a read under way", err, errOverdue)
			}
			hanging = append(hanging, read)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("two reads took %v, want the deadline twice", took)
		}
		if _, err := g.do(func() { t.Error("a third read ran") }); !errors.Is(err, errTooManyHang) {
			t.Errorf("got %v, want %v", err, errTooManyHang)
		}
		close(release)
		synctest.Wait()
		for _, read := range hanging {
			if !read.finished() {
				t.Error("a read that returned does not say so")
			}
		}
		if _, err := g.do(func() {}); err != nil {
			t.Errorf("after all have returned: %v", err)
		}
	})
}
