package system

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestStuckMount: a mount that does not answer costs one timeout, is not asked again while
// it owes an answer, and is back when it has answered. The others answer all the time.
func TestStuckMount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var asked atomic.Int32
		w := watch[Usage]{timeout: DefaultMountTimeout, call: func(path string) (Usage, error) {
			switch path {
			case "/stuck":
				asked.Add(1)
				<-release
			case "/bad":
				return Usage{}, errors.New("stale file handle")
			}
			return Usage{SizeBytes: 1}, nil
		}}
		scrape := func(wantTook time.Duration, wantStuck string) {
			t.Helper()
			began := time.Now()
			filesystems, paths := make([]Filesystem, 4), []string{"/", "/stuck", "/bad", "/home"}
			askUsage(&w, filesystems, paths)
			if took := time.Since(began); took != wantTook {
				t.Errorf("took %v, want %v", took, wantTook)
			}
			for i, want := range []string{"", wantStuck, "stale file handle", ""} {
				f := filesystems[i]
				if f.Error != want || (f.Error == "") != (f.Usage.SizeBytes == 1) {
					t.Errorf("%s: %+v, want error %q", paths[i], f, want)
				}
			}
		}
		scrape(DefaultMountTimeout, errTimeout.Error())
		scrape(0, errTimeout.Error())
		time.Sleep(time.Hour)
		scrape(0, errTimeout.Error())
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		close(release)
		synctest.Wait()
		scrape(0, "")
		if n := asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
	})
}

// TestSlowMountIsShared: who comes while a mount is being asked waits for the same answer,
// and not longer than the one who asked.
func TestSlowMountIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		w := watch[Usage]{timeout: time.Second, call: func(string) (Usage, error) {
			asked.Add(1)
			time.Sleep(900 * time.Millisecond)
			return Usage{SizeBytes: 1}, nil
		}}
		began, done := time.Now(), make(chan error, 2)
		for range 2 {
			go func() {
				_, err := w.ask("/slow")[0].answer()
				done <- err
			}()
			time.Sleep(500 * time.Millisecond)
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took > 1100*time.Millisecond || asked.Load() != 1 {
			t.Errorf("asked %d times in %v", asked.Load(), took)
		}
	})
}
