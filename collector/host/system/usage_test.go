package system

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"proctree/collector/host/stall"
)

// TestStuckMount: a mount that does not answer costs one timeout, is not asked again while
// it owes an answer, and is back when it has answered. The others answer all the time.
func TestStuckMount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var asked atomic.Int32
		calls := stall.Calls[string, Usage]{Timeout: DefaultMountTimeout, Call: func(path string, _ func(Usage)) (Usage, error) {
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
			askUsage(&calls, filesystems, paths)
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
		scrape(DefaultMountTimeout, mountTimeout)
		scrape(0, mountTimeout)
		time.Sleep(time.Hour)
		scrape(0, mountTimeout)
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
