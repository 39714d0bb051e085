package linux

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

const (
	waitsRole = "waits"
	// waitsFile names the file in which the child leaves what its ended threads waited.
	waitsFile = "PROCTREE_TEST_WAITS"
)

// realTime lets this thread run before all others of the default policy, so that it no longer waits for a
// CPU (sched(7), SCHED_FIFO). It needs CAP_SYS_NICE.
func realTime() error {
	return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}, 0)
}

// waitForCPUs runs twice as many threads as there are CPUs, and three more. Half of them end. It leaves what
// these waited, and what they can have waited besides, on their way out.
func waitForCPUs() {
	const busy = time.Second
	var mu sync.Mutex
	var ended, besides time.Duration
	var gone []string
	var done sync.WaitGroup
	for i := range 2*runtime.NumCPU() + 3 {
		done.Add(1)
		go func() {
			runtime.LockOSThread() // An odd one ends with its function.
			for end := time.Now().Add(busy); time.Now().Before(end); {
			}
			// The thread that the process began with stays, without its function.
			if i%2 == 1 && unix.Gettid() != os.Getpid() {
				mu.Lock()
				err := realTime()
				waited := schedstatWait("/proc/thread-self/schedstat")
				ended += waited
				if err != nil {
					besides += waited / 4
				}
				gone = append(gone, fmt.Sprintf("/proc/self/task/%d", unix.Gettid()))
				mu.Unlock()
				done.Done()
				return
			}
			done.Done()
			select {}
		}()
	}
	done.Wait()
	for _, thread := range gone { // The threads end after their functions.
		for exists(thread) {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if err := os.WriteFile(os.Getenv(waitsFile), fmt.Append(nil, int64(ended), int64(besides)), 0o600); err != nil {
		panic(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// schedstatWait returns the second number of such a file.
func schedstatWait(path string) time.Duration {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0 // The thread has ended.
	}
	var run, wait int64
	if _, err := fmt.Sscan(string(text), &run, &wait); err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	return time.Duration(wait)
}

// The time that threads waited for a CPU is the kernel's own to within 1 %, of the living threads and of
// the ended ones, and it does not fall when threads end.
func TestWaitForCPU(t *testing.T) {
	if schedstatWait("/proc/self/schedstat") == 0 && !strings.Contains(readText(t, "/proc/self/schedstat"), " ") {
		t.Skip("SKIPPED: the kernel does not count waits (CONFIG_SCHED_INFO)")
	}
	for _, mode := range []string{process.ReaderWalk, process.ReaderIterator, process.ReaderProcfs} {
		t.Run(mode, func(t *testing.T) {
			reader, err := Open(Config{Reader: mode})
			if err != nil {
				t.Skipf("SKIPPED: the process table cannot be read in this way here: %v", err)
			}
			closeAfter(t, reader)
			left := filepath.Join(t.TempDir(), "waits")
			t.Setenv(waitsFile, left)
			child := startChild(t, waitsRole, nil)
			var ended, besides time.Duration
			if _, err := fmt.Sscan(readText(t, left), &ended, &besides); err != nil {
				t.Fatal(err)
			}
			if besides > 0 {
				t.Logf("without the right to use SCHED_FIFO, up to %v more count as waits of ended threads", besides)
			}
			least := living(t, child.Process.Pid)
			p := readOnce(t, reader).ByPID(child.Process.Pid)
			most := living(t, child.Process.Pid)
			if !p.Known.Has(process.HasCPUWait) {
				t.Fatalf("the wait is not known of %+v", p)
			}
			if least < 100*time.Millisecond || ended < 100*time.Millisecond {
				t.Fatalf("the threads waited %v and %v, which is too short to compare", least, ended)
			}
			got := p.CPUWait
			if mode == process.ReaderProcfs || reader.exits == nil || reader.exits.Name() != process.ExitsBPF {
				ended, besides = 0, 0 // They ended before the first scan, and nobody else knows of them.
			}
			least, most = least+ended, most+ended
			if got < least*99/100 || got > most*101/100+besides {
				t.Errorf("waited %v, want %v to %v, of which ended threads %v", got, least, most, ended)
			}
			t.Logf("waited %v, the kernel %v to %v, of which ended threads %v", got, least, most, ended)
		})
	}
}

// living sums what the living threads of a process waited.
func living(t *testing.T, pid int) (sum time.Duration) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		t.Fatalf("no threads of process %d: %v", pid, err)
	}
	for _, file := range files {
		sum += schedstatWait(file)
	}
	return sum
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
