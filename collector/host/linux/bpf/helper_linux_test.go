package bpf

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tasksOrSkip loads the iterator, or skips the test where that is not permitted.
func tasksOrSkip(t *testing.T, load func() (*Tasks, error)) *Tasks {
	t.Helper()
	tasks, err := load()
	if err != nil {
		t.Skipf("SKIPPED: no BPF iterator on this machine: %v", err)
	}
	t.Cleanup(func() {
		if err := tasks.Close(); err != nil {
			t.Error(err)
		}
	})
	return tasks
}

// hidesFirst reports whether the kernel keeps the first process from BPF programs. Such a
// kernel runs no program either while that process is on the CPU, even in an interrupt that
// frees another one: now and then an exit goes by unseen.
func hidesFirst(t *testing.T) bool {
	t.Helper()
	processes, _ := read(t, tasksOrSkip(t, loadAlone))
	_, seen := processes[1]
	return !seen
}

// read makes a pass and returns the records of processes and of threads.
func read(t *testing.T, tasks *Tasks) (processes map[int]Record, threads []Record) {
	t.Helper()
	processes = make(map[int]Record)
	last := uint32(0)
	err := tasks.Read(t.Context(), func(r *Record) {
		if r.Kind == KindThread {
			threads = append(threads, *r)
			return
		}
		if r.Pid <= last {
			t.Errorf("process %d comes after %d", r.Pid, last)
		}
		last = r.Pid
		processes[int(r.Pid)] = *r
	})
	if err != nil {
		t.Fatal(err)
	}
	return processes, threads
}

// shell starts a shell script that prints a line when it is ready and then waits for its
// input to end; the test's end does that.
func shell(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script+"; echo ready; read _")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return cmd
}

// threadsChild tells TestThreadsChild to be the child of TestExitsOfThreads.
const threadsChild = "PROCTREE_TEST_THREADS"

// TestThreadsChild is no test: it uses CPU time in many threads, one after the other and each
// of them ended with its run.
func TestThreadsChild(t *testing.T) {
	if os.Getenv(threadsChild) == "" {
		t.Skip("runs only as the child of another test")
	}
	for range 20 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread()
			for end := time.Now().Add(10 * time.Millisecond); time.Now().Before(end); {
			}
		}()
		<-done
	}
}

// sinceBoot is the time since the boot in ns.
func sinceBoot(t *testing.T) uint64 {
	t.Helper()
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		t.Fatal(err)
	}
	return uint64(ts.Nano())
}

func name(comm [16]uint8) string {
	s, _, _ := strings.Cut(string(comm[:]), "\x00")
	return s
}

// eventually repeats a check for some seconds.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if check() {
			return
		}
	}
	t.Fatalf("%s: not within a minute", what)
}

// loadAlone loads the iterator without an accounting of exits.
func loadAlone() (*Tasks, error) { return LoadTasks(nil) }
