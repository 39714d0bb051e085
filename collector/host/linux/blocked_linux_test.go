package linux_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// shortDeadline keeps the tests short that wait for it.
const shortDeadline = 40 * time.Millisecond

// blockFile puts a FIFO in the place of a file: each reader waits, as for a process
// that is stuck in the kernel, until the returned function gives it the content.
func blockFile(t *testing.T, root string, pid int, file string) (release func(content string)) {
	t.Helper()
	path := filepath.Join(root, strconv.Itoa(pid), file)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	var fifo *os.File
	release = func(content string) {
		if fifo != nil {
			return
		}
		var err error
		// Opened for both, it does not wait for a reader that may never have come.
		if fifo, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
			t.Fatal(err)
		}
		if content == "" {
			content = "\n"
		}
		if _, err := fifo.WriteString(content); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		release("")
		_ = fifo.Close()
	})
	return release
}

// readUntil scans until the condition holds; the test fails if it never does.
func readUntil(t *testing.T, reader *linux.Reader, holds func(*process.Snapshot) bool) *process.Snapshot {
	t.Helper()
	for range 500 {
		if got := read(t, reader); holds(got) {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no scan shows what it should")
	return nil
}

func TestReadDoesNotWaitForACommandLine(t *testing.T) {
	t.Parallel()
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 1, Name: "init", Exe: "/sbin/init"},
		{PID: 2, Name: "stuck", Exe: "/bin/stuck", UID: 12_345_678, Cmdline: []string{"stuck", "-v"}},
		{PID: 3, Name: "after", Exe: "/bin/after"},
	}}.Write(t)
	release := blockFile(t, root, 2, "cmdline")
	reader := newReader(t, linux.Config{ProcPath: root, Deadline: shortDeadline})
	for i := range 3 {
		got := read(t, reader)
		stuck := got.ByPID(2)
		if stuck == nil || stuck.Name != "stuck" || stuck.Known != hosttest.TreeFields || stuck.Facts.User != "12345678" ||
			stuck.Facts.Exe != "/bin/stuck" || stuck.Facts.FDLimit != 1024 || stuck.Facts.Cgroup != "/" {
			t.Fatalf("the stuck process came as %+v", stuck)
		}
		if stuck.Facts.Cmdline != nil || got.ByPID(3).Facts.Exe != "/bin/after" {
			t.Errorf("scan %d: facts are %+v and %+v", i, stuck.Facts, got.ByPID(3).Facts)
		}
		if got.Errors[process.ReasonDeadline] != 1 {
			t.Errorf("scan %d: errors %v, want one deadline", i, got.Errors)
		}
	}
	release("stuck\x00-v\x00")
	got := readUntil(t, reader, func(s *process.Snapshot) bool { return len(s.ByPID(2).Facts.Cmdline) > 0 })
	if facts := got.ByPID(2).Facts; facts.Exe != "/bin/stuck" || facts.Cmdline[1] != "-v" || len(got.Errors) != 0 {
		t.Errorf("after it came free: facts %+v, errors %v", facts, got.Errors)
	}
}

func TestReadLeavesAProcessThatHangsBehind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file    string
		content string
		known   process.Fields
	}{
		{"io", "rchar: 1\nread_bytes: 5\nwrite_bytes: 6\n", hosttest.TreeFields &^ process.HasIO},
		{"stat", "", 0},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			stuck := hosttest.TreeProcess{PID: 2, Name: "stuck", FDs: 1}
			root := hosttest.Tree{Processes: []hosttest.TreeProcess{
				{PID: 1, Name: "init", FDs: 1}, stuck, {PID: 3, Name: "after", FDs: 1},
			}}.Write(t)
			release := blockFile(t, root, 2, test.file)
			reader := newReader(t, linux.Config{ProcPath: root, Deadline: shortDeadline})
			for i := range 2 {
				got := read(t, reader)
				if p := got.ByPID(2); p != nil && p.Known != test.known || p == nil && test.known != 0 {
					t.Errorf("scan %d: the stuck process came as %+v", i, p)
				}
				if p := got.ByPID(3); p == nil || p.Known != hosttest.TreeFields || p.OpenFDs != 1 {
					t.Errorf("scan %d: the process behind it came as %+v", i, p)
				}
				if got.Errors[process.ReasonDeadline] != 1 {
					t.Errorf("scan %d: errors %v, want one deadline", i, got.Errors)
				}
			}
			release(test.content)
			time.Sleep(shortDeadline)
			stuck.Write(t, root)
			got := readUntil(t, reader, func(s *process.Snapshot) bool { return len(s.Errors) == 0 })
			if p := got.ByPID(2); p == nil || p.Known != hosttest.TreeFields {
				t.Errorf("after it came free the process came as %+v", p)
			}
		})
	}
}

func TestReadBoundsWhatHangs(t *testing.T) {
	t.Parallel()
	const processes = 40
	var tree hosttest.Tree
	for pid := range processes {
		tree.Processes = append(tree.Processes, hosttest.TreeProcess{PID: pid + 1, Name: "p"})
	}
	for _, file := range []string{"io", "cmdline"} {
		t.Run(file+" of all", func(t *testing.T) {
			t.Parallel()
			root := blocked(t, tree, file)
			got := read(t, newReader(t, linux.Config{ProcPath: root, Deadline: shortDeadline}))
			if len(got.Processes) != processes || got.Errors[process.ReasonDeadline] != processes {
				t.Errorf("%d processes, errors %v; want %d of both", len(got.Processes), got.Errors, processes)
			}
		})
	}
	t.Run("stat of all", func(t *testing.T) {
		t.Parallel()
		reader := newReader(t, linux.Config{ProcPath: blocked(t, tree, "stat"), Deadline: shortDeadline})
		for range 2 {
			if _, err := reader.Read(t.Context()); !errors.Is(err, procfs.ErrStuck) {
				t.Errorf("got %v, want %v", err, procfs.ErrStuck)
			}
		}
	})
}

// blocked writes a tree in which one file of every process blocks.
func blocked(t *testing.T, tree hosttest.Tree, file string) (root string) {
	t.Helper()
	root = tree.Write(t)
	for _, p := range tree.Processes {
		blockFile(t, root, p.PID, file)
	}
	return root
}
