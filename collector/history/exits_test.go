package history

import (
	"fmt"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/process"
)

// storm is the report of a scan in which so many processes ended that no scan had seen.
func storm(at time.Time, second, ended int) *group.Report {
	rep := report(snapshot(at, second, 3), showAll())
	for i := range ended {
		rep.Ended = append(rep.Ended, group.Ended{Recorded: true, Group: fmt.Sprintf("g%d", i%3), Exit: &process.Exit{
			ID: process.ID{PID: 1000 + i, StartTicks: 1}, Name: fmt.Sprintf("n%d", i%3), Processes: 1, Known: process.HasCPU | process.HasUID,
			Facts: process.NoFacts, UserTime: 100, SystemTime: 11, Reason: []string{"", "SIGSEGV"}[i%2],
		}})
	}
	return rep
}

// TestExitsAreCountedInAStorm holds that each process that ended is recorded or part of a sum, with all of
// its CPU time.
func TestExitsAreCountedInAStorm(t *testing.T) {
	const ended = maxExits + 5000
	cfg := config(t)
	cfg.Interval = 2 * time.Second
	r := recorder(t, cfg)
	observe(t, r, report(snapshot(start, 0, 3), showAll()))
	r.Observe(storm(start.Add(time.Second), 1, ended)) // It is between two tables.
	rep := storm(start.Add(2*time.Second), 2, 10)
	rep.Snapshot.ExitsLost = 4
	observe(t, r, rep)
	pair, err := NewArchive(cfg.Dir).At(start.Add(2 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	var processes uint64
	var cpu time.Duration
	reasons, groups := map[string]uint64{}, map[string]uint64{}
	for i, e := range pair.Current.Snapshot.Exits {
		processes += e.Processes
		cpu += e.CPU().Total()
		reasons[e.Reason] += e.Processes
		groups[pair.Current.ExitGroups[i]] += e.Processes
	}
	if processes != ended+10 || cpu != (ended+10)*111 || reasons["SIGSEGV"] != (ended+10)/2 || groups["g0"] != ended/3+4 {
		t.Errorf("%d processes, %v, %v, %v", processes, cpu, reasons, groups)
	}
	if n := len(pair.Current.Snapshot.Exits); n != maxExits+6 {
		t.Errorf("%d records", n)
	}
	if lost := pair.Current.Snapshot.ExitsLost; lost != 4 {
		t.Errorf("%d lost", lost)
	}
}

// TestExitsOfATableThatWasNotWritten holds that they come with the next one, first those that ended first.
func TestExitsOfATableThatWasNotWritten(t *testing.T) {
	var first, later exits
	first.addAll(storm(start, 0, 3))
	later.addAll(storm(start, 1, maxExits))
	later.lost = 7
	first.append(&later)
	processes := uint64(0)
	for _, e := range first.records {
		processes += e.Processes
	}
	if processes != maxExits+3 || first.lost != 7 || first.records[0].ID.PID != 1000 || len(first.groups) != len(first.records) {
		t.Errorf("%d processes, %d lost, %+v", processes, first.lost, first.records[0])
	}
}
