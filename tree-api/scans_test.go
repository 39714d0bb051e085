package treeapi

import (
	"context"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
)

// scans builds so many scans of one host, a second apart. They share Facts, as the scans
// of a reader do.
func scans(processes, count int) []*host.Snapshot {
	list := make([]*host.Snapshot, 0, count)
	for i := range count {
		at := time.Hour + time.Duration(i)*time.Second
		table := hosttest.Many(processes, at)
		if i > 0 {
			for at := range table {
				table[at].Facts = list[0].Processes[at].Facts
			}
		}
		list = append(list, hosttest.Snapshot(at, table...))
	}
	return list
}

// turning is a Source that gives each report in turn, so that every request builds.
type turning struct {
	reports []*group.Report
	next    int
}

func newTurning(tb testing.TB, processes int) *turning {
	tb.Helper()
	pair := scans(processes, 2)
	return &turning{reports: []*group.Report{reportOf(tb, pair...), reportOf(tb, pair...)}}
}

func (s *turning) Report(context.Context) (*group.Report, error) {
	s.next++
	return s.reports[s.next%len(s.reports)], nil
}

// stepping is a Source that is a scan further at every call. Two tables take turns under
// a clock that goes on, so that the benchmark need not make them.
type stepping struct {
	tables [2]*group.Report
	calls  int
	last   *host.Snapshot
}

// newStepping makes a host of which so many processes work.
func newStepping(tb testing.TB, processes, working int) *stepping {
	tb.Helper()
	s := &stepping{}
	for i, snapshot := range scans(processes, 2) {
		if i > 0 {
			copy(snapshot.Processes, s.tables[0].Snapshot.Processes)
			for n := range working {
				p := &snapshot.Processes[n*processes/working]
				p.UserTime += time.Duration(n%40+1) * 10 * time.Millisecond
				p.ResidentBytes += uint64(n%3) << 12
			}
		}
		s.tables[i] = reportOf(tb, snapshot)
	}
	return s
}

func (s *stepping) Report(context.Context) (*group.Report, error) {
	s.calls++
	report := *s.tables[s.calls%2]
	snapshot := *report.Snapshot
	snapshot.Taken = hosttest.Epoch.Add(time.Hour + time.Duration(s.calls)*time.Second)
	report.Snapshot, report.Previous = &snapshot, s.last
	s.last = &snapshot
	return &report, nil
}
