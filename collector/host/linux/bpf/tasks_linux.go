package bpf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"
)

// Record is one process, or one thread to add to a process, as struct record of
// tasks.bpf.c describes it.
type Record = tasksRecord

// The values of Record.Kind.
const (
	// KindProcess is a process: all its threads that have ended, and the living ones
	// unless they come as records of their own.
	KindProcess = iota
	// KindThread is one living thread, other than the first, of the process Pid. Only what
	// adds up is set.
	KindThread
)

// The bits of Record.Has.
const (
	// HasIO vouches for ReadBytes and WriteBytes.
	HasIO = 1 << iota
	// HasCgroup vouches for Cgroup.
	HasCgroup
	// HasWait vouches for Wait.
	HasWait
	// HasDelays vouches for Delays.
	HasDelays
)

// UnknownFDs is the value of Record.OpenFds for a table too large to count.
const UnknownFDs = ^uint32(0)

// recordLayout opens each record (LAYOUT in tasks.bpf.c).
const recordLayout = 0x70740003

// ErrLayout is returned for records of another version of this program.
var ErrLayout = errors.New("the iterator was made by another version of this program")

const (
	// manyCPUs and largeRSS bound the price of exact resident memory, which is some 15 ns
	// per CPU and process: with more CPUs only processes of so many bytes are summed. The
	// others can be off by 2 × CPUs pages per CPU they ran on (mm/percpu_counter.c).
	manyCPUs = 64
	largeRSS = 64 << 20
	// recordsPerRead fill the 32 KiB that the kernel hands over at most at a time
	// (kernel/bpf/bpf_iter.c).
	recordsPerRead = 64 << 10 / int(unsafe.Sizeof(Record{}))
)

// Tasks is an iterator over all processes. Not safe for concurrent use.
type Tasks struct {
	open   func() (io.ReadCloser, error)
	link   *link.Iter
	buffer []Record
}

// LoadTasks loads the iterator. It needs CAP_BPF and CAP_PERFMON. waits can be nil.
func LoadTasks(waits *ThreadWaits) (*Tasks, error) {
	walks, err := kernelHas("bpf_iter_task_new")
	if err != nil {
		return nil, err
	}
	return loadTaskIterator(!walks, waits)
}

// loadTaskIterator loads the iterator; perThread makes it emit a record per thread.
func loadTaskIterator(perThread bool, waits *ThreadWaits) (*Tasks, error) {
	spec, err := loadTasks()
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	if err := configureTasks(spec, perThread); err != nil {
		return nil, err
	}
	var programs tasksPrograms
	if err := load(spec, &programs, waits); err != nil {
		return nil, err
	}
	// The link holds the program.
	defer func() { _ = programs.Close() }()
	iterator, err := link.AttachIter(link.IterOptions{Program: programs.ReadTasks})
	if err != nil {
		return nil, fmt.Errorf("attach the task iterator: %w", err)
	}
	return &Tasks{open: iterator.Open, link: iterator, buffer: make([]Record, recordsPerRead)}, nil
}

func configureTasks(spec *ebpf.CollectionSpec, perThread bool) error {
	var threads uint32
	if perThread {
		threads = 1
	}
	if err := configureCPUs(spec); err != nil {
		return err
	}
	return setConstant(spec, tasksVarPerThread, threads)
}

// configureCPUs tells the programs of a collection how many CPUs there are.
func configureCPUs(spec *ebpf.CollectionSpec) error {
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return fmt.Errorf("count the CPUs: %w", err)
	}
	exactFrom := int64(0)
	if cpus > manyCPUs {
		exactFrom = int64(largeRSS / os.Getpagesize())
	}
	if err := setConstant(spec, tasksVarCpus, uint32(cpus)); err != nil {
		return err
	}
	return setConstant(spec, tasksVarExactRssFrom, exactFrom)
}

func setConstant(spec *ebpf.CollectionSpec, name string, value any) error {
	if err := spec.Variables[name].Set(value); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

// OpenTasks opens an iterator that Pin has left at path. It needs no capability, only
// permission to read the file.
func OpenTasks(path string) (*Tasks, error) {
	open := func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open the pinned iterator: %w", err)
		}
		return f, nil
	}
	f, err := open()
	if err != nil {
		return nil, err
	}
	return &Tasks{open: open, buffer: make([]Record, recordsPerRead)}, f.Close()
}

// Pin leaves the iterator at path, on a file system of type bpf, for others to open. It
// stays when the process ends.
func (t *Tasks) Pin(path string) error {
	if err := t.link.Pin(path); err != nil {
		return fmt.Errorf("pin the iterator at %s: %w", path, err)
	}
	return nil
}

// Read makes a pass over the processes, in the order of their PIDs, and hands over each
// record; it is valid only during the call. After an error, which includes that of a
// context that has ended, the records handed over are only a part.
func (t *Tasks) Read(ctx context.Context, each func(*Record)) error {
	pass, err := t.open()
	if err != nil {
		return fmt.Errorf("start the task iterator: %w", err)
	}
	defer func() { _ = pass.Close() }()
	const size = int(unsafe.Sizeof(Record{}))
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&t.buffer[0])), len(t.buffer)*size)
	for {
		// The kernel hands over some 150 records at a time.
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read the task iterator: %w", err)
		}
		n, err := pass.Read(bytes)
		switch {
		case errors.Is(err, io.EOF):
			runtime.KeepAlive(t.buffer)
			return nil
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
			// So many tasks without a record that the kernel paused.
			continue
		case err != nil:
			return fmt.Errorf("read the task iterator: %w", err)
		case n%size != 0 || t.buffer[0].Layout != recordLayout:
			return fmt.Errorf("read the task iterator: %w", ErrLayout)
		}
		for i := range t.buffer[:n/size] {
			each(&t.buffer[i])
		}
	}
}

// Close frees the iterator. A pin stays.
func (t *Tasks) Close() error {
	if t.link == nil {
		return nil
	}
	if err := t.link.Close(); err != nil {
		return fmt.Errorf("close the task iterator: %w", err)
	}
	return nil
}
