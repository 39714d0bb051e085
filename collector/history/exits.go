package history

import (
	"proctree/collector/group"
	"proctree/collector/process"
)

// exits are the records of processes that ended, which wait for the next table. In a storm the details
// are given up before the counts: what finds no place is summed by group and reason.
type exits struct {
	records []process.Exit
	// groups is parallel to the records.
	groups []string
	// sums are the places in records of sums.
	sums map[exitKind]int
	// lost counts the processes of which nothing is known.
	lost uint64
}

// exitKind is what the processes of a sum have in common.
type exitKind struct{ group, reason string }

// Bounds of what waits for the next table.
const (
	maxExits = 1 << 14
	maxSums  = 1 << 10
)

// addAll adds what a report says.
func (x *exits) addAll(report *group.Report) {
	x.lost += report.Snapshot.ExitsLost
	for _, e := range report.Ended {
		if e.Recorded { // Of the others, that they are no longer in the table says as much.
			x.add(e.Exit, e.Group)
		}
	}
}

func (x *exits) add(e *process.Exit, group string) {
	if len(x.records)-len(x.sums) < maxExits {
		x.records, x.groups = append(x.records, *e), append(x.groups, group)
		return
	}
	kind := exitKind{group, e.Reason}
	at, ok := x.sums[kind]
	switch {
	case ok:
		addUp(&x.records[at], e)
	case len(x.sums) == maxSums:
		x.lost += max(1, e.Processes)
	default:
		if x.sums == nil {
			x.sums = map[exitKind]int{}
		}
		x.sums[kind] = len(x.records)
		sum := *e
		sum.ID, sum.Parent, sum.Facts, sum.Code, sum.Processes = process.ID{}, 0, process.NoFacts, 0, max(1, e.Processes)
		x.records, x.groups = append(x.records, sum), append(x.groups, group)
	}
}

// addUp adds a record to a sum. A name, an account or a value that they do not share is not known.
func addUp(sum, e *process.Exit) {
	if sum.Name != e.Name {
		sum.Name = ""
	}
	if sum.UID != e.UID {
		sum.Known &^= process.HasUID
	}
	sum.Known &= e.Known
	sum.Processes += max(1, e.Processes)
	sum.SetCPU(sum.CPU().Plus(e.CPU()))
	sum.ReadBytes += e.ReadBytes
	sum.WrittenBytes += e.WrittenBytes
	sum.MinorFaults += e.MinorFaults
	sum.MajorFaults += e.MajorFaults
}

// append adds those of later reports.
func (x *exits) append(later *exits) {
	x.lost += later.lost
	for i := range later.records {
		x.add(&later.records[i], later.groups[i])
	}
}
