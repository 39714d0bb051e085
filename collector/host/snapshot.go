package host

import (
	"slices"
	"time"
)

// Snapshot is the process table at one moment. It is immutable once a Reader has
// returned it: everybody reads the same one.
type Snapshot struct {
	// Taken is when the scan began; it carries a monotonic reading.
	Taken time.Time
	// Duration is how long the scan took.
	Duration time.Duration
	Clock    Clock
	// Processes is sorted by PID, and no PID is in it twice. A Reader reads them in this
	// order: who accounts for exits has to know whether a parent was read after its child.
	Processes []Process
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
	// Reader names the way the table was read: "procfs", "bpf", "windows", …
	Reader string
	// Errors counts, by reason, what this scan could not read.
	Errors map[string]uint64
	System System
}

// Clock relates start ticks to wall-clock time. Epoch may move between snapshots when
// somebody sets the clock; ticks do not.
type Clock struct {
	// Epoch is the wall-clock time of tick 0: the boot on Linux.
	Epoch time.Time
	// TicksPerSecond is the unit: 100 on Linux (USER_HZ).
	TicksPerSecond uint64
	// Now is the tick at which the scan began.
	Now uint64
}

// Time returns the wall-clock time of a tick.
func (c Clock) Time(tick uint64) time.Time {
	if c.TicksPerSecond == 0 {
		return c.Epoch
	}
	// A Duration holds 292 years, and the ticks of Windows count from 1601.
	whole := c.Epoch.Unix() + int64(tick/c.TicksPerSecond)
	part := time.Duration(tick%c.TicksPerSecond) * time.Second / time.Duration(c.TicksPerSecond)
	return time.Unix(whole, int64(c.Epoch.Nanosecond())).In(c.Epoch.Location()).Add(part)
}

// ByPID returns the process with that PID, or nil. It searches in logarithmic time.
func (s *Snapshot) ByPID(pid int) *Process {
	i, ok := s.Index(pid)
	if !ok {
		return nil
	}
	return &s.Processes[i]
}

// Index returns the place of a PID in Processes.
func (s *Snapshot) Index(pid int) (int, bool) {
	return slices.BinarySearchFunc(s.Processes, pid, func(p Process, pid int) int { return p.PID - pid })
}

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

// ExitSource is the way by which the CPU of short-lived processes is found.
type ExitSource string

// The ways, best first.
const (
	ExitsBPF       ExitSource = "bpf"
	ExitsTaskstats ExitSource = "taskstats"
	// ExitsChildren: no records; the growth of the parents' ChildUserTime and
	// ChildSystemTime tells.
	ExitsChildren ExitSource = "children"
	// ExitsNone: nothing tells.
	ExitsNone ExitSource = "none"
)

// Exit is what one process that ended, or several alike, used since it started. Figures
// are totals of a whole life: whoever saw the process in an earlier snapshot deducts what
// it had used by then, and so must keep the last totals of a process that is missing until
// its record comes.
type Exit struct {
	// ID is the process' identity; its PID is 0 when the record sums several processes,
	// all of which no scan ever saw.
	ID ID
	// Parent is the PID of the parent at the end, 0 if not known.
	Parent int
	Name   string
	Facts  *Facts
	UID    uint32
	// Processes is how many ended: 1 where ID is set.
	Processes                uint64
	Known                    Fields
	UserTime, SystemTime     time.Duration
	ReadBytes, WrittenBytes  uint64
	MinorFaults, MajorFaults uint64
	// Reason is how an abnormal end came about: a signal's name such as "SIGSEGV",
	// "oom_kill" where the kernel killed for lack of memory, or "exit_code"; empty for exit
	// code 0 or where it is not known.
	Reason string
}

// System are the figures of the whole host that come with a scan. Zero means not known
// where a real zero cannot be.
type System struct {
	// BootTime is when the host was started, where Clock.Epoch is not that.
	BootTime time.Time
	// Forks counts processes and threads created since boot (proc_stat(5), processes).
	Forks uint64
	// PIDLimit is the largest number of processes and threads at once
	// (/proc/sys/kernel/pid_max and threads-max, whichever is smaller).
	PIDLimit uint64
	// CPUs is how many CPUs are online.
	CPUs int
	// MemoryTotalBytes and MemoryAvailableBytes are MemTotal and MemAvailable of
	// proc_meminfo(5).
	MemoryTotalBytes, MemoryAvailableBytes uint64
	SwapTotalBytes, SwapFreeBytes          uint64
	// CPUTime is the time all CPUs together were busy and idle since boot (proc_stat(5)).
	CPUBusy, CPUIdle time.Duration
	// Load is the load average over 1, 5 and 15 minutes.
	Load [3]float64
	// Pressure is the share of the last 10 s in which some task waited for the resource,
	// 0 to 1; nil where the kernel does not tell (Documentation/accounting/psi.rst).
	Pressure *Pressure
}

// Pressure is the "some avg10" of /proc/pressure, as ratios from 0 to 1.
type Pressure struct{ CPU, Memory, IO float64 }
