package bpf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// How a run of the walk ends (walk.bpf.c).
const (
	passComplete = iota + 1
	passGoesOn
	passNoSlot
	passLost
)

const (
	// runTime is after how long a run pauses. It is one RCU critical section, and those are to
	// stay below a millisecond: a step more comes after the clock was read.
	runTime = 300 * time.Microsecond
	// fullPassEvery is how old what is known of a process can be although it seems not to have
	// changed.
	fullPassEvery = time.Minute
	// minSlots is how many processes there is room for at first.
	minSlots = 4096
	// maxSlots is PID_MAX_LIMIT (linux/threads.h): there are no more tasks.
	maxSlots = 4 << 20
	// maxRestarts bounds how often a pass begins again whose place was lost.
	maxRestarts = 3
)

// errLost is returned for a pass whose place was lost again and again: all tasks that were
// looked at last ended between two runs.
var errLost = errors.New("the processes ended faster than the pass went on")

// WalkHandler takes what a pass finds.
type WalkHandler interface {
	// Forget is called before the first record of a pass in which every process comes, in a
	// slot of its own: nothing that was known of any slot holds any more.
	Forget()
	// Changed takes a process that is new in its slot or has changed. The record is valid only
	// during the call.
	Changed(*Record)
}

// Walk makes passes over all processes that write only those that have changed since the
// pass before. A process keeps its slot, Record.Slot, for life. Not safe for concurrent use.
type Walk struct {
	kernel  walkKernel
	state   *walkPassState
	records []Record
	slots   []walkSlot
	mapped  [][]byte

	fresh, skipFirst bool
	waits            *ThreadWaits
	// fullAt is when the last full pass began, and lastAt when the last pass did.
	fullAt, lastAt time.Time
	now            func() time.Time
	// budget is after how long a run pauses.
	budget time.Duration
}

// walkKernel is what the walk has in the kernel.
type walkKernel struct {
	Program *ebpf.Program `ebpf:"walk_tasks"`
	Entries *ebpf.Map     `ebpf:"entries"`
	Records *ebpf.Map     `ebpf:"records"`
	Slots   *ebpf.Map     `ebpf:"slots"`
	Memory  *ebpf.Map     `ebpf:".bss"`
}

func (k *walkKernel) close() error {
	return errors.Join(k.Program.Close(), k.Entries.Close(), k.Records.Close(), k.Slots.Close(), k.Memory.Close())
}

// LoadWalk loads the walk. It needs CAP_BPF and CAP_PERFMON, and open-coded task iterators
// (Linux 6.7). skipFirst leaves out the first process of all, as kernels want it that keep
// that one from the iterator.
// waits can be nil.
func LoadWalk(skipFirst bool, waits *ThreadWaits) (*Walk, error) {
	return loadWalkFor(minSlots, skipFirst, waits)
}

// loadWalkFor loads a walk with so many slots.
func loadWalkFor(room int, skipFirst bool, waits *ThreadWaits) (*Walk, error) {
	switch has, err := kernelHas("bpf_iter_task_new"); {
	case err != nil:
		return nil, err
	case !has:
		return nil, fmt.Errorf("the kernel has no open-coded task iterators (Linux 6.7): %w", ebpf.ErrNotSupported)
	}
	spec, err := loadWalk()
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	spec.Maps[walkMapEntries].MaxEntries = uint32(room)
	spec.Maps[walkMapSlots].MaxEntries = uint32(room)
	if err := configureWalk(spec, uint32(room), skipFirst); err != nil {
		return nil, err
	}
	w := &Walk{now: time.Now, budget: runTime, skipFirst: skipFirst, waits: waits}
	if err := load(spec, &w.kernel, waits); err != nil {
		return nil, err
	}
	if err := w.mapMemory(spec, room); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.Reset()
	return w, nil
}

func configureWalk(spec *ebpf.CollectionSpec, room uint32, skipFirst bool) error {
	if err := configureCPUs(spec); err != nil {
		return err
	}
	if skipFirst {
		if err := setConstant(spec, walkVarSkipFirst, uint32(1)); err != nil {
			return err
		}
	}
	return setConstant(spec, walkVarMaxSlots, room)
}

// mapMemory maps what the kernel and the reader share.
func (w *Walk) mapMemory(spec *ebpf.CollectionSpec, room int) error {
	memory, err := w.share(w.kernel.Memory)
	if err != nil {
		return err
	}
	records, err := w.share(w.kernel.Records)
	if err != nil {
		return err
	}
	slots, err := w.share(w.kernel.Slots)
	if err != nil {
		return err
	}
	w.state = (*walkPassState)(unsafe.Pointer(&memory[spec.Variables[walkVarPass].Offset]))
	w.records = unsafe.Slice((*Record)(unsafe.Pointer(&records[0])), w.kernel.Records.MaxEntries())
	w.slots = unsafe.Slice((*walkSlot)(unsafe.Pointer(&slots[0])), room)
	return nil
}

// share maps a map of the kind BPF_F_MMAPABLE.
func (w *Walk) share(m *ebpf.Map) ([]byte, error) {
	page := os.Getpagesize()
	size := (int(m.ValueSize())*int(m.MaxEntries()) + page - 1) / page * page
	mapped, err := unix.Mmap(m.FD(), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the memory of the walk: %w", err)
	}
	w.mapped = append(w.mapped, mapped)
	return mapped, nil
}

// Reset has the next pass begin by Forget.
func (w *Walk) Reset() { w.fresh = true }

// Whole has the next pass write every process.
func (w *Walk) Whole() { w.fullAt = time.Time{} }

// Read makes a pass. After an error nothing holds of what was handed over, and the next pass
// begins by Forget.
func (w *Walk) Read(ctx context.Context, to WalkHandler) error {
	began := w.now()
	for restarts := 0; ; restarts++ {
		err := w.pass(ctx, began, to)
		if err == nil {
			w.lastAt = began
			return nil
		}
		w.Reset()
		switch {
		case errors.Is(err, errNoSlot):
			err = w.grow()
		case errors.Is(err, errLost) && restarts < maxRestarts:
			err = nil
		}
		if err != nil {
			return fmt.Errorf("walk over the processes: %w", err)
		}
	}
}

var errNoSlot = errors.New("there are more processes than slots")

// grow loads a walk with twice the room in place of this one.
func (w *Walk) grow() error {
	if len(w.slots) >= maxSlots {
		return errNoSlot
	}
	larger, err := loadWalkFor(2*len(w.slots), w.skipFirst, w.waits)
	if err != nil {
		return err
	}
	larger.now, larger.budget, larger.lastAt = w.now, w.budget, w.lastAt
	err = w.Close()
	*w = *larger
	return err
}

// pass makes one pass, run by run.
func (w *Walk) pass(ctx context.Context, began time.Time, to WalkHandler) error {
	w.begin(began)
	if w.fresh {
		to.Forget()
		w.fresh = false
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		how, err := w.kernel.Program.Run(nil)
		if err != nil {
			return err
		}
		for i := range w.records[:min(int(w.state.Written), len(w.records))] {
			to.Changed(&w.records[i])
		}
		switch how {
		case passComplete:
			return nil
		case passGoesOn:
		case passNoSlot:
			return errNoSlot
		default:
			return errLost
		}
	}
}

// begin tells the program of the next pass.
func (w *Walk) begin(now time.Time) {
	s := w.state
	s.Generation = max(s.Generation+1, 1)
	s.Begins, s.Full, s.Forget = 1, 0, 0
	s.Budget = uint64(w.budget)
	if w.fresh {
		s.Forget = 1
	}
	// The pass after this one is about as far away as the one before.
	if w.fresh || now.Sub(w.fullAt) > fullPassEvery-now.Sub(w.lastAt) {
		s.Full = 1
		w.fullAt = now
	}
}

// Slots is how many slots were ever in use: those of all records are below.
func (w *Walk) Slots() int { return int(w.state.Used) }

// Saw reports whether the last pass saw the process of a slot.
func (w *Walk) Saw(slot uint32) bool { return w.slots[slot].Generation == w.state.Generation }

// Release gives back the slot of a process that has ended.
func (w *Walk) Release(slot uint32) {
	w.slots[w.state.Released].Released = slot
	w.state.Released++
}

// Close frees the walk.
func (w *Walk) Close() error {
	errs := []error{w.kernel.close()}
	for _, mapped := range w.mapped {
		errs = append(errs, unix.Munmap(mapped))
	}
	w.mapped, w.state, w.records, w.slots = nil, nil, nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the walk: %w", err)
	}
	return nil
}
