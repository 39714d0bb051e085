package eventfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"proctree/collector/events"
)

// TestFullDisk fills a small file system: events are dropped and counted, no line is torn, and writing goes
// on once there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k,mode=0700"); err != nil {
		t.Skipf("SKIPPED: the full disk is not tested, because only root may mount a file system: %v", err)
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	path, ballast := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "ballast")
	w := newWriter(t, path)
	long := strings.Repeat("x", 400)
	fill := func() {
		w.cfg.Log = logOf(t, execOf(1, "ann", long), execOf(2, "ann", long))
		w.cursor = events.Cursor{}
		w.writeNew()
	}
	fill()
	if err := os.WriteFile(ballast, make([]byte, 48<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		fill()
	}
	s := w.Stats()
	if s.Dropped[droppedSpace] == 0 || s.Written == 0 || s.Written+s.Dropped[droppedSpace] != 303 {
		t.Fatalf("%+v", s)
	}
	if text := read(t, path); !strings.HasSuffix(text, "}\n") || uint64(strings.Count(text, "\n")) != s.Written {
		t.Errorf("%d lines, %d written", strings.Count(text, "\n"), s.Written)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	fill()
	if w.Stats().Written != s.Written+3 {
		t.Errorf("it does not go on: %+v", w.Stats())
	}
}
