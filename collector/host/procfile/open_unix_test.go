//go:build unix

package procfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOpenNeverWaits: opening a FIFO waits for somebody who writes, so it is not opened.
func TestOpenNeverWaits(t *testing.T) {
	dir := t.TempDir()
	fifo, file := filepath.Join(dir, "fifo"), filepath.Join(dir, "file")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		open       func(path string) (*os.File, error)
		want       error
	}{
		{"file", file, Open, nil},
		{"FIFO as a file", fifo, Open, errNotRegular},
		{"directory as a file", dir, Open, errNotRegular},
		{"device as a file", os.DevNull, Open, errNotRegular},
		{"no file", file + "-not", Open, os.ErrNotExist},
		{"directory", dir, OpenDir, nil},
		{"FIFO as a directory", fifo, OpenDir, unix.ENOTDIR},
		{"file as a directory", file, OpenDir, unix.ENOTDIR},
		{"no directory", file + "-not", OpenDir, os.ErrNotExist},
	} {
		f, err := test.open(test.path)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		}
		if err == nil {
			_ = f.Close()
		}
	}
}
