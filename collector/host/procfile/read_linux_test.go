package procfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	want := strings.Repeat("0123456789abcdef", 4096)
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path); err != nil || string(got) != want {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
	if err := os.Truncate(path, maxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil {
		t.Error("a file without end is no error")
	}
}

// TestReadsAreApart: what was read stays as it was, whatever is read next, and however large.
func TestReadsAreApart(t *testing.T) {
	dir := t.TempDir()
	var contents, read [][]byte
	for i, size := range []int{0, 1, 4096, 16 << 10, 300 << 10, 100, 16<<10 + 1} {
		content := bytes.Repeat([]byte{byte('a' + i)}, size)
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		contents, read = append(contents, content), append(read, got)
	}
	for i := range contents {
		if !bytes.Equal(contents[i], read[i]) {
			t.Errorf("file %d has %d bytes, read were %d others", i, len(contents[i]), len(read[i]))
		}
	}
}

// TestReadNeverWaits: what is no file gives an error, at once, and a device is no file at all.
func TestReadNeverWaits(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 8)
	if text, err := Read(fifo); len(text) > 0 || err == nil || IsAbsent(err) {
		t.Errorf("FIFO: %q, %v", text, err)
	}
	if n, err := ReadInto(fifo, buf); n > 0 || err == nil || IsAbsent(err) {
		t.Errorf("FIFO: %d bytes, %v", n, err)
	}
	// As a container runtime hides a file.
	if text, err := Read(os.DevNull); len(text) > 0 || !IsAbsent(err) {
		t.Errorf("%s: %q, %v", os.DevNull, text, err)
	}
	if n, err := ReadInto(os.DevNull, buf); n > 0 || !IsAbsent(err) {
		t.Errorf("%s: %d bytes, %v", os.DevNull, n, err)
	}
	// With a writer that writes nothing.
	writer, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }()
	if _, err := Read(fifo); err == nil || errors.Is(err, unix.EAGAIN) {
		t.Errorf("FIFO with a writer: %v", err)
	}
	if _, err := Read(t.TempDir()); !errors.Is(err, unix.EISDIR) {
		t.Errorf("directory: %v", err)
	}
	if _, err := Read(fifo + "-not"); !IsAbsent(err) {
		t.Errorf("missing file: %v", err)
	}
}

func TestUptime(t *testing.T) {
	if got := Uptime("/proc"); got < time.Second {
		t.Errorf("this host has been up for %v", got)
	}
	dir := t.TempDir()
	for text, want := range map[string]time.Duration{
		"5000.25 9000.00\n": 5000250 * time.Millisecond, "-1 2": 0, "NaN 1": 0, "": 0, "1e300 1": 0,
	} {
		if err := os.WriteFile(filepath.Join(dir, "uptime"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Uptime(dir); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
