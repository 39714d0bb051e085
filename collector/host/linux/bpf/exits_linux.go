package bpf

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

// Usage is what a process has used in its whole life: CPU time in ns, where Runtime is
// exact and Utime and Stime are sampled at clock ticks, and storage I/O in bytes.
type Usage = exitsUsage

// EndedKey says which process an account is of: its number in the initial PID namespace
// and its start in ns since the boot.
type EndedKey = exitsEndedKey

// Ended is the account of one process.
type Ended = exitsEnded

// SumKey is what the processes of a Sum have in common.
type SumKey = exitsSumKey

// Sum is the account of alike processes, added up.
type Sum = exitsSum

// How a process ended is 0, a signal's number, EndedWithCode plus the code, or EndedForMemory.
const (
	// EndedWithCode plus the exit code, 1 to 255, is an exit code other than 0.
	EndedWithCode = 256
	// EndedForMemory is SIGKILL by the kernel because memory ran out.
	EndedForMemory = 512
)

// The bits of Flags.
const (
	// FlagIO vouches for ReadBytes and WriteBytes.
	FlagIO = 0x01
	// flagTaken is set in the kernel by Take.
	flagTaken = 0x02
	// FlagForkNoExec: the process ran the program of its parent (PF_FORKNOEXEC in
	// linux/sched.h).
	FlagForkNoExec = 0x40
	// FlagWait vouches for Wait.
	FlagWait = 0x04
	// FlagDelays vouches for Delays.
	FlagDelays = 0x08
	// FlagNetwork vouches for Network.
	FlagNetwork = 0x10
)

const (
	// quiesce bounds the wait for programs that add to a map; they run for microseconds.
	quiesce     = 100 * time.Millisecond
	quiesceStep = 50 * time.Microsecond
)

// Exits keeps the accounts of processes that end. Not safe for concurrent use.
type Exits struct {
	objects    exitsObjects
	links      []link.Link
	ended      batch[EndedKey, Ended]
	sums       batch[SumKey, Sum]
	generation uint64
	// turned is set while the map of sums that the programs have left is not empty.
	turned bool
	// summed, listed and lost are the kernel's counters at the last Drain.
	summed, listed, lost uint64
	// taken are the noted that Take has taken, and when; forgotten is how many of these
	// were deleted.
	taken     map[EndedKey]time.Time
	forgotten uint64
}

// LoadExits starts the accounting. It needs CAP_BPF and CAP_PERFMON.
func LoadExits() (*Exits, error) { return loadExitsFor(1) }

// LoadExitsWithNetwork starts the accounting with memory for CountNetwork.
func LoadExitsWithNetwork() (*Exits, error) { return loadExitsFor(maxNetworked) }

func loadExitsFor(networked uint32) (*Exits, error) {
	spec, err := loadExits()
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	spec.Maps[exitsMapNetworks].MaxEntries = networked
	return startExits(spec)
}

func startExits(spec *ebpf.CollectionSpec) (*Exits, error) {
	e := &Exits{ended: newBatch[EndedKey, Ended](), sums: newBatch[SumKey, Sum](), taken: make(map[EndedKey]time.Time)}
	if err := load(spec, &e.objects, nil); err != nil {
		return nil, err
	}
	// What one program notes the other has to strike off, so that one is first.
	for _, to := range []struct {
		event   string
		program *ebpf.Program
	}{{"sched_process_free", e.objects.ProcessFreed}, {"sched_process_exit", e.objects.ProcessEnds}} {
		attached, err := link.AttachTracing(link.TracingOptions{Program: to.program})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("attach to %s: %w", to.event, err), e.Close())
		}
		e.links = append(e.links, attached)
	}
	return e, nil
}

// ThreadWaits returns what the accounting keeps of ended threads, for programs that read the
// process table.
func (e *Exits) ThreadWaits() *ThreadWaits { return &ThreadWaits{e.objects.ThreadWaits} }

// PassBegins is called before a pass over the process table: a process that ends from now on may
// have been seen by it, and is kept as one.
func (e *Exits) PassBegins() error {
	if err := e.set(e.objects.SeenUntil, math.MaxUint64); err != nil {
		return err
	}
	return e.turn()
}

// turn makes the programs add to the other map of sums. Drain empties the one they leave,
// once those that still add to it are through: it has to come a moment later, for the CPUs
// do not see each other's writes at once, and the pass in between is long for that.
func (e *Exits) turn() error {
	if e.turned || !moved(e.objects.Summed, &e.summed) {
		return nil
	}
	e.turned = true
	e.generation++
	return e.set(e.objects.Generation, e.generation)
}

// PassEnded is called after the pass, with the time since the boot in ns (CLOCK_BOOTTIME):
// a process that starts from now on has not been seen, and is summed when it ends.
func (e *Exits) PassEnded(now uint64) error { return e.set(e.objects.SeenUntil, now) }

// Drain hands over each account of a process that was kept as one, and the sums up to the
// last PassBegins, each once. The values are valid only during the call.
func (e *Exits) Drain(one func(*EndedKey, *Ended), many func(*SumKey, *Sum)) error {
	if moved(e.objects.Listed, &e.listed) {
		if err := e.ended.drain(e.objects.EndedProcesses, one); err != nil {
			return fmt.Errorf("read the accounts of ended processes: %w", err)
		}
	}
	if !e.turned {
		return nil
	}
	left, adding := e.objects.SumsOdd, e.objects.AddingOdd
	if e.generation&1 == 1 {
		left, adding = e.objects.SumsEven, e.objects.AddingEven
	}
	awaitZero(adding)
	if err := e.sums.drain(left, many); err != nil {
		return fmt.Errorf("read the sums over ended processes: %w", err)
	}
	e.turned = false
	return nil
}

// Lost returns how many accounts found no room since the last call.
func (e *Exits) Lost() uint64 {
	before := e.lost
	moved(e.objects.Lost, &e.lost)
	return e.lost - before
}

// Close ends the accounting.
func (e *Exits) Close() error {
	var errs []error
	for _, attached := range e.links {
		errs = append(errs, attached.Close())
	}
	if err := errors.Join(append(errs, e.objects.Close())...); err != nil {
		return fmt.Errorf("close the exit accounting: %w", err)
	}
	return nil
}

func (e *Exits) set(v *ebpf.Variable, value uint64) error {
	if err := v.Set(value); err != nil {
		return fmt.Errorf("inform the exit accounting: %w", err)
	}
	return nil
}

// moved reads a counter of the kernel into last and reports whether it has moved. What
// cannot be read has to be taken as moved.
func moved(v *ebpf.Variable, last *uint64) bool {
	var now uint64
	if err := v.Get(&now); err != nil {
		return true
	}
	before := *last
	*last = now
	return now != before
}

// awaitZero waits until nobody adds to a map any more.
func awaitZero(adding *ebpf.Variable) {
	for deadline := time.Now().Add(quiesce); time.Now().Before(deadline); time.Sleep(quiesceStep) {
		var n uint64
		if err := adding.Get(&n); err != nil || n == 0 {
			return
		}
	}
}
