package treetest

import (
	"context"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// Scans builds so many scans of one host, a second apart. They share Facts, as the scans
// of a reader do.
func Scans(processes, count int) []*process.Snapshot {
	list := make([]*process.Snapshot, 0, count)
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

// Turning is a Source that gives each report in turn, so that every request builds.
type Turning struct {
	reports []*group.Report
	next    int
}

// NewTurning returns a source of a host with so many processes.
func NewTurning(tb testing.TB, processes int) *Turning {
	tb.Helper()
	pair := Scans(processes, 2)
	return &Turning{reports: []*group.Report{ReportOf(tb, pair...), ReportOf(tb, pair...)}}
}

// Report returns the next report in turn.
func (s *Turning) Report(context.Context) (*group.Report, error) {
	s.next++
	return s.reports[s.next%len(s.reports)], nil
}

// Stepping is a Source that is a scan further at every call. Two tables take turns under
// a clock that goes on, so that the benchmark need not make them.
type Stepping struct {
	tables [2]*group.Report
	calls  int
	last   *process.Snapshot
}

// NewStepping makes a host of which so many processes work.
func NewStepping(tb testing.TB, processes, working int) *Stepping {
	tb.Helper()
	s := &Stepping{}
	for i, snapshot := range Scans(processes, 2) {
		if i > 0 {
			snapshot.Processes = process.Clone(s.tables[0].Snapshot.Processes)
			for n := range working {
				p := snapshot.Processes[n*processes/working]
				p.UserTime += time.Duration(n%40+1) * 10 * time.Millisecond
				p.ResidentBytes += uint64(n%3) << 12
			}
		}
		s.tables[i] = ReportOf(tb, snapshot)
	}
	return s
}

// Report returns the next scan.
func (s *Stepping) Report(context.Context) (*group.Report, error) {
	s.calls++
	report := *s.tables[s.calls%2]
	snapshot := *report.Snapshot
	snapshot.Taken = hosttest.Epoch.Add(time.Hour + time.Duration(s.calls)*time.Second)
	report.Snapshot, report.Previous = &snapshot, s.last
	s.last = &snapshot
	return &report, nil
}
