package process

import "time"

// A process that has left the table is remembered for so many scans, and for so long, while its
// exit record is still to come: scans can follow each other within milliseconds, and can be
// minutes apart. Readers give records of the dead no later than that, and code that accounts for
// them forgets none sooner.
const (
	RememberScans = 3
	RememberFor   = 10 * time.Second
)

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

// Exit is what one process that ended, or several alike, used since it started. Values
// are totals of a whole life: a reader that saw the process in an earlier snapshot deducts what
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
	CPUWait                  time.Duration
	Delays                   Delays
	ReadBytes, WrittenBytes  uint64
	MinorFaults, MajorFaults uint64
	Network                  *Network
	// Reason is how an abnormal end came about: a signal's name such as "SIGSEGV",
	// "oom_kill" where the kernel killed for lack of memory, or "exit_code"; empty for exit
	// code 0 or where it is not known.
	Reason string
	// Code is the exit code where the Reason is "exit_code" and the source gives it; 0 is not known.
	Code int
}

// CPU returns the CPU time by mode.
func (e *Exit) CPU() CPU { return CPU{e.UserTime, e.SystemTime} }

// SetCPU sets the CPU time of both modes.
func (e *Exit) SetCPU(c CPU) { e.UserTime, e.SystemTime = c.User, c.System }

// Crashed reports whether a Reason is a signal that a program gets for a fault of its own (signal(7)).
func Crashed(reason string) bool {
	switch reason {
	case "SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP", "SIGXCPU", "SIGXFSZ":
		return true
	}
	return false
}
