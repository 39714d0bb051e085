//go:build amd64 || arm64

package windows

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/portable"
	"proctree/collector/process"
)

// waiterFlag makes this test binary a process that waits until its standard input ends.
const waiterFlag = "-host-test-waiter"

func init() {
	if slices.Contains(os.Args, waiterFlag) {
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
}

// startWaiter starts a process and returns its number and what ends it.
func startWaiter(tb testing.TB, args ...string) (pid int, end func()) {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), exe, append(args, waiterFlag)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	return cmd.Process.Pid, func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
}

func windowsReader(tb testing.TB) *Reader {
	tb.Helper()
	r, err := NewReader(time.Second)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = r.Close() })
	return r
}

func readTable(tb testing.TB, r *Reader) *process.Snapshot {
	tb.Helper()
	s, err := r.Read(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestReadWindows(t *testing.T) {
	r := windowsReader(t)
	pid, end := startWaiter(t, "an argument", `with "quotes" and ü`)
	s := readTable(t, r)

	exe, _ := os.Executable()
	self := s.ByPID(os.Getpid())
	if self == nil {
		t.Fatalf("this process is not among %d", len(s.Processes))
	}
	if !self.Known.Has(process.HasCPU|process.HasMemory|process.HasThreads|process.HasOpenFDs) || self.ResidentBytes < 1<<20 || self.Threads < 2 || self.OpenFDs == 0 {
		t.Errorf("this process came as %+v", self)
	}
	if self.Name != filepath.Base(exe) || !strings.EqualFold(self.Facts.Exe, exe) || self.Facts.User == "" {
		t.Errorf("%s, facts %+v, want %s", self.Name, self.Facts, exe)
	}
	child := s.ByPID(pid)
	if child == nil {
		t.Fatal("the child is not there")
	}
	if child.PPID != os.Getpid() || time.Since(s.StartTime(child)) > time.Minute || s.StartTime(child).Before(s.StartTime(self)) {
		t.Errorf("the child's parent is %d, and it started at %v", child.PPID, s.StartTime(child))
	}
	if got := child.Facts.Cmdline; len(got) != 4 || got[1] != "an argument" || got[2] != `with "quotes" and ü` {
		t.Errorf("the child's arguments are %q", got)
	}
	if s.ByPID(0) != nil {
		t.Error("the idle process is shown")
	}
	if s.System.CPUs == 0 || s.System.MemoryTotalBytes == 0 || s.BootTime().After(time.Now()) || s.BootTime().Year() < 2020 {
		t.Errorf("the host came as %+v", s.System)
	}
	detailer := NewDetailer()
	detail, err := detailer.Detail(t.Context(), child.ID)
	if err != nil || len(detail.ThreadList) == 0 || detail.Memory["resident"] == 0 {
		t.Errorf("detail %+v, error %v", detail, err)
	}

	end()
	gone := child.ID
	if s = readTable(t, r); s.ByID(gone) != nil {
		t.Error("the child is still there after its end")
	}
	if _, err := detailer.Detail(t.Context(), gone); !errors.Is(err, process.ErrNoProcess) {
		t.Errorf("detail of what has gone: %v", err)
	}
}

func TestCPUTimeOfWindows(t *testing.T) {
	r := windowsReader(t)
	used := func() time.Duration { return readTable(t, r).ByPID(os.Getpid()).CPUTime() }
	before, began := used(), time.Now()
	for used() < before+100*time.Millisecond {
		for range 1000 {
			_ = strings.Repeat("work", 1000)
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("30 s of work came as %v", used()-before)
		}
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("100 ms of CPU time within %v", took)
	}
}

// TestScanIsLinear scans with few and with many processes, all of them known: the time for
// each does not grow with their number. With a table for every process, as Toolhelp gives
// it, it would grow as the number does.
func TestScanIsLinear(t *testing.T) {
	r := windowsReader(t)
	few := timePerProcess(t, r)
	for range 60 {
		_, end := startWaiter(t)
		t.Cleanup(end)
	}
	if n := len(readTable(t, r).Processes); n < 5*few.processes {
		t.Fatalf("%d processes are not many more than %d", n, few.processes)
	}
	// What else the machine does can spoil one measurement.
	for range 5 {
		many := timePerProcess(t, r)
		t.Logf("%d processes: %v each; %d processes: %v each", few.processes, few.each, many.processes, many.each)
		if many.each <= 2*few.each {
			return
		}
	}
	t.Error("a process costs more when there are more of them")
}

type scanCost struct {
	processes int
	each      time.Duration
}

// timePerProcess takes the least of many scans: what else the machine does adds to the
// others.
func timePerProcess(t *testing.T, r *Reader) scanCost {
	t.Helper()
	best, processes := time.Hour, len(readTable(t, r).Processes)
	for range 15 {
		const inARow = 5
		began := time.Now()
		for range inARow {
			readTable(t, r)
		}
		best = min(best, time.Since(began)/inARow)
	}
	return scanCost{processes, best / time.Duration(processes)}
}

func TestWideCounter(t *testing.T) {
	var c portable.WideCounter
	for i, step := range []struct {
		now  uint32
		want uint64
	}{{10, 10}, {1<<32 - 1, 1<<32 - 1}, {4, 1<<32 + 4}, {4, 1<<32 + 4}} {
		if got := c.Add(step.now); got != step.want {
			t.Errorf("step %d: %d, want %d", i, got, step.want)
		}
	}
}
