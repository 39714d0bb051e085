package linux

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/process"
)

// heldTable is a snapshot that somebody still reads, and a copy of what it said at first.
type heldTable struct {
	snapshot *process.Snapshot
	copied   []*process.Process
}

// pids are those of the processes there are.
func (f *fakeWalk) pids() []int {
	var pids []int
	for _, r := range f.records {
		pids = append(pids, int(r.Pid))
	}
	slices.Sort(pids)
	return pids
}

// TestSharedProcessesDoNotChange holds the snapshots of many scans: what a snapshot says stays
// as it was, and a process that counts as unchanged is as in the snapshot before.
func TestSharedProcessesDoNotChange(t *testing.T) {
	r, fake := walkReader(t)
	random := rand.New(rand.NewPCG(7, 8))
	next := uint32(1)
	add := func() {
		next++
		// PIDs wrap round at times: a new process can be anywhere in the table.
		fake.set(next, recordOf(1000+int(next*7919%40_009), fmt.Sprintf("p%d", next)))
	}
	for range 200 {
		add()
	}
	var held []heldTable
	for range 60 {
		s := readOnce(t, r)
		if diff := cmp.Diff(fake.pids(), pidsOf(s.Processes)); diff != "" {
			t.Fatalf("scan %d (-want +got):\n%s", s.Serial, diff)
		}
		if len(held) > 0 {
			before := held[len(held)-1].snapshot
			for _, p := range s.Processes {
				if was := before.ByID(p.ID); s.Unchanged(p) && (was == nil || *was != *p) {
					t.Fatalf("scan %d: unchanged is %+v, before it was %+v", s.Serial, p, was)
				}
			}
		}
		held = append(held, heldTable{s, process.Clone(s.Processes)})
		for _, slot := range slices.Sorted(maps.Keys(fake.records)) {
			if slot < 2 {
				continue // The first process and this one.
			}
			r := fake.records[slot]
			switch random.IntN(20) {
			case 0:
				r.Utime += uint64(time.Millisecond)
				r.Runtime += uint64(time.Millisecond)
				fake.set(slot, r)
			case 1:
				delete(fake.records, slot)
				add()
			case 2:
				fake.set(slot, r) // Written again as it was.
			}
		}
	}
	for _, h := range held {
		for i, p := range h.snapshot.Processes {
			if *p != *h.copied[i] {
				t.Fatalf("scan %d: process %d is now %+v, and was %+v", h.snapshot.Serial, i, p, h.copied[i])
			}
		}
	}
}
