package events

import (
	"slices"

	"proctree/collector/group"
	"proctree/collector/process"
)

// addScan adds the differences between two scans.
func (l *Log) addScan(report *group.Report) {
	var entries []Entry
	if report.Previous != nil {
		entries = appendStarted(entries, report)
	}
	for i := range report.Ended {
		entries = appendEnded(entries, report, &report.Ended[i])
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range entries {
		e := &entries[i]
		if e.Kind < process.LossKinds {
			l.stats.Read[e.Kind] += weight(&e.Event)
		}
		l.ring.add(e)
	}
	if report.Previous != nil {
		l.addLost(process.EventExit, report.Snapshot.ExitsLost)
	}
}

// appendStarted appends the processes that are new, or run another program than before. A new one that runs
// its parent's program was only forked.
func appendStarted(into []Entry, report *group.Report) []Entry {
	s := report.Snapshot
	before := process.NewCursor(report.Previous.Processes)
	for i, p := range s.Processes {
		old := before.Find(p.ID)
		if old != nil && (old.Facts == p.Facts || !anotherProgram(old, p)) {
			continue
		}
		name, shown := report.GroupOf(i)
		if !shown {
			continue
		}
		e := Entry{Event: process.Event{
			Kind: process.EventExec, Time: s.Taken.Round(0), ID: p.ID, Parent: p.PPID, Name: p.Name, UID: p.UID, Kernel: p.Kernel, Facts: p.Facts,
		}, Group: name}
		started := s.StartTime(p)
		parent := parentOf(report, p.PPID, p.ID)
		if old == nil {
			e.Time = started
			if parent != nil && parent.Name == p.Name && !anotherProgram(parent, p) {
				e.Kind = process.EventFork
			}
		}
		e.Age = max(0, e.Time.Sub(started))
		e.Parent, e.ParentName = visible(report, p.PPID, parent)
		into = append(into, e)
	}
	return into
}

// anotherProgram reports whether a process runs another program than one before it, as far as scans show.
func anotherProgram(old, now *process.Process) bool {
	if now.Facts.Exe == "" && len(now.Facts.Cmdline) == 0 {
		return false // It is ending, or a thread of the kernel.
	}
	return old.Facts.Exe != now.Facts.Exe || !slices.Equal(old.Facts.Cmdline, now.Facts.Cmdline)
}

// appendEnded appends an end. Where there are records, the end without one is left out: the record follows.
func appendEnded(into []Entry, report *group.Report, ended *group.Ended) []Entry {
	s := report.Snapshot
	recorded := s.ExitSource == process.ExitsBPF || s.ExitSource == process.ExitsTaskstats
	if recorded && !ended.Recorded {
		return into
	}
	e := Entry{Event: process.Event{
		Kind: process.EventExit, Time: s.Taken.Round(0), ID: ended.ID, Parent: ended.Parent, Name: ended.Name, UID: ended.UID, Facts: ended.Facts,
		Ended: ended.Recorded, Reason: ended.Reason, Code: ended.Code, Known: ended.Known & process.HasCPU, CPUTime: ended.UserTime + ended.SystemTime,
	}, Group: ended.Group}
	if e.Facts == nil {
		e.Facts = process.NoFacts
	}
	var parent *process.Process
	if e.ID.PID == 0 {
		e.Count = max(1, ended.Processes)
		parent = s.ByPID(ended.Parent)
	} else {
		e.Age = max(0, e.Time.Sub(s.Clock.Time(e.ID.StartTicks)))
		parent = parentOf(report, ended.Parent, e.ID)
	}
	e.Parent, e.ParentName = visible(report, ended.Parent, parent)
	if e.Reason == process.OOMKilled {
		killed := e
		killed.Kind = process.EventOOMKill
		into = append(into, killed)
	}
	return append(into, e)
}

// parentOf returns the process with a PID that can be the parent of another one, in this scan or in the one
// before.
func parentOf(report *group.Report, pid int, child process.ID) *process.Process {
	for _, s := range []*process.Snapshot{report.Snapshot, report.Previous} {
		if s == nil || pid <= 0 {
			continue
		}
		if p := s.ByPID(pid); p != nil && p.CanParent(child) {
			return p
		}
	}
	return nil
}

// visible returns what may be shown of a parent: nothing of a process that is excluded, or that
// cannot be the parent.
func visible(report *group.Report, pid int, parent *process.Process) (int, string) {
	if i, ok := report.Snapshot.Index(pid); ok {
		if _, shown := report.GroupOf(i); !shown || parent == nil {
			return 0, ""
		}
	}
	if parent == nil {
		return pid, ""
	}
	return pid, parent.Name
}
