package textfile

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/stall"
	"proctree/collector/host/stall/stalltest"

	"golang.org/x/sys/unix"
)

// TestNoRegularFile: neither a pipe that nobody writes to nor a folder holds anybody up.
func TestNoRegularFile(t *testing.T) {
	dir := write(t, map[string]string{"good.prom": "x 1\n", "folder.prom/x": ""})
	if err := unix.Mkfifo(dir+"/pipe.prom", 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("good.prom", dir+"/link.prom"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", dir+"/dangling.prom"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	families, read, failures := show(NewReader([]string{dir}).Read(), dir)
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
	if len(families) != 1 || len(read) != 2 {
		t.Errorf("families %v, files %v", families, read)
	}
	got := strings.Join(failures, "\n")
	for _, want := range []string{"folder.prom: not a regular file", "pipe.prom: not a regular file", "dangling.prom: no such file", "link.prom: x: 1 duplicate series"} {
		if !strings.Contains(got, want) {
			t.Errorf("errors without %q:\n%s", want, got)
		}
	}
}

// TestNameIsNoText: Prometheus refuses a whole scrape for one byte that is not UTF-8.
func TestNameIsNoText(t *testing.T) {
	dir := write(t, map[string]string{"\xff.prom": "x 1\n"})
	families, read, failures := show(NewReader([]string{dir}).Read(), dir)
	if want := []string{"untyped x 1: Metric read from \uFFFD.prom"}; !slices.Equal(families, want) || len(read) != 1 || failures != nil {
		t.Errorf("families %q, want %q; files %q, errors %q", families, want, read, failures)
	}
}

// TestStuckDirectory: a directory on a mount that does not answer costs one timeout, and
// nothing of the other directories.
func TestStuckDirectory(t *testing.T) {
	mount, dir := stalltest.Mount(t), write(t, map[string]string{"a.prom": "x 1\n"})
	r := NewReader([]string{mount, dir})
	r.calls.Timeout = 500 * time.Millisecond
	for i, atMost := range []time.Duration{10 * time.Second, 400 * time.Millisecond} {
		began := time.Now()
		result := r.Read()
		if took := time.Since(began); took > atMost {
			t.Errorf("reading %d took %v", i, took)
		}
		if len(result.Errors) != 1 || !errors.Is(result.Errors[0], stall.ErrTimeout) || !strings.HasPrefix(result.Errors[0].Error(), mount+": ") {
			t.Errorf("reading %d: errors %v", i, result.Errors)
		}
	}
	if result := r.Read(); len(result.Files) != 1 || len(result.Families) != 1 {
		t.Errorf("of the other directory there are the files %v", result.Files)
	}
}

// TestNoDirectory: a pipe in the place of a directory is an error, and costs nothing of the
// other directories.
func TestNoDirectory(t *testing.T) {
	dir := write(t, map[string]string{"a.prom": "x 1\n"})
	pipe := dir + "/pipe"
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	result := NewReader([]string{pipe, dir}).Read()
	if len(result.Errors) != 1 || !errors.Is(result.Errors[0], unix.ENOTDIR) || len(result.Families) != 1 {
		t.Errorf("families %v, errors %v", result.Families, result.Errors)
	}
}
