package pods

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFIFOsAreNoDirectories: what is in the place of the directories holds up no scan.
func TestFIFOsAreNoDirectories(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "var/log"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"containers", "pods"} {
		if err := unix.Mkfifo(filepath.Join(root, "var/log", name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if names := NewNames(root); names.Read(time.Now()) || names.Find(id, "uid") != (Pod{}) {
		t.Error("a FIFO names pods")
	}
}
