package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"proctree/collector/host/bpf"
	"proctree/collector/process"
)

// errIncomplete is returned for a pass that did not see this very process.
var errIncomplete = errors.New("the pass over the processes did not see it")

// bpfTable makes processes of the records of a BPF iterator.
type bpfTable struct {
	tasks    taskIterator
	self     int
	pageSize uint64

	out []process.Process
	// times, comms and cgroups are parallel to out.
	times   []bpfTimes
	comms   [][maxComm]byte
	cgroups []uint64
	threads []bpf.Record
}

// taskIterator is what bpf.Tasks does.
type taskIterator interface {
	Read(ctx context.Context, each func(*bpf.Record)) error
	Close() error
}

func newBPFTable(tasks taskIterator) *bpfTable {
	return &bpfTable{tasks: tasks, self: os.Getpid(), pageSize: uint64(os.Getpagesize())}
}

// read makes a pass and returns the processes, sorted by PID, still without names and
// facts. No counter is below what previous, the table of the last scan, shows of the same
// process.
func (t *bpfTable) read(ctx context.Context, previous []process.Process) ([]process.Process, error) {
	t.out = make([]process.Process, 0, len(previous)+len(previous)/16+16)
	t.times, t.comms, t.cgroups, t.threads = t.times[:0], t.comms[:0], t.cgroups[:0], t.threads[:0]
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
		return nil, fmt.Errorf("process %d among %d: %w", t.self, len(t.out), errIncomplete)
	}
	t.finish(previous)
	out := t.out
	t.out = nil
	return out, nil
}

func (t *bpfTable) index(pid int) (int, bool) {
	return slices.BinarySearchFunc(t.out, pid, func(p process.Process, pid int) int { return p.PID - pid })
}

// add takes a record; thread records wait until every process is there.
func (t *bpfTable) add(r *bpf.Record) {
	if r.Kind == bpf.KindThread {
		t.threads = append(t.threads, *r)
		return
	}
	t.out = append(t.out, processOf(r, t.pageSize))
	t.times = append(t.times, timesOf(r))
	t.comms = append(t.comms, r.Comm)
	t.cgroups = append(t.cgroups, r.Cgroup)
}

// sort makes the order certain. The kernel walks the PIDs upwards, so there is nothing to
// do; a PID that came twice was reused during the pass, and the later process stays.
func (t *bpfTable) sort() {
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
	var kept bpfTable
	for i, at := range order {
		if i+1 < len(order) && t.out[order[i+1]].PID == t.out[at].PID {
			continue
		}
		kept.out = append(kept.out, t.out[at])
		kept.times = append(kept.times, t.times[at])
		kept.comms = append(kept.comms, t.comms[at])
		kept.cgroups = append(kept.cgroups, t.cgroups[at])
	}
	t.out, t.times, t.comms, t.cgroups = kept.out, kept.times, kept.comms, kept.cgroups
}

// finish splits the CPU times and holds every counter where the last scan saw it. The
// figures of a process with threads are added up while these run and end, and what a
// reader of /proc showed is rounded: both can seem to fall.
func (t *bpfTable) finish(previous []process.Process) {
	eachBefore(previous, t.out, func(i int, before *process.Process) { settle(&t.out[i], &t.times[i], before) })
}
