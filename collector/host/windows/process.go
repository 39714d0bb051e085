// Package windows reads the process table of 64-bit Windows, which
// NtQuerySystemInformation(SystemProcessInformation) writes as a whole into one buffer. Its
// parser is a pure function of bytes, and is built and tested on every system.
//
// The layout is that of SYSTEM_PROCESS_INFORMATION and SYSTEM_THREAD_INFORMATION in
// Microsoft's winternl.h and, for the members reserved there, in phnt's ntexapi.h.
package windows

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf16"

	"proctree/collector/process"
)

// Process is one entry of the table.
type Process struct {
	PID, ParentPID uint64
	// CreateTime is in units of 100 ns since 1601 (FILETIME); 0 for what was never created,
	// such as the idle process.
	CreateTime           uint64
	UserTime, KernelTime time.Duration
	Threads, Handles     uint32
	State                State
	// PageFaults counts all page faults, HardFaults those that had to be read from disk.
	// Both wrap round at 32 bits.
	PageFaults, HardFaults uint32
	// WorkingSetBytes is the resident memory, CommitBytes what of the private memory counts
	// against the commit limit (PagefileUsage).
	WorkingSetBytes, CommitBytes uint64
	// ReadBytes and WrittenBytes are those of all I/O: files, network, pipes, devices.
	ReadBytes, WrittenBytes uint64
	// Known are the values that can be true, and Odd is how many cannot, or could not be read.
	Known process.Fields
	Odd   uint32

	// name is the image's name in UTF-16, and entry all there is, within the buffer that
	// was parsed.
	name, entry []byte
}

// State is what the threads of a process are doing.
type State uint8

// The states of a process.
const (
	// StateUnknown: the table does not tell.
	StateUnknown State = iota
	// StateRunning: a thread is on a CPU or ready for one.
	StateRunning
	// StateWaiting: all threads wait.
	StateWaiting
	// StateSuspended: all threads are suspended.
	StateSuspended
	// StateEnded: no thread is left; somebody holds a handle of the process.
	StateEnded
)

// Name decodes the image's name; it has to be called before the buffer is used again.
func (p *Process) Name() string {
	units := make([]uint16, len(p.name)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(p.name[2*i:])
	}
	return string(utf16.Decode(units))
}

// Offsets in SYSTEM_PROCESS_INFORMATION.
const (
	offNext           = 0
	offThreads        = 4
	offPrivateSet     = 8
	offHardFaults     = 16
	offCreateTime     = 32
	offUserTime       = 40
	offKernelTime     = 48
	offNameLength     = 56
	offNamePointer    = 64
	offPID            = 80
	offParentPID      = 88
	offHandles        = 96
	offVirtual        = 120
	offPageFaults     = 128
	offPeakWorkingSet = 136
	offWorkingSet     = 144
	offPagefile       = 184
	offPeakPagefile   = 192
	offOperations     = 208
	offReadBytes      = 232
	offWriteBytes     = 240
	offOtherBytes     = 248
	entrySize         = 256
)

// Offsets in SYSTEM_THREAD_INFORMATION, of which one for each thread follows the entry.
const (
	offThreadKernelTime = 0
	offThreadUserTime   = 8
	offThreadID         = 48
	offThreadState      = 68
	offWaitReason       = 72
	threadSize          = 80
)

var errTruncated = errors.New("truncated")

// Parse appends the entries of a buffer that was at the address base when the kernel
// filled it. The entries refer to the buffer. A field that cannot be true costs itself, an
// entry without identity its process. An error means that the next entry cannot be found;
// the entries before it are returned.
func Parse(into []Process, buf []byte, base uint64) ([]Process, error) {
	for at := 0; ; {
		entry := buf[at:]
		if len(entry) < entrySize {
			return into, fmt.Errorf("process table: entry at %d: %w", at, errTruncated)
		}
		next := int(binary.LittleEndian.Uint32(entry[offNext:]))
		switch {
		case next == 0:
		case next < entrySize || next > len(entry):
			return into, fmt.Errorf("process table: entry at %d: next entry after %d bytes", at, next)
		default:
			entry = entry[:next]
		}
		p := parseEntry(entry)
		var ok bool
		if p.name, ok = nameOf(entry, buf, base); !ok {
			p.Odd++
		}
		into = append(into, p)
		if next == 0 {
			return into, nil
		}
		at += next
	}
}

func parseEntry(entry []byte) Process {
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(entry[at:]) }
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(entry[at:]) }
	p := Process{
		PID:             u64(offPID),
		ParentPID:       u64(offParentPID),
		CreateTime:      u64(offCreateTime),
		UserTime:        ticks(u64(offUserTime)),
		KernelTime:      ticks(u64(offKernelTime)),
		Threads:         u32(offThreads),
		Handles:         u32(offHandles),
		State:           stateOf(entry[entrySize:], u32(offThreads)),
		PageFaults:      u32(offPageFaults),
		HardFaults:      u32(offHardFaults),
		WorkingSetBytes: u64(offWorkingSet),
		CommitBytes:     u64(offPagefile),
		ReadBytes:       u64(offReadBytes),
		WrittenBytes:    u64(offWriteBytes),
		entry:           entry,
	}
	p.judge(u64(offUserTime), u64(offKernelTime))
	return p
}

// Bounds of what is believed. Beyond them is what wrapped below zero.
const (
	maxTicks   = uint64(math.MaxInt64 / 100)
	maxMemory  = 1 << 57
	maxCounter = math.MaxInt64
	// maxCount is more threads and handles than a process can have.
	maxCount = 1 << 26
)

// judge says which values can be true. The times are in units of 100 ns.
func (p *Process) judge(user, kernel uint64) {
	for _, f := range [...]struct {
		field       process.Fields
		value, most uint64
	}{
		{process.HasUserTime, user, maxTicks},
		{process.HasSystemTime, kernel, maxTicks},
		{process.HasResident, p.WorkingSetBytes, maxMemory},
		{process.HasVirtual, p.CommitBytes, maxMemory},
		{process.HasReadBytes, p.ReadBytes, maxCounter},
		{process.HasWrittenBytes, p.WrittenBytes, maxCounter},
		{process.HasThreads, uint64(p.Threads), maxCount},
		{process.HasOpenFDs, uint64(p.Handles), maxCount},
	} {
		if f.value <= f.most {
			p.Known |= f.field
		} else {
			p.Odd++
		}
	}
	p.Known |= process.HasFaults // Of any 32 bits.
}

// HasIdentity reports whether the numbers of the process and its start can be true.
func (p *Process) HasIdentity() bool {
	return p.PID <= math.MaxInt32 && p.ParentPID <= math.MaxInt32 && p.CreateTime <= math.MaxInt64
}

// ticks converts units of 100 ns.
func ticks(n uint64) time.Duration { return time.Duration(min(n, maxTicks)) * 100 }

// nameOf returns the bytes that ImageName, a UNICODE_STRING, points at; ok is false if they
// are outside of the buffer.
func nameOf(entry, buf []byte, base uint64) (name []byte, ok bool) {
	length := uint64(binary.LittleEndian.Uint16(entry[offNameLength:]))
	if length == 0 {
		return nil, true
	}
	at := binary.LittleEndian.Uint64(entry[offNamePointer:]) - base
	size := uint64(len(buf))
	if at > size || length > size-at {
		return nil, false
	}
	return buf[at : at+length : at+length], true
}

// KTHREAD_STATE and KWAIT_REASON.
const (
	threadReady         = 1
	threadRunning       = 2
	threadStandby       = 3
	threadWaiting       = 5
	threadTransition    = 6
	threadDeferredReady = 7

	waitSuspended = 5
)

// stateOf sums up the states of so many threads.
func stateOf(threads []byte, count uint32) State {
	if count == 0 {
		return StateEnded
	}
	waiting, suspended := uint32(0), uint32(0)
	for i := uint32(0); i < count && len(threads) >= threadSize; i, threads = i+1, threads[threadSize:] {
		switch stateOfThread(threads) {
		case StateRunning:
			return StateRunning
		case StateSuspended:
			waiting++
			suspended++
		case StateWaiting:
			waiting++
		}
	}
	switch {
	case suspended == count:
		return StateSuspended
	case waiting > 0:
		return StateWaiting
	}
	return StateUnknown
}

func stateOfThread(thread []byte) State {
	switch binary.LittleEndian.Uint32(thread[offThreadState:]) {
	case threadReady, threadRunning, threadStandby, threadDeferredReady:
		return StateRunning
	case threadWaiting, threadTransition:
		if binary.LittleEndian.Uint32(thread[offWaitReason:]) == waitSuspended {
			return StateSuspended
		}
		return StateWaiting
	}
	return StateUnknown
}
