package ledger

import (
	"time"

	"proctree/collector/process"
)

// Life is what a recording shows of one process, or of several short-lived ones alike, between two
// moments.
type Life struct {
	// ID has the PID 0 where the entry sums processes that no table shows.
	ID process.ID
	// Processes is how many there are: 1 where ID is set.
	Processes uint64
	// Parent is the PID of the parent when the process was last seen, 0 where it is not known.
	Parent int
	// ParentName is the name of the parent where an event tells it.
	ParentName string
	Name       string
	// Group is the last one, and FirstGroup that of the first table.
	Group, FirstGroup string
	Facts             *process.Facts
	Kernel            bool
	// Clock relates the start to the time of the day.
	Clock process.Clock

	// Born is that it started after the first moment.
	Born bool
	// First and Last are when it was first and last seen.
	First, Last time.Time
	// Ended is the time of the table that showed the end; zero while it runs.
	Ended time.Time
	// Recorded is set if there was an exit record: then an empty Reason means exit code 0.
	Recorded bool
	Reason   string
	Code     int

	// Known says which of the values are known.
	Known process.Fields
	// before is what it had used at the first moment, and now at the last one.
	before, now counters
	// children is what children had used that it waited for: the kernel adds their I/O to that of the
	// parent (wait_task_zombie in kernel/exit.c).
	children counters
	// summed is that it has no entry of its own.
	summed bool

	MemoryFirst, MemoryLast, MemoryPeak uint64
	FDsFirst, FDsLast                   uint64
	ThreadsFirst, ThreadsLast           int
}

// counters are what a process has used since it started.
type counters struct {
	cpu           time.Duration
	read, written uint64
}

// CPU is the CPU time that was used between the two moments.
func (l *Life) CPU() time.Duration { return max(0, l.now.cpu-l.before.cpu) }

// Read is how many bytes it read from storage itself between the two moments.
func (l *Life) Read() uint64 { return below(below(l.now.read, l.before.read), l.children.read) }

// Written is how many bytes it wrote to storage itself between the two moments.
func (l *Life) Written() uint64 {
	return below(below(l.now.written, l.before.written), l.children.written)
}

func below(now, before uint64) uint64 {
	if now < before {
		return 0
	}
	return now - before
}

// Started is when the process started; zero where that is not known.
func (l *Life) Started() time.Time {
	if l.ID.PID == 0 {
		return time.Time{}
	}
	return l.Clock.Time(l.ID.StartTicks)
}

// Crashed reports whether a fault of its own ended it.
func (l *Life) Crashed() bool { return process.Crashed(l.Reason) }

// OOMKilled reports whether the kernel ended it for lack of memory.
func (l *Life) OOMKilled() bool { return l.Reason == process.OOMKilled }

// see takes the values of a table.
func (l *Life) see(p *process.Process, group string, at time.Time) {
	l.Name, l.Group, l.Facts, l.Parent, l.Kernel = p.Name, group, p.Facts, p.PPID, p.Kernel
	l.Known |= p.Known
	if p.Known.Has(process.HasCPU) {
		l.now.cpu = max(l.now.cpu, p.CPUTime())
	}
	l.now.read, l.now.written = max(l.now.read, p.ReadBytes), max(l.now.written, p.WrittenBytes)
	l.MemoryLast, l.FDsLast, l.ThreadsLast = p.ResidentBytes, p.OpenFDs, p.Threads
	l.MemoryPeak = max(l.MemoryPeak, p.ResidentBytes)
	if l.First.IsZero() {
		l.First, l.FirstGroup = at, group
		l.MemoryFirst, l.FDsFirst, l.ThreadsFirst = p.ResidentBytes, p.OpenFDs, p.Threads
	}
	l.Last = at
}

// end takes what an exit record says.
func (l *Life) end(e *process.Exit) {
	l.Recorded, l.Reason, l.Code = true, e.Reason, e.Code
	if e.Name != "" {
		l.Name = e.Name
	}
	if e.Facts != nil && (l.Facts == nil || l.Facts == process.NoFacts) {
		l.Facts = e.Facts
	}
	if l.Parent == 0 {
		l.Parent = e.Parent
	}
	l.Known |= e.Known
	l.now.cpu = max(l.now.cpu, e.UserTime+e.SystemTime)
	l.now.read, l.now.written = max(l.now.read, e.ReadBytes), max(l.now.written, e.WrittenBytes)
}
