package process

import (
	"slices"
	"time"
)

// Snapshot is the process table at one moment. It is immutable once a Reader has
// returned it: everybody reads the same one.
type Snapshot struct {
	// Serial counts the snapshots of a Reader, from 1 on; 0 where nobody counts, and then no
	// process is known to be unchanged.
	Serial uint64
	// Taken is when the scan began; it carries a monotonic reading.
	Taken time.Time
	// Duration is how long the scan took.
	Duration time.Duration
	Clock    Clock
	// Processes is sorted by PID, and no PID is in it twice. A Reader reads them in this
	// order: who accounts for exits has to know whether a parent was read after its child.
	// Snapshots share the processes that have not changed between them, so that a scan costs
	// only what has changed. To change a value, copy the process first (Clone).
	Processes []*Process
	// Exits are the records of processes that ended, where ExitSource gives any. Each
	// record is in exactly one snapshot, and never in one whose table still shows the
	// process, be it as a zombie. Mostly it comes with the first snapshot in which the
	// process is missing; it can come with a later one, for the kernel closes the account
	// a moment (tens of milliseconds) after the process has left the table.
	Exits []Exit
	// ExitSource is where the CPU of processes that ended between two scans comes from.
	ExitSource ExitSource
	// ExitsLost counts the exit records that were lost since the previous snapshot.
	ExitsLost uint64
	// Reader names the way the table was read: ReaderWalk, ReaderIterator, ReaderProcfs, or
	// the name of a system.
	Reader string
	// Errors counts, by reason, what this scan could not read.
	Errors map[string]uint64
	System System
	// GPUs is what processes use of GPUs.
	GPUs GPUs
	// Cgroups are the control groups with a limit in which, or below which, processes are, by
	// their paths. It is nil where nobody reads them, or none has a limit.
	Cgroups map[string]CgroupUsage
	// CgroupsErr names what could not be read of them, nil if nothing was lost; CgroupsLost
	// is how many lines and files.
	CgroupsErr  error
	CgroupsLost uint64
	// Pressures are of the control groups of units, containers and pods in which tasks waited
	// longest, by their paths; nil where nobody reads them. PressuresErr names what could not be
	// read of them.
	Pressures    []CgroupPressure
	PressuresErr error
}

// The ways to read the process table of Linux, for Snapshot.Reader and the configuration.
const (
	// ReaderBPF is either of the next two.
	ReaderBPF = "bpf"
	// ReaderWalk is a program in the kernel that writes only what has changed since it ran
	// last.
	ReaderWalk = "walk"
	// ReaderIterator is an iterator in the kernel.
	ReaderIterator = "iterator"
	// ReaderProcfs reads the files of every process.
	ReaderProcfs = "procfs"
)

// ByPID returns the process with that PID, or nil. It searches in logarithmic time.
func (s *Snapshot) ByPID(pid int) *Process {
	i, ok := s.Index(pid)
	if !ok {
		return nil
	}
	return s.Processes[i]
}

// Index returns the place of a PID in Processes.
func (s *Snapshot) Index(pid int) (int, bool) {
	return slices.BinarySearchFunc(s.Processes, pid, func(p *Process, pid int) int { return p.PID - pid })
}

// Unchanged reports whether p, a process of this snapshot, is as it was in the snapshot before
// (Serial one less). If it returns false, p may be unchanged all the same.
func (s *Snapshot) Unchanged(p *Process) bool { return p.Since > 0 && p.Since < s.Serial }

// ByID returns the process with that identity, or nil: a reused PID does not match.
func (s *Snapshot) ByID(id ID) *Process {
	p := s.ByPID(id.PID)
	if p == nil || p.StartTicks != id.StartTicks {
		return nil
	}
	return p
}

// StartTime returns the wall-clock time at which p started.
func (s *Snapshot) StartTime(p *Process) time.Time { return s.Clock.Time(p.StartTicks) }

// BootTime returns when the host was started; zero if it is not known.
func (s *Snapshot) BootTime() time.Time {
	if !s.System.BootTime.IsZero() {
		return s.System.BootTime
	}
	return s.Clock.Epoch
}
