package bpf

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTasksSeeOneself(t *testing.T) {
	tasks := tasksOrSkip(t, loadAlone)
	processes, threads := read(t, tasks)
	if len(threads) > 0 && !tasksPerThread(t) {
		t.Errorf("%d records of threads", len(threads))
	}
	self, ok := processes[os.Getpid()]
	if !ok {
		t.Fatalf("process %d is not among %d", os.Getpid(), len(processes))
	}
	comm, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := name(self.Comm)+"\n", string(comm); got != want {
		t.Errorf("name %q, want %q", got, want)
	}
	if got, want := int(self.Ppid), os.Getppid(); got != want {
		t.Errorf("parent %d, want %d", got, want)
	}
	if got, want := int(self.Uid), os.Geteuid(); got != want {
		t.Errorf("user %d, want %d", got, want)
	}
	if self.Runtime == 0 || self.Minflt == 0 || self.Rss == 0 || self.Vm == 0 || self.Threads < 2 || self.OpenFds < 3 {
		t.Errorf("a running Go program cannot have these: %+v", self)
	}
	if now := sinceBoot(t); self.Start >= now || now-self.Start > uint64(time.Hour) {
		t.Errorf("started at %d ns since the boot, now is %d", self.Start, now)
	}
}

func tasksPerThread(t *testing.T) bool {
	t.Helper()
	walks, err := kernelHas("bpf_iter_task_new")
	if err != nil {
		t.Fatal(err)
	}
	return !walks
}

// Kernels before 6.7 give a record per thread; that way works on every kernel.
func TestThreadRecordsAddUpToProcesses(t *testing.T) {
	whole := tasksOrSkip(t, loadAlone)
	if tasksPerThread(t) {
		t.Skip("SKIPPED: this kernel has no iterator over a process' threads to compare with (Linux 6.7)")
	}
	split := tasksOrSkip(t, func() (*Tasks, error) { return loadTaskIterator(true, nil) })
	child := shell(t, "true")
	before, _ := read(t, whole)
	parts, threads := read(t, split)
	after, _ := read(t, whole)
	if len(threads) == 0 {
		t.Fatal("no record of a thread")
	}
	counters := func(r Record) []uint64 {
		return []uint64{r.Runtime, r.Utime, r.Stime, r.Minflt, r.Majflt, r.Nvcsw, r.Nivcsw, r.ReadBytes, r.WriteBytes}
	}
	for _, pid := range []int{os.Getpid(), child.Process.Pid} {
		sum := counters(parts[pid])
		for _, r := range threads {
			if int(r.Pid) == pid {
				for i, n := range counters(r) {
					sum[i] += n
				}
			}
		}
		low, high := counters(before[pid]), counters(after[pid])
		for i := range sum {
			if sum[i] < low[i] || sum[i] > high[i] {
				t.Errorf("process %d, counter %d: %d is not between %d and %d", pid, i, sum[i], low[i], high[i])
			}
		}
	}
}

func TestPin(t *testing.T) {
	tasks := tasksOrSkip(t, loadAlone)
	dir := t.TempDir()
	if err := unix.Mount("bpf", dir, "bpf", 0, "mode=0755"); err != nil {
		t.Skipf("SKIPPED: no bpf file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "tasks")
	if err := tasks.Pin(path); err != nil {
		t.Fatal(err)
	}
	pinned := tasksOrSkip(t, func() (*Tasks, error) { return OpenTasks(path) })
	processes, _ := read(t, pinned)
	if _, ok := processes[os.Getpid()]; !ok {
		t.Errorf("process %d is not among %d", os.Getpid(), len(processes))
	}
}

func TestOpenTasksRefusesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if _, err := OpenTasks(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	tasks, err := OpenTasks(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tasks.Read(t.Context(), func(*Record) {}); !errors.Is(err, ErrLayout) {
		t.Errorf("a file of zeros: %v, want %v", err, ErrLayout)
	}
}

func BenchmarkTasks(b *testing.B) {
	for name, perThread := range map[string]bool{"process": false, "thread": true} {
		b.Run(name, func(b *testing.B) {
			tasks, err := loadTaskIterator(perThread, nil)
			if err != nil {
				b.Skipf("SKIPPED: no BPF iterator on this machine: %v", err)
			}
			defer func() { _ = tasks.Close() }()
			records := 0
			for b.Loop() {
				records = 0
				if err := tasks.Read(b.Context(), func(*Record) { records++ }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(records), "records")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
		})
	}
}
