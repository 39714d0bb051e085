package bsd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"proctree/collector/process"
)

// Process is struct kinfo_proc of FreeBSD (sys/user.h), as far as it is used.
type Process struct {
	PID, ParentPID int
	UID            uint32
	Name           string
	// State is the kernel's: one of the constants below.
	State State
	// Kernel marks a process of the kernel itself.
	Kernel  bool
	Nice    int8
	Threads int
	// Start is in microseconds since 1970.
	Start uint64

	VirtualBytes uint64
	// ResidentPages is in pages (getpagesize(3)).
	ResidentPages uint64

	UserTime, SystemTime                   time.Duration
	ChildUserTime, ChildSystemTime         time.Duration
	MinorFaults, MajorFaults               uint64
	VoluntarySwitches, InvoluntarySwitches uint64

	// Known are the values that can be true, and Odd is how many cannot.
	Known process.Fields
	Odd   uint32
}

// State is p_stat (sys/proc.h).
type State uint8

// The states, which macOS numbers in the same way as far as it has them.
const (
	StateIdle State = iota + 1
	StateRunning
	StateSleeping
	StateStopped
	StateZombie
	StateWaiting
	StateLocked
)

// Offsets in struct kinfo_proc where pointers and longs have 64 bits.
const (
	kinfoSize       = 1088
	offSize         = 0
	offPID          = 72
	offParentPID    = 76
	offUID          = 168
	offVirtual      = 256
	offResident     = 264
	offStart        = 336
	offFlag         = 368
	offState        = 388
	offNice         = 389
	offComm         = 447
	commSize        = 20
	offThreads      = 596
	offUsage        = 608
	offUsageOfChild = 752

	// Offsets in struct rusage (getrusage(2)).
	offMinorFaults = 64
	offMajorFaults = 72
	offVoluntary   = 128
	offInvoluntary = 136

	// flagKernel is P_KPROC.
	flagKernel = 4
)

// parseProcesses parses what sysctl kern.proc.proc of 64-bit FreeBSD gives. An entry that is
// odd costs its process, and a field that cannot be true itself; lost is how many there
// were of both. An error means that no entry is what this package knows.
func parseProcesses(buf []byte) (processes []Process, lost uint64, err error) {
	processes = make([]Process, 0, len(buf)/kinfoSize)
	for ; len(buf) >= kinfoSize; buf = buf[kinfoSize:] {
		size := binary.LittleEndian.Uint32(buf[offSize:])
		p := parseProcess(buf[:kinfoSize])
		lost += uint64(p.Odd)
		switch {
		case size != kinfoSize:
			lost++
			err = fmt.Errorf("process table: an entry has %d bytes, not %d", size, kinfoSize)
		case p.PID < 0 || p.ParentPID < 0 || p.Start > math.MaxInt64:
			lost++
			err = errors.New("process table: an entry without identity")
		default:
			processes = append(processes, p)
		}
	}
	if len(buf) > 0 {
		lost++
		err = fmt.Errorf("process table: the last entry: %w", errTruncated)
	}
	if len(processes) > 0 {
		err = nil
	}
	return processes, lost, err
}

func parseProcess(k []byte) Process {
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(k[at:]) }
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(k[at:]) }
	name, _, _ := bytes.Cut(k[offComm:offComm+commSize], []byte{0})
	p := Process{
		PID:       int(int32(u32(offPID))),
		ParentPID: int(int32(u32(offParentPID))),
		UID:       u32(offUID),
		Name:      string(name),
		State:     State(k[offState]),
		Kernel:    u64(offFlag)&flagKernel != 0,
		Nice:      int8(k[offNice]),
		Threads:   int(int32(u32(offThreads))),
		Start:     u64(offStart)*1_000_000 + u64(offStart+8),

		VirtualBytes:  u64(offVirtual),
		ResidentPages: u64(offResident),

		UserTime:            timeval(k[offUsage:]),
		SystemTime:          timeval(k[offUsage+16:]),
		ChildUserTime:       timeval(k[offUsageOfChild:]),
		ChildSystemTime:     timeval(k[offUsageOfChild+16:]),
		MinorFaults:         u64(offUsage + offMinorFaults),
		MajorFaults:         u64(offUsage + offMajorFaults),
		VoluntarySwitches:   u64(offUsage + offVoluntary),
		InvoluntarySwitches: u64(offUsage + offInvoluntary),
	}
	p.judge()
	return p
}

// Bounds of what is believed. Beyond them is what wrapped below zero.
const (
	maxMemory  = 1 << 57
	maxCounter = math.MaxInt64
	maxThreads = 1 << 22
	maxNice    = 20
)

// judge says which values can be true.
func (p *Process) judge() {
	for _, f := range [...]struct {
		field process.Fields
		ok    bool
	}{
		{process.HasUserTime, p.UserTime >= 0},
		{process.HasSystemTime, p.SystemTime >= 0},
		{process.HasChildCPU, p.ChildUserTime >= 0 && p.ChildSystemTime >= 0},
		{process.HasResident, p.ResidentPages <= maxMemory>>12},
		{process.HasVirtual, p.VirtualBytes <= maxMemory},
		{process.HasMinorFaults, p.MinorFaults <= maxCounter},
		{process.HasMajorFaults, p.MajorFaults <= maxCounter},
		{process.HasVoluntary, p.VoluntarySwitches <= maxCounter},
		{process.HasInvoluntary, p.InvoluntarySwitches <= maxCounter},
		{process.HasThreads, p.Threads >= 0 && p.Threads <= maxThreads},
		{process.HasNice, p.Nice >= -maxNice && p.Nice <= maxNice},
	} {
		if f.ok {
			p.Known |= f.field
		} else {
			p.Odd++
		}
	}
	p.Known |= process.HasUID
}

// timeval is seconds and microseconds, of 64 bits each; negative if it cannot be true.
func timeval(b []byte) time.Duration {
	seconds, microseconds := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if seconds >= uint64(math.MaxInt64/time.Second) || microseconds >= 1_000_000 {
		return -1
	}
	return time.Duration(seconds)*time.Second + time.Duration(microseconds)*time.Microsecond
}
