package users

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestPasswdIsAFIFO: no lookup waits for somebody who writes.
func TestPasswdIsAFIFO(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "etc"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(root, "etc/passwd"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := New(root, time.Minute)
	defer names.Close()
	if got := names.Name(33, time.Now()); got != "33" {
		t.Errorf("the name is %q", got)
	}
}
