package process

import "time"

// EventKind is what happened to a process.
type EventKind uint8

// The kinds. EventFork starts a process, EventExec runs a program in it, EventExit ends it. EventOOMKill
// comes before the exit of a process that the kernel killed because memory ran out. EventLost says how
// many events of a kind were lost. EventControl is an attempt to act on a process by the API.
const (
	EventFork EventKind = iota
	EventExec
	EventExit
	EventOOMKill
	EventLost
	EventControl
	NumEventKinds
)

// LossKinds is the number of kinds that can be lost: the first ones.
const LossKinds = EventExit + 1

var eventKindNames = [NumEventKinds]string{"fork", "exec", "exit", "oom_kill", "lost", "control"}

// String returns the name that the API shows.
func (k EventKind) String() string {
	if int(k) < len(eventKindNames) {
		return eventKindNames[k]
	}
	return ""
}

// ParseEventKind is the inverse of String.
func ParseEventKind(name string) (EventKind, bool) {
	for k, known := range eventKindNames {
		if known == name {
			return EventKind(k), true
		}
	}
	return 0, false
}

// EventKindNames returns the names of all kinds.
func EventKindNames() []string { return eventKindNames[:] }

// MaxEventArgs bounds the arguments of one event, in bytes, with one byte after each argument.
const MaxEventArgs = 512

// Event is what happened to one process, or how often it happened to several: then Count is more than 0
// and the PID is 0.
type Event struct {
	Kind EventKind
	// Lost is the kind of what was lost, for EventLost.
	Lost  EventKind
	Time  time.Time
	Count uint64
	ID    ID
	// Parent is the PID of the parent, 0 if not known.
	Parent int
	Name   string
	UID    uint32
	Kernel bool
	// Facts are what is known of the process; nil is nothing. Cmdline can hold secrets. It has at most
	// MaxEventArgs bytes where Cut is set.
	Facts *Facts
	// Cut is that there were more arguments, or that they were left out because there were too many events.
	Cut bool
	// Attempt is what was tried, for EventControl; else nil.
	Attempt *Attempt
	// Age is the time since the start of the process: at its exit, how long it ran.
	Age time.Duration

	// The rest is of exits. Ended tells that Reason and Code are known; they are those of Exit.
	Ended  bool
	Reason string
	Code   int
	// CPUTime and PeakBytes are absent where they are 0 and Known does not have HasCPU or HasMemory.
	Known     Fields
	CPUTime   time.Duration
	PeakBytes uint64
}

// GroupedEvent is an event with what the configuration makes of it.
type GroupedEvent struct {
	Event
	// Group is the name of the group of the process, "" for none.
	Group string
	// ParentName is the name of the parent, "" where it is not known.
	ParentName string
	// Clock relates ID to the time of the day. It is shared, and nil where it is not known. It is not
	// recorded: a segment has one for all its events.
	Clock *Clock
}

// ClockOrNone returns the clock, and the zero one where none is known.
func (e *GroupedEvent) ClockOrNone() Clock {
	if e.Clock == nil {
		return Clock{}
	}
	return *e.Clock
}

// Summed reports whether it stands for events whose details are not kept.
func (e *GroupedEvent) Summed() bool { return e.Count > 0 && e.Name == "" && e.Kind != EventLost }

// OOMKilled is the Reason of a process that the kernel killed because memory ran out.
const OOMKilled = "oom_kill"

// CutArgs returns the arguments that fit into MaxEventArgs. An argument that does not fit whole is left
// out with those after it: a part of it could show a secret that is masked in the whole.
func CutArgs(args []string) (fit []string, cut bool) {
	left := MaxEventArgs
	for i, arg := range args {
		if left -= len(arg) + 1; left < 0 {
			return args[:i:i], true
		}
	}
	return args, false
}
