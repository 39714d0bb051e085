// Package exits has the accounts of processes that ended, from BPF programs or from
// taskstats, and makes of them the records of a snapshot.
package exits

import (
	"maps"
	"slices"
	"time"

	"proctree/collector/host/linux/facts"
	"proctree/collector/process"
)

// Source has the accounts of processes that ended.
type Source interface {
	// PassBegins and passEnded enclose every pass over the process table.
	PassBegins() error
	PassEnded() error
	// Drain hands each account to the ledger once.
	Drain(*Ledger) error
	// Lost is how many accounts were lost since the last call.
	Lost() uint64
	Name() process.ExitSource
	Close() error
}

// A process that left the table is remembered for so many scans, and for so long, while its
// account is still to come.
const (
	rememberGone    = process.RememberScans
	rememberGoneFor = process.RememberFor
)

// sameStart is how far apart two tellings of a process' start can be, of which one is in
// whole seconds.
const sameStart = 2 * time.Second

// Ledger turns the accounts of processes that ended into the records of a snapshot. It
// knows what the scans have shown of them.
type Ledger struct {
	facts *facts.Cache
	now   time.Time
	scan  uint64
	// table is the scan that has just been made.
	table *process.Snapshot
	// gone left the table in one of the last scans, and have no account yet.
	gone map[process.ID]goneProcess
	// goneByPID is the last of them that had the PID.
	goneByPID map[int]process.ID
	// early are records of processes that the table still shows.
	early   map[process.ID]process.Exit
	records []process.Exit
	// Lost are those remembered whose account never came.
	Lost   uint64
	groups cgroupNames
	made   map[exitFactsKey]*process.Facts
}

// goneProcess is what the last scan that saw a process showed.
type goneProcess struct {
	process.Process
	scan uint64
	at   time.Time
}

// NewLedger returns a ledger that has seen nothing.
func NewLedger(facts *facts.Cache) *Ledger {
	return &Ledger{
		facts: facts, gone: make(map[process.ID]goneProcess), goneByPID: make(map[int]process.ID), early: make(map[process.ID]process.Exit),
		made: make(map[exitFactsKey]*process.Facts),
	}
}

// Begin takes the next scan. cgroups are the control groups' ids by the index of its
// processes, nil where they are not known.
func (l *Ledger) Begin(previous []*process.Process, s *process.Snapshot, cgroups []uint64) {
	l.Start(s, cgroups)
	l.compare(previous)
}

// Start is begin for who knows which processes have left the table, and tells by leaves.
func (l *Ledger) Start(s *process.Snapshot, cgroups []uint64) {
	l.scan++
	l.table, l.now = s, s.Taken
	l.groups.begin(s.Processes, cgroups)
	maps.DeleteFunc(l.gone, func(id process.ID, _ goneProcess) bool { return s.ByID(id) != nil })
}

// compare finds out which processes of the last scan are not in this one.
func (l *Ledger) compare(previous []*process.Process) {
	now := process.NewCursor(l.table.Processes)
	for i := range previous {
		if p := previous[i]; now.Find(p.ID) == nil {
			l.Leaves(p)
		}
	}
}

// Leaves remembers a process that the last scan saw and this one does not.
func (l *Ledger) Leaves(p *process.Process) {
	l.gone[p.ID] = goneProcess{*p, l.scan, l.now}
	l.goneByPID[p.PID] = p.ID
}

// seen returns what the last scan before its end showed of a process, nil if none saw it.
func (l *Ledger) seen(id process.ID) *process.Process {
	if p := l.table.ByID(id); p != nil {
		return p
	}
	if p, ok := l.gone[id]; ok {
		return &p.Process
	}
	return nil
}

// seenAs is seen for a source that gives no start in ticks: began is in whole seconds of a
// clock that may be set, and zero if it is not known.
func (l *Ledger) seenAs(pid int, began time.Time) *process.Process {
	same := func(p *process.Process) bool {
		return began.IsZero() || l.table.Clock.Time(p.StartTicks).Sub(began).Abs() <= sameStart
	}
	if p := l.table.ByPID(pid); p != nil && same(p) {
		return p
	}
	if p, ok := l.gone[l.goneByPID[pid]]; ok && same(&p.Process) {
		return &p.Process
	}
	return nil
}

// add takes the record of one process, or of several that no scan saw.
func (l *Ledger) add(e process.Exit) {
	if e.ID.PID != 0 && l.table.ByID(e.ID) != nil {
		l.early[e.ID] = e
		return
	}
	delete(l.gone, e.ID)
	l.records = append(l.records, e)
}

// Finish returns the records that are due.
func (l *Ledger) Finish() []process.Exit {
	for id, e := range l.early {
		if l.table.ByID(id) == nil {
			delete(l.early, id)
			l.add(e)
		}
	}
	maps.DeleteFunc(l.gone, func(_ process.ID, p goneProcess) bool {
		if l.scan-p.scan < rememberGone || l.now.Sub(p.at) < rememberGoneFor {
			return false
		}
		l.Lost++
		return true
	})
	maps.DeleteFunc(l.goneByPID, func(_ int, id process.ID) bool { _, ok := l.gone[id]; return !ok })
	records := l.records
	l.records = nil
	slices.SortStableFunc(records, func(a, b process.Exit) int { return a.ID.Compare(b.ID) })
	return records
}
