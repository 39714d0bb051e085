package bpf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"proctree/collector/process"
)

// ErrIncomplete is returned for a pass that did not see this very process.
var ErrIncomplete = errors.New("the pass over the processes did not see it")

// Table makes processes of the records of a BPF iterator.
type Table struct {
	tasks    taskIterator
	self     int
	pageSize uint64

	out []process.Process
	// times, comms and cgroups are parallel to out.
	times   []times
	comms   [][maxComm]byte
	Cgroups []uint64
	threads []Record
}

// taskIterator is what bpf.Tasks does.
type taskIterator interface {
	Read(ctx context.Context, each func(*Record)) error
	Close() error
}

// NewTable returns a table of the records of an iterator.
func NewTable(tasks taskIterator) *Table {
	return &Table{tasks: tasks, self: os.Getpid(), pageSize: uint64(os.Getpagesize())}
}

// forget gives up the room of the last pass, for the iterator may not be needed any more.
func (t *Table) forget() { t.out, t.times, t.comms, t.Cgroups, t.threads = nil, nil, nil, nil, nil }

// Read makes a pass and returns the processes, sorted by PID, still without names and
// facts. No counter is below what previous, the table of the last scan, shows of the same
// process.
func (t *Table) Read(ctx context.Context, previous []*process.Process) ([]*process.Process, error) {
	t.out = make([]process.Process, 0, len(previous)+len(previous)/16+16)
	t.times, t.comms, t.Cgroups, t.threads = t.times[:0], t.comms[:0], t.Cgroups[:0], t.threads[:0]
	if err := t.tasks.Read(ctx, t.add); err != nil {
		return nil, err
	}
	t.sort()
	for i := range t.threads {
		if at, ok := t.index(int(t.threads[i].Pid)); ok {
			addThread(&t.out[at], &t.times[at], &t.threads[i])
		}
	}
	if _, ok := t.index(t.self); !ok {
		return nil, fmt.Errorf("process %d among %d: %w", t.self, len(t.out), ErrIncomplete)
	}
	out := process.Pointers(t.out)
	t.out = nil
	t.finish(previous, out)
	return out, nil
}

func (t *Table) index(pid int) (int, bool) {
	return slices.BinarySearchFunc(t.out, pid, func(p process.Process, pid int) int { return p.PID - pid })
}

// add takes a record; thread records wait until every process is there.
func (t *Table) add(r *Record) {
	if r.Kind == KindThread {
		t.threads = append(t.threads, *r)
		return
	}
	t.out = append(t.out, processOf(r, t.pageSize))
	t.times = append(t.times, timesOf(r))
	t.comms = append(t.comms, r.Comm)
	t.Cgroups = append(t.Cgroups, r.Cgroup)
}

// sort makes the order certain. The kernel walks the PIDs upwards, so there is nothing to
// do; a PID that came twice was reused during the pass, and the later process stays.
func (t *Table) sort() {
	sorted := true
	for i := 1; i < len(t.out) && sorted; i++ {
		sorted = t.out[i-1].PID < t.out[i].PID
	}
	if sorted {
		return
	}
	order := make([]int, len(t.out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.out[a].PID - t.out[b].PID })
	var kept Table
	for i, at := range order {
		if i+1 < len(order) && t.out[order[i+1]].PID == t.out[at].PID {
			continue
		}
		kept.out = append(kept.out, t.out[at])
		kept.times = append(kept.times, t.times[at])
		kept.comms = append(kept.comms, t.comms[at])
		kept.Cgroups = append(kept.Cgroups, t.Cgroups[at])
	}
	t.out, t.times, t.comms, t.Cgroups = kept.out, kept.times, kept.comms, kept.Cgroups
}

// finish splits the CPU times and holds every counter where the last scan saw it. The
// metrics of a process with threads are added up while these run and end, and what a
// reader of /proc showed is rounded: both can seem to fall.
func (t *Table) finish(previous, out []*process.Process) {
	process.Pairs(previous, out, func(i int, before *process.Process) { settle(out[i], &t.times[i], before) })
}

// InsertFirst adds the name of a process that is put before the others, and of which the
// control group is not known.
func (t *Table) InsertFirst(name []byte) {
	var comm [maxComm]byte
	copy(comm[:], name)
	t.comms = slices.Insert(t.comms, 0, comm)
	t.Cgroups = slices.Insert(t.Cgroups, 0, 0)
}

// Name returns the name of the process at a place; it lies in the table.
func (t *Table) Name(at int) []byte { return CommOf(&t.comms[at]) }

// Close closes the iterator.
func (t *Table) Close() error { return t.tasks.Close() }
