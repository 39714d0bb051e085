package linux

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// fakeWalk is a walk over processes that a test sets.
type fakeWalk struct {
	// records are the processes there are, by slot; those of touched have changed.
	records map[uint32]bpf.Record
	touched map[uint32]bool
	// released are the slots that were given back, resets how often the walk was told to
	// start again.
	released []uint32
	resets   int
	err      error
	fresh    bool
	closed   bool
}

func (f *fakeWalk) Read(ctx context.Context, to bpf.WalkHandler) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.fresh {
		to.Forget()
	}
	for slot, r := range f.records {
		if f.fresh || f.touched[slot] {
			r.Slot = slot
			to.Changed(&r)
		}
	}
	if f.err != nil {
		f.fresh = true
		return f.err
	}
	f.fresh, f.touched = false, nil
	return nil
}

func (f *fakeWalk) Reset() {
	f.fresh = true
	f.resets++
}

func (f *fakeWalk) Whole() {}

func (f *fakeWalk) Saw(slot uint32) bool { _, ok := f.records[slot]; return ok }

func (f *fakeWalk) Release(slot uint32) { f.released = append(f.released, slot) }

func (f *fakeWalk) Close() error {
	f.closed = true
	return nil
}

// set gives a slot a process that has changed.
func (f *fakeWalk) set(slot uint32, r bpf.Record) {
	f.records[slot] = r
	if f.touched == nil {
		f.touched = make(map[uint32]bool)
	}
	f.touched[slot] = true
}

// walkReader is a reader by a fake walk, with the first process and this one in the table.
func walkReader(t *testing.T) (*Reader, *fakeWalk) {
	t.Helper()
	r, err := Open(Config{Reader: process.ReaderProcfs, Exits: string(process.ExitsChildren)})
	if err != nil {
		t.Fatal(err)
	}
	closeAfter(t, r)
	fake := &fakeWalk{fresh: true, records: map[uint32]bpf.Record{
		0: recordOf(1, "init"), 1: recordOf(os.Getpid(), "self"),
	}}
	r.walk = bpf.NewWalkTable(fake, 0)
	return r, fake
}

func pidsOf(processes []*process.Process) []int {
	var pids []int
	for i := range processes {
		pids = append(pids, processes[i].PID)
	}
	return pids
}

// What the walk does not write is taken over, marked as unchanged.
func TestWalkTableTakesOver(t *testing.T) {
	r, fake := walkReader(t)
	busy, calm := recordOf(3, "busy"), recordOf(2, "calm")
	busy.Runtime, busy.Utime, busy.Nvcsw = 10, 10, 3
	fake.records[7], fake.records[5] = busy, calm
	first := readOnce(t, r)
	if diff := cmp.Diff([]int{1, 2, 3, os.Getpid()}, pidsOf(first.Processes)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	busy.Runtime, busy.Utime, busy.Nvcsw, busy.Rss = 30, 30, 2, 4
	fake.set(7, busy)
	second := readOnce(t, r)
	if second.Reader != process.ReaderWalk || second.Serial != first.Serial+1 {
		t.Errorf("reader %s, serials %d, %d", second.Reader, first.Serial, second.Serial)
	}
	for i := range second.Processes {
		p, was := second.Processes[i], first.Processes[i]
		if p.PID == 3 {
			// No counter falls.
			if second.Unchanged(p) || p.UserTime != 30 || p.VoluntarySwitches != 3 || p.ResidentBytes != 4*uint64(os.Getpagesize()) {
				t.Errorf("the changed process is %+v", p)
			}
			continue
		}
		if p != was || !second.Unchanged(p) {
			t.Errorf("an unchanged process is %+v, want the one before: %+v", p, was)
		}
	}
	// Written again with the same metrics it is unchanged all the same.
	fake.set(7, busy)
	busy.Nvcsw = 3
	if s := readOnce(t, r); !s.Unchanged(s.ByPID(3)) {
		t.Errorf("a process that was written as it was is %+v", s.ByPID(3))
	}
}

// Processes that end and come keep the table sorted, and slots are given back.
func TestWalkTableFollowsTheLiving(t *testing.T) {
	r, fake := walkReader(t)
	fake.records[2], fake.records[3] = recordOf(20, "a"), recordOf(30, "b")
	readOnce(t, r)
	delete(fake.records, 2)
	fake.set(9, recordOf(25, "new"))
	fake.set(4, recordOf(5, "wrapped"))
	s := readOnce(t, r)
	want := []int{1, 5, 25, 30, os.Getpid()}
	slices.Sort(want)
	if diff := cmp.Diff(want, pidsOf(s.Processes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint32{2}, fake.released); diff != "" {
		t.Errorf("released slots (-want +got):\n%s", diff)
	}
	if len(r.walk.Gone) != 1 || r.walk.Gone[0].PID != 20 {
		t.Errorf("gone: %v", r.walk.Gone)
	}
	s = readOnce(t, r)
	for _, p := range s.Processes {
		if !s.Unchanged(p) && p.PID != os.Getpid() {
			t.Errorf("process %d has changed", p.PID)
		}
	}
}

// A PID that was used again during a pass is that of the later process.
func TestWalkTableWithAPIDUsedTwice(t *testing.T) {
	r, fake := walkReader(t)
	early, late := recordOf(20, "early"), recordOf(20, "late")
	late.Start += uint64(time.Hour)
	fake.records[2] = early
	readOnce(t, r)
	fake.set(3, late)
	s := readOnce(t, r)
	if p := s.ByPID(20); p.StartTicks != late.Start/uint64(procfs.Tick) || len(s.Processes) != 3 {
		t.Errorf("process 20 is %+v among %d", p, len(s.Processes))
	}
	if diff := cmp.Diff([]uint32{2}, fake.released); diff != "" {
		t.Errorf("released slots (-want +got):\n%s", diff)
	}
	delete(fake.records, 2)
	if s = readOnce(t, r); s.ByPID(20) == nil || !s.Unchanged(s.ByPID(20)) {
		t.Errorf("then process 20 is %+v", s.ByPID(20))
	}
}

// When the walk fails the iterator takes its place for one scan, and then the proc file
// system; the scan after that starts over.
func TestWalkFallsBack(t *testing.T) {
	for _, tc := range []struct {
		name     string
		walk     func(*fakeWalk)
		iterator *scriptedPass
		reader   string
	}{
		{"cut off, to the iterator", func(f *fakeWalk) { f.err = errCutOff }, &scriptedPass{}, process.ReaderIterator},
		{"without this process, to the iterator", func(f *fakeWalk) { delete(f.records, 1) }, &scriptedPass{}, process.ReaderIterator},
		{"both cut off, to the files", func(f *fakeWalk) { f.err = errCutOff }, &scriptedPass{err: errCutOff}, process.ReaderProcfs},
		{"no iterator, to the files", func(f *fakeWalk) { f.err = errCutOff }, nil, process.ReaderProcfs},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, fake := walkReader(t)
			self := recordOf(os.Getpid(), "self")
			self.Runtime, self.Utime, self.Minflt = 1<<50, 1<<50, 1<<50
			fake.records[1] = self
			if tc.iterator != nil {
				tc.iterator.records = []bpf.Record{recordOf(1, "init"), recordOf(os.Getpid(), "self")}
				r.bpf = bpf.NewTable(tc.iterator)
			}
			before := readOnce(t, r).ByPID(os.Getpid())
			tc.walk(fake)
			fallback := readOnce(t, r)
			if fallback.Reader != tc.reader || fallback.Errors[process.ReasonBPF] != 1 || !r.failing || fake.resets == 0 {
				t.Errorf("reader %s, want %s; errors %v; reset %d times", fallback.Reader, tc.reader, fallback.Errors, fake.resets)
			}
			fake.err, fake.records[1] = nil, self
			again := readOnce(t, r)
			if again.Reader != process.ReaderWalk || again.Errors[process.ReasonBPF] != 0 || r.failing || len(again.Processes) != 2 {
				t.Errorf("then: reader %s, errors %v, %d processes", again.Reader, again.Errors, len(again.Processes))
			}
			for _, s := range []*process.Snapshot{fallback, again} {
				p := s.ByPID(os.Getpid())
				if before.ID == p.ID && (p.CPUTime() < before.CPUTime() || p.MinorFaults < before.MinorFaults) {
					t.Errorf("by %s the counters fall: %+v, before %+v", s.Reader, p, before)
				}
			}
		})
	}
}
