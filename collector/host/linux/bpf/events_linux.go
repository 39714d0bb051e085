package bpf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
)

// EventKind is what happened to a process.
type EventKind uint8

// The kinds, with the numbers of events.bpf.c.
const (
	EventFork EventKind = iota
	EventExec
	EventExit
	eventKinds
)

// The bits of Event.Flags.
const (
	// EventTruncated: there are more arguments than EventArgs bytes.
	EventTruncated = 1 << iota
	// EventNoDetails: the arguments were left out, because the buffer was filling up.
	EventNoDetails
	// EventKernelThread is about a thread of the kernel.
	EventKernelThread
	// EventOOM: the kernel killed the process because memory ran out.
	EventOOM
)

// EventArgs bounds the arguments of one event, in bytes.
const EventArgs = 512

// Event is the part that all events have: times in ns since the boot, numbers in the initial PID
// namespace.
type Event = eventsEvent

// EventExitStatus is what an exit has more: Status as for wait(2), Runtime in ns, Peak in pages.
type EventExitStatus = eventsExitEvent

// EventCounts are how many events there were and how many of them were lost, by kind.
type EventCounts struct{ Counted, Lost [eventKinds]uint64 }

// LostOf returns how many events of all kinds were lost.
func (c *EventCounts) LostOf() (n uint64) {
	for _, lost := range c.Lost {
		n += lost
	}
	return n
}

// Events reads what happens to processes. Not safe for concurrent use, except for Close.
type Events struct {
	objects eventsObjects
	links   []link.Link
	reader  *ringbuf.Reader
	record  ringbuf.Record
}

// LoadEvents starts it. It needs CAP_BPF and CAP_PERFMON.
func LoadEvents() (*Events, error) {
	spec, err := loadEvents()
	if err != nil {
		return nil, fmt.Errorf("read the embedded BPF object: %w", err)
	}
	return startEvents(spec)
}

func startEvents(spec *ebpf.CollectionSpec) (*Events, error) {
	e := &Events{}
	if err := load(spec, &e.objects, nil); err != nil {
		return nil, err
	}
	reader, err := ringbuf.NewReader(e.objects.Events)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the buffer of events: %w", err), e.objects.Close())
	}
	e.reader = reader
	for event, program := range map[string]*ebpf.Program{
		"sched_process_fork": e.objects.ProcessForked,
		"sched_process_exec": e.objects.ProgramExecuted,
		"sched_process_exit": e.objects.ProcessExited,
	} {
		attached, err := link.AttachTracing(link.TracingOptions{Program: program})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("attach to %s: %w", event, err), e.Close())
		}
		e.links = append(e.links, attached)
	}
	return e, nil
}

// lookAtClock is after how many events to look whether the time is over.
const lookAtClock = 1024

// Take gets one event. What it gets is valid only during the call: exit is nil except for exits, args and the
// path of the program are empty except for execs. The path is as it was given: it may be a symbolic link.
type Take func(ev *Event, exit *EventExitStatus, args, exe []byte)

// Read hands over the events of some time.
func (e *Events) Read(wait time.Duration, each Take) error {
	until := time.Now().Add(wait)
	e.reader.SetDeadline(until)
	for n := 1; ; n++ {
		if n%lookAtClock == 0 && time.Now().After(until) {
			return nil
		}
		err := e.reader.ReadInto(&e.record)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case err != nil:
			return fmt.Errorf("read events: %w", err)
		}
		if err := parseEvent(e.record.RawSample, each); err != nil {
			return err
		}
	}
}

const (
	eventBytes = int(unsafe.Sizeof(Event{}))
	exitBytes  = int(unsafe.Sizeof(EventExitStatus{}))
)

// errEvent is returned for a record that the programs cannot have written.
var errEvent = errors.New("an event from the kernel has a wrong size")

// parseEvent reads one record. The buffer aligns records to 8 bytes (linux/bpf.h), and so does a copy.
func parseEvent(b []byte, each Take) error {
	if len(b) < eventBytes {
		return errEvent
	}
	ev := (*Event)(unsafe.Pointer(unsafe.SliceData(b)))
	if EventKind(ev.Kind) == EventExit {
		if len(b) < exitBytes {
			return errEvent
		}
		each(ev, (*EventExitStatus)(unsafe.Pointer(unsafe.SliceData(b))), nil, nil)
		return nil
	}
	args := b[eventBytes:]
	if len(args) < int(ev.Args) {
		return errEvent
	}
	exe := args[ev.Args:]
	if end := bytes.IndexByte(exe, 0); end >= 0 {
		exe = exe[:end]
	}
	each(ev, nil, args[:ev.Args], exe)
	return nil
}

// Counts returns what the kernel has counted. A run of a program that the kernel skipped counts as lost:
// it skips one if the same program is running on that CPU already.
func (e *Events) Counts() (EventCounts, error) {
	var c EventCounts
	// Lost first: it never is more than what was counted.
	if err := errors.Join(e.objects.Lost.Get(&c.Lost), e.objects.Counted.Get(&c.Counted)); err != nil {
		return c, fmt.Errorf("read the counters of events: %w", err)
	}
	for kind, program := range []*ebpf.Program{e.objects.ProcessForked, e.objects.ProgramExecuted, e.objects.ProcessExited} {
		stats, err := program.Stats()
		if err != nil {
			continue // Kernels before Linux 5.12 do not count what they skip.
		}
		c.Counted[kind] += stats.RecursionMisses
		c.Lost[kind] += stats.RecursionMisses
	}
	return c, nil
}

// Close ends it, and a Read that is under way.
func (e *Events) Close() error {
	var errs []error
	for _, attached := range e.links {
		errs = append(errs, attached.Close())
	}
	errs = append(errs, e.reader.Close(), e.objects.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the events: %w", err)
	}
	return nil
}
