package bpf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
)

func TestPinTasksTouchesNoOtherFileSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tasks")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Pin(path, 0); err == nil || !strings.Contains(err.Error(), "not in a bpf file system") {
		t.Errorf("error %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file is now %q (%v)", content, err)
	}
	if err := Pin(filepath.Join(path, "missing", "tasks"), 0); err == nil {
		t.Error("no error for a directory that is not there")
	}
}

// What is no pinned iterator is refused and not opened, for opening a FIFO waits.
func TestOpenPinRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	proc, err := procfs.Open("/proc")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = proc.Close() }()
	if err := Obstacle(proc); err != nil {
		t.Skipf("SKIPPED: what is pinned is not looked at here: %v", err)
	}
	for path, want := range map[string]string{
		fifo:                          "not in a bpf file system",
		"/etc/passwd":                 "not in a bpf file system",
		filepath.Join(dir, "nothing"): "no such file",
	} {
		if _, _, err := OpenTable(proc, path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
	}
}
