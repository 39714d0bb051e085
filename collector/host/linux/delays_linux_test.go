package linux

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

const (
	delaysRole = "delays"
	// delaysFile names the file in which the child leaves what its ended threads waited.
	delaysFile = "PROCTREE_TEST_DELAYS"
	// readFile names a file on a disk.
	readFile = "PROCTREE_TEST_ON_DISK"
)

// waitForDisk reads past the page cache with four threads, of which half end.
func waitForDisk() {
	var mu sync.Mutex
	var ended time.Duration
	var gone []string
	var done sync.WaitGroup
	for i := range 4 {
		done.Add(1)
		go func() {
			runtime.LockOSThread() // An odd one ends with its function.
			readFromDisk(500 * time.Millisecond)
			if i%2 == 0 || unix.Gettid() == os.Getpid() {
				done.Done()
				select {} // The thread stays.
			}
			defer done.Done()
			mu.Lock()
			defer mu.Unlock()
			ended += blockIOWait("/proc/thread-self/stat")
			gone = append(gone, fmt.Sprintf("/proc/self/task/%d", unix.Gettid()))
		}()
	}
	done.Wait()
	for _, thread := range gone {
		for exists(thread) {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if err := os.WriteFile(os.Getenv(delaysFile), []byte(ended.String()), 0o600); err != nil {
		panic(err)
	}
}

// readFromDisk reads until the calling thread has waited that long, or for ten seconds.
func readFromDisk(least time.Duration) {
	const block = 4096
	fd, err := unix.Open(os.Getenv(readFile), unix.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		panic(err)
	}
	defer func() { _ = unix.Close(fd) }()
	buf, err := unix.Mmap(-1, 0, block, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && blockIOWait("/proc/thread-self/stat") < least; {
		for i := range int64(200) {
			if _, err := unix.Pread(fd, buf, i*block); err != nil {
				panic(err)
			}
		}
	}
}

// blockIOWait returns field 42 of such a file (proc_pid_stat(5)).
func blockIOWait(path string) time.Duration {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0 // The thread has ended.
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	ticks, err := strconv.Atoi(fields[42-3])
	if err != nil {
		panic(err)
	}
	return time.Duration(ticks) * procfs.Tick
}

// countDelays makes the kernel count delays for the time of the test.
func countDelays(t *testing.T) {
	t.Helper()
	setDelays(t, "1")
}

// setDelays makes the kernel count delays, or not, of the threads that start from now on, for the time of the test.
func setDelays(tb testing.TB, value string) {
	tb.Helper()
	const sysctl = "/proc/sys/kernel/task_delayacct"
	before, err := os.ReadFile(sysctl)
	if errors.Is(err, os.ErrNotExist) {
		tb.Skip("SKIPPED: the kernel cannot switch delays on (Linux 5.14, CONFIG_TASK_DELAY_ACCT)")
	}
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(sysctl, []byte(value), 0); err != nil {
		tb.Skipf("SKIPPED: delays cannot be switched on: %v", err)
	}
	tb.Cleanup(func() { _ = os.WriteFile(sysctl, before, 0) })
}

// fileOnDisk returns a file of 1 MiB that can be read past the page cache.
func fileOnDisk(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "data")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		tb.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		tb.Skipf("SKIPPED: the file system of %s cannot be read past the page cache: %v", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	if err := unix.Fsync(fd); err != nil {
		tb.Fatal(err)
	}
	return path
}

// The time that threads waited for block devices is the kernel's own, of the living threads and,
// with BPF, of the ended ones too.
func TestWaitForDisk(t *testing.T) {
	countDelays(t)
	t.Setenv(readFile, fileOnDisk(t))
	for _, mode := range []string{process.ReaderWalk, process.ReaderIterator, process.ReaderProcfs} {
		t.Run(mode, func(t *testing.T) {
			reader, err := Open(Config{Reader: mode})
			if err != nil {
				t.Skipf("SKIPPED: the process table cannot be read in this way here: %v", err)
			}
			closeAfter(t, reader)
			left := filepath.Join(t.TempDir(), "delays")
			t.Setenv(delaysFile, left)
			child := startChild(t, delaysRole, nil)
			ended, err := time.ParseDuration(readText(t, left))
			if err != nil {
				t.Fatal(err)
			}
			var living time.Duration
			threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", child.Process.Pid))
			if err != nil || len(threads) == 0 {
				t.Fatalf("no threads of the child: %v", err)
			}
			for _, thread := range threads {
				living += blockIOWait(thread)
			}
			if counted := max(living, ended); counted > time.Minute {
				t.Skipf("SKIPPED: the kernel itself has counted %v, which cannot be true", counted)
			}
			p := readOnce(t, reader).ByPID(child.Process.Pid)
			if living < 50*time.Millisecond {
				t.Skipf("SKIPPED: the disk is too fast, or its file system counts no delay: %v", living)
			}
			if mode == process.ReaderProcfs {
				ended = 0 // They ended before the first scan, and nobody else knows of them.
			}
			// Each thread's wait is rounded down to a tick.
			want, rounding := living+ended, time.Duration(len(threads)+4)*procfs.Tick
			if got := p.Delays.BlockIO; !p.Known.Has(process.HasBlockIODelay) || got < want || got > want+rounding {
				t.Errorf("waited %v, want %v to %v, of which ended threads %v", got, want, want+rounding, ended)
			}
		})
	}
}

// A kernel that does not count delays has none, and not 0.
func TestDelaysAreAbsent(t *testing.T) {
	proc, err := procfs.Open("/proc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proc.Close() })
	if procfs.CountsDelays(proc) {
		t.Skip("SKIPPED: this kernel counts delays")
	}
	child := startChild(t, "sleep", nil)
	for _, mode := range []string{process.ReaderWalk, process.ReaderIterator, process.ReaderProcfs} {
		reader, err := Open(Config{Reader: mode})
		if err != nil {
			t.Logf("NOT TESTED with %s: %v", mode, err)
			continue
		}
		closeAfter(t, reader)
		if p := readOnce(t, reader).ByPID(child.Process.Pid); p.Known&process.HasDelays != 0 {
			t.Errorf("%s: delays %+v are known", mode, p.Delays)
		}
	}
}
