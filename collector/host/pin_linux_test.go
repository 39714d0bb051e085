package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pinForTest leaves an iterator in a file system of its own.
func pinForTest(t *testing.T, gid int) string {
	t.Helper()
	dir := filepath.Join("/run", "proctree-test-"+strings.ReplaceAll(t.Name(), "/", "-")+"-"+time.Now().Format("150405.000000"))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("bpf", dir, "bpf", 0, "mode=0755"); err != nil {
		t.Skipf("SKIPPED: no bpf file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "tasks")
	for range 2 { // The second takes the place of the first.
		if err := PinTasks(path, gid); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestPinTasksTouchesNoOtherFileSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tasks")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := PinTasks(path, 0); err == nil || !strings.Contains(err.Error(), "not in a bpf file system") {
		t.Errorf("error %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file is now %q (%v)", content, err)
	}
	if err := PinTasks(filepath.Join(path, "missing", "tasks"), 0); err == nil {
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
	proc, err := openProcDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = proc.close() }()
	if err := bpfObstacle(proc); err != nil {
		t.Skipf("SKIPPED: what is pinned is not looked at here: %v", err)
	}
	for path, want := range map[string]string{
		fifo:                          "not in a bpf file system",
		"/etc/passwd":                 "not in a bpf file system",
		filepath.Join(dir, "nothing"): "no such file",
	} {
		r := &linuxReader{procfsReader: &procfsReader{cfg: Config{BPFPin: path}, proc: proc}}
		if err := r.openIterator(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
	}
}
