package bpf

import (
	"context"
	"fmt"
	"os"
	"slices"

	"proctree/collector/host/linux/facts"
	"proctree/collector/process"
)

// WalkTable makes processes of the records of the walk, which has those alone that have
// changed, and takes over the others from the last scan.
type WalkTable struct {
	walk     taskWalk
	self     int
	pageSize uint64
	// whole makes every pass start over.
	whole bool
	// skipped is how many processes at the beginning of the table are not from the walk.
	skipped int

	// last is the table of the last scan, if that was by the walk; slots and cgroups are
	// parallel to it.
	last    []*process.Process
	slots   []uint32
	Cgroups []uint64
	// changed are the records of the pass under way, and recordOf has their places in it, one
	// more of each, by slot.
	changed  []Record
	recordOf []uint32
	// plan says where each process of the scan under way comes from, in the order of PIDs.
	plan []origin
	// fresh are those of plan that are new.
	fresh []origin
	// Gone are those of the last scan that this one does not see.
	Gone []*process.Process

	spareSlots   []uint32
	spareCgroups []uint64
}

// origin is a process by its places in the last table and among the changed; none is -1.
type origin struct{ before, record int32 }

const none = -1

// taskWalk is what bpf.Walk does.
type taskWalk interface {
	Read(ctx context.Context, to WalkHandler) error
	Reset()
	Whole()
	Saw(slot uint32) bool
	Release(slot uint32)
	Close() error
}

// NewWalkTable returns a table of the records of a walk, which leaves out so many processes
// at the beginning.
func NewWalkTable(walk taskWalk, skipped int) *WalkTable {
	return &WalkTable{walk: walk, self: os.Getpid(), pageSize: uint64(os.Getpagesize()), skipped: skipped}
}

// WriteAll has every pass write all processes.
func (t *WalkTable) WriteAll() { t.whole = true }

// Forget implements bpf.WalkHandler.
func (t *WalkTable) Forget() {
	t.last, t.slots, t.changed = nil, t.slots[:0], t.changed[:0]
	clear(t.recordOf)
}

// Changed implements bpf.WalkHandler.
func (t *WalkTable) Changed(r *Record) {
	t.changed = append(t.changed, *r)
	if n := int(r.Slot) + 1; n > len(t.recordOf) {
		t.recordOf = append(t.recordOf, make([]uint32, n-len(t.recordOf))...)
	}
	t.recordOf[r.Slot] = uint32(len(t.changed))
}

// Reset has the next pass show every process: the last scan was not by the walk.
func (t *WalkTable) Reset() { t.walk.Reset() }

// Planned is how many processes the scan under way has.
func (t *WalkTable) Planned() int { return len(t.plan) + t.skipped }

// SkipsFirst reports whether the first process is not from the walk.
func (t *WalkTable) SkipsFirst() bool { return t.skipped > 0 }

// Keep takes over the table of a scan, whose processes fill has appended.
func (t *WalkTable) Keep(processes []*process.Process) { t.last = processes }

// Close ends the walk.
func (t *WalkTable) Close() error { return t.walk.Close() }

// Read makes a pass and returns the processes, sorted by PID. No counter is below what
// previous, the table of the last scan, shows of the same process.
func (t *WalkTable) Read(ctx context.Context) error {
	t.trim()
	if t.whole {
		t.walk.Whole()
	}
	if err := t.walk.Read(ctx, t); err != nil {
		return err
	}
	t.merge()
	if !t.complete() {
		t.walk.Reset()
		return fmt.Errorf("process %d among %d: %w", t.self, len(t.plan), ErrIncomplete)
	}
	return nil
}

// trim begins a scan. A full pass leaves much more room than the others need.
func (t *WalkTable) trim() {
	const enough = 1024
	if cap(t.changed) > max(enough, 8*len(t.changed)) {
		t.changed = nil
	}
	t.changed = t.changed[:0]
}

// merge plans the table: who is still there of the last one, and who is new.
func (t *WalkTable) merge() {
	// A pointer that is left there would keep a whole table.
	clear(t.Gone)
	t.plan, t.Gone = t.plan[:0], t.Gone[:0]
	for at, slot := range t.slots {
		if !t.walk.Saw(slot) {
			t.Gone = append(t.Gone, t.last[t.skipped+at])
			t.walk.Release(slot)
			continue
		}
		record := int32(t.recordOf[slot]) - 1
		t.recordOf[slot] = 0
		t.plan = append(t.plan, origin{int32(at), record})
	}
	known := len(t.plan)
	for i := range t.changed {
		if slot := t.changed[i].Slot; t.recordOf[slot] != 0 {
			t.recordOf[slot] = 0
			t.plan = append(t.plan, origin{none, int32(i)})
		}
	}
	if len(t.plan) > known {
		t.sortIn(known)
	}
}

// sortIn moves the new processes, which are behind the known ones, to their places. The known
// ones are in order, and most new ones belong at the end.
func (t *WalkTable) sortIn(known int) {
	byPID := func(a, b origin) int { return t.pid(a) - t.pid(b) }
	t.fresh = append(t.fresh[:0], t.plan[known:]...)
	fresh := t.fresh
	slices.SortStableFunc(fresh, byPID)
	twice := false
	for i := 1; i < len(fresh); i++ {
		twice = twice || byPID(fresh[i-1], fresh[i]) == 0
	}
	for to := len(t.plan) - 1; len(fresh) > 0; to-- {
		last := fresh[len(fresh)-1]
		if known > 0 {
			order := byPID(t.plan[known-1], last)
			twice = twice || order == 0
			if order > 0 {
				t.plan[to] = t.plan[known-1]
				known--
				continue
			}
		}
		t.plan[to] = last
		fresh = fresh[:len(fresh)-1]
	}
	if twice {
		t.dropReused()
	}
}

// dropReused keeps the later process of those whose PID was used twice during the pass.
func (t *WalkTable) dropReused() {
	kept := t.plan[:0]
	for i, w := range t.plan {
		if i+1 < len(t.plan) && t.pid(t.plan[i+1]) == t.pid(w) {
			// A process that the last table has comes first, and one that is new is later.
			if w.before != none {
				t.Gone = append(t.Gone, t.last[t.skipped+int(w.before)])
			}
			t.walk.Release(t.slot(w))
			continue
		}
		kept = append(kept, w)
	}
	t.plan = kept
}

func (t *WalkTable) pid(w origin) int {
	if w.record != none {
		return int(t.changed[w.record].Pid)
	}
	return t.last[t.skipped+int(w.before)].PID
}

func (t *WalkTable) slot(w origin) uint32 {
	if w.record != none {
		return t.changed[w.record].Slot
	}
	return t.slots[w.before]
}

// complete reports whether the pass has seen this very process.
func (t *WalkTable) complete() bool {
	_, ok := slices.BinarySearchFunc(t.plan, t.self, func(w origin, pid int) int { return t.pid(w) - pid })
	return ok
}

// Fill appends the processes of the plan to out, with names and facts: the very ones of the last
// scan where they have not changed. No counter is below what previous, the table of the last
// scan in any way, shows of the same process. serial is that of the scan under way.
func (t *WalkTable) Fill(out, previous []*process.Process, serial uint64, cache *facts.Cache) []*process.Process {
	slots, cgroups := t.spareSlots[:0], t.spareCgroups[:0]
	for range t.skipped {
		cgroups = append(cgroups, 0)
	}
	for i := 0; i < len(t.plan); {
		w := t.plan[i]
		if w.record != none {
			r := &t.changed[w.record]
			out = append(out, t.process(w, r, previous, serial, cache))
			slots, cgroups = append(slots, r.Slot), append(cgroups, r.Cgroup)
			i++
			continue
		}
		// What follows of the last table is taken over at once, but for those to look at again.
		before := int(w.before)
		for end := before + t.unchanged(i); before < end; {
			at := t.skipped + before
			n := cache.Keep(at, end-before)
			out = append(out, t.last[at:at+n]...)
			if before+n < end {
				out = append(out, t.lookAgain(t.last[at+n], t.Cgroups[at+n], serial, cache))
				n++
			}
			slots, cgroups = append(slots, t.slots[before:before+n]...), append(cgroups, t.Cgroups[at:at+n]...)
			before, i = before+n, i+n
		}
	}
	t.slots, t.spareSlots = slots, t.slots
	t.Cgroups, t.spareCgroups = cgroups, t.Cgroups
	return out
}

// unchanged is how many in a row of the plan, from a place on, are as in the last table.
func (t *WalkTable) unchanged(from int) int {
	n, first := 0, t.plan[from].before
	for _, w := range t.plan[from:] {
		if w.record != none || int(w.before) != int(first)+n {
			break
		}
		n++
	}
	return n
}

// lookAgain gives a process its name and facts, which are not part of what a pass reads.
func (t *WalkTable) lookAgain(p *process.Process, cgroup, serial uint64, cache *facts.Cache) *process.Process {
	name, now := cache.Get(facts.Sighting{ID: p.ID, Name: []byte(p.Name), UID: p.UID, Kernel: p.Kernel, Cgroup: cgroup})
	if p.Name == name && p.Facts == now {
		return p
	}
	other := *p
	other.Name, other.Facts, other.Since = name, now, serial
	return &other
}

// unborn is a process of which nothing is known.
var unborn process.Process

// process makes a process of a record.
func (t *WalkTable) process(w origin, r *Record, previous []*process.Process, serial uint64, cache *facts.Cache) *process.Process {
	p := processOf(r, t.pageSize)
	before := &unborn
	switch {
	case w.before != none:
		before = t.last[t.skipped+int(w.before)]
	default:
		// It can be new to the walk alone.
		s := process.Snapshot{Processes: previous}
		if known := s.ByID(p.ID); known != nil {
			before = known
		}
	}
	times := timesOf(r)
	settle(&p, &times, before)
	p.Name, p.Facts = cache.Get(facts.Sighting{ID: p.ID, Name: CommOf(&r.Comm), UID: p.UID, Kernel: p.Kernel, Cgroup: r.Cgroup})
	process.Compare(&p, before, serial)
	if p.Since < serial && w.before != none {
		return before
	}
	kept := p
	return &kept
}
