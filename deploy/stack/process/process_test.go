package process

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run starts a shell command that ends with the test at the latest.
func run(t *testing.T, dir, name, command string) *Process {
	t.Helper()
	p, err := Start(Program{Name: name, Address: "127.0.0.1:1", Path: "/bin/sh", Args: []string{"-c", command}}, dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = p.Stop(ctx)
	})
	return p
}

func recorded(t *testing.T, dir string) []*Process {
	t.Helper()
	processes, err := Recorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	return processes
}

func TestStopFromItsRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, dir, "sleeper", "echo here; exec sleep 600")
	processes := recorded(t, dir)
	if len(processes) != 1 || processes[0].Name != "sleeper" || processes[0].Address != "127.0.0.1:1" {
		t.Fatalf("recorded: %+v", processes)
	}
	p := processes[0]
	if !p.Running() {
		t.Fatal("it does not run")
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Running() || len(recorded(t, dir)) != 0 {
		t.Error("it still runs, or is still recorded")
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("stop what runs no more: %v", err)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := run(t, dir, "stubborn", `trap "" TERM; echo ready; while :; do sleep 0.1; done`)
	for log := ""; !strings.Contains(log, "ready"); {
		text, err := os.ReadFile(LogFile(dir, "stubborn"))
		if err != nil {
			t.Fatal(err)
		}
		log = string(text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if p.Running() {
		t.Error("it still runs")
	}
}

// TestPIDOfAnother has a record whose PID is, by now, that of another program.
func TestPIDOfAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := exec.Command("sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	p := &Process{Name: "gone", PID: other.Process.Pid, Started: "long ago", record: recordFile(dir, "gone")}
	if err := p.write(); err != nil {
		t.Fatal(err)
	}
	for _, p := range recorded(t, dir) {
		if err := p.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := startTime(other.Process.Pid); err != nil {
		t.Errorf("the other program was ended: %v", err)
	}
	if len(recorded(t, dir)) != 0 {
		t.Error("the record is still there")
	}
}

func TestEnded(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir(), "short", "exit 3")
	if err := <-p.Ended(); err == nil || err.Error() != "exit status 3" {
		t.Errorf("ended with %v", err)
	}
}

func TestNoRecords(t *testing.T) {
	t.Parallel()
	if got := recorded(t, filepath.Join(t.TempDir(), "none")); got != nil {
		t.Errorf("recorded: %v", got)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.json"), []byte(`{"pid":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Recorded(dir); err == nil || !strings.Contains(err.Error(), "is not the record of a process") {
		t.Errorf("a record of init: %v", err)
	}
}

// TestInheritsNoDescriptor: a lock that the starter's starter holds is not kept by the program.
func TestInheritsNoDescriptor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A duplicate is one that an exec does not close.
	fd, err := syscall.Dup(syscall.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	p := run(t, dir, "heir", "if [ -e /dev/fd/"+strconv.Itoa(fd)+" ]; then echo open; else echo closed; fi")
	if err := <-p.Ended(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(LogFile(dir, "heir"))
	if err != nil || string(text) != "closed\n" {
		t.Errorf("the descriptor is %q in the program (%v)", text, err)
	}
}
