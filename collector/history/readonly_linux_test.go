package history

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/go-kit/log"
	"golang.org/x/sys/unix"
)

// TestReadOnlyDirectory: a recording on a file system that became read-only can be read; a recorder says why it
// cannot write, and works again later.
func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Skipf("WARNING: the read-only file system is not tested, because only root may mount one: %v", err)
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	remount := func(flags uintptr) {
		t.Helper()
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	cfg := config(t)
	cfg.Dir = filepath.Join(dir, "history")
	first, err := NewRecorder(cfg, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	observe(t, first, report(snapshot(start, 0, 3), showAll()))
	stop(t, first)
	remount(unix.MS_RDONLY)
	if r, err := NewRecorder(cfg, log.NewNopLogger()); err == nil {
		stop(t, r)
		t.Error("it records into a read-only file system")
	}
	checkAt(t, NewArchive(cfg.Dir), start, 0)
	if v, err := Verify(t.Context(), cfg.Dir, func(d *Damage) error { t.Errorf("%+v", d); return nil }); err != nil || v.Tables != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	remount(0)
	r := recorder(t, cfg)
	observe(t, r, report(snapshot(start.Add(time.Second), 1, 3), showAll()))
	checkAt(t, NewArchive(cfg.Dir), start.Add(time.Second), 1)
	stop(t, r)
}
