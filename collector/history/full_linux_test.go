package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFullDisk fills a small file system: tables are dropped and counted, nothing that is read is wrong,
// and recording goes on once there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		t.Skipf("WARNING: the full disk is not tested, because only root may mount a file system: %v", err)
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	cfg := config(t)
	cfg.Dir = filepath.Join(dir, "history")
	r, a, shown := recorder(t, cfg), NewArchive(cfg.Dir), showAll()
	defer stop(t, r)
	second := 0
	next := func() {
		s := snapshot(start.Add(time.Duration(second)*time.Second), second, 100)
		for k := range s.Processes {
			s.Processes[k].MajorFaults = uint64(second*k+1) * 2654435761 % 1_000_003
		}
		observe(t, r, report(s, shown))
		second++
	}
	ballast := filepath.Join(dir, "ballast")
	next()
	if err := os.WriteFile(ballast, make([]byte, 900<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	for r.Stats().Dropped[droppedSpace] < 5 && second < 3000 {
		next()
	}
	if s := r.Stats(); s.Dropped[droppedSpace] < 5 {
		t.Fatalf("the disk did not fill: %+v", s)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	written := r.Stats().Written
	next()
	if r.Stats().Written != written+1 {
		t.Errorf("recording does not go on: %+v", r.Stats())
	}
	for i := range second {
		at := start.Add(time.Duration(i) * time.Second)
		if pair, err := a.At(at); err == nil && pair.Current.Snapshot.Taken.Equal(at) {
			checkAt(t, a, at, i)
		} else if err != nil && !IsNoTable(err) {
			t.Fatal(err)
		}
	}
	checkAt(t, a, start.Add(time.Duration(second-1)*time.Second), second-1)
}
