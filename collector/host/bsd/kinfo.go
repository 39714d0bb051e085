package bsd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
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

// ParseProcesses parses what sysctl kern.proc.proc of 64-bit FreeBSD gives.
func ParseProcesses(buf []byte) ([]Process, error) {
	processes := make([]Process, 0, len(buf)/kinfoSize)
	for len(buf) > 0 {
		if len(buf) < kinfoSize {
			return processes, fmt.Errorf("process table: entry %d: %w", len(processes), errTruncated)
		}
		if size := binary.LittleEndian.Uint32(buf[offSize:]); size != kinfoSize {
			return processes, fmt.Errorf("process table: entry %d: has %d bytes, want %d", len(processes), size, kinfoSize)
		}
		processes = append(processes, parseProcess(buf[:kinfoSize]))
		buf = buf[kinfoSize:]
	}
	return processes, nil
}

func parseProcess(k []byte) Process {
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(k[at:]) }
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(k[at:]) }
	name, _, _ := bytes.Cut(k[offComm:offComm+commSize], []byte{0})
	return Process{
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
}

// timeval is seconds and microseconds, of 64 bits each.
func timeval(b []byte) time.Duration {
	return time.Duration(binary.LittleEndian.Uint64(b))*time.Second +
		time.Duration(binary.LittleEndian.Uint64(b[8:]))*time.Microsecond
}
