package bsd

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"proctree/collector/host/portable"
	"proctree/collector/host/users"
	"proctree/collector/process"
)

// Reader reads the process table by one sysctl, and what the kernel keeps apart from
// it by proc_info, the system call behind libproc: CPU time, memory and I/O.
type Reader struct {
	facts  *portable.Facts
	faults map[process.ID]*portable.Faults
	users  *users.Names
	// ticksPerSecond is the unit of the CPU times.
	ticksPerSecond uint64
	buffer         [usageSize]byte
}

// NewReader returns a reader of the process table of macOS. The deadline is that of
// looking up a user.
func NewReader(deadline time.Duration) (*Reader, error) {
	frequency, err := unix.SysctlUint64("hw.tbfrequency")
	if err != nil {
		return nil, fmt.Errorf("sysctl hw.tbfrequency: %w", err)
	}
	return &Reader{
		facts:          portable.NewFacts(),
		faults:         make(map[process.ID]*portable.Faults),
		users:          users.New("/", deadline),
		ticksPerSecond: frequency,
	}, nil
}

// Read takes a snapshot.
func (r *Reader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	table, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, fmt.Errorf("sysctl kern.proc.all: %w", err)
	}
	s := &process.Snapshot{
		Taken:      began,
		Clock:      microClock(began),
		Processes:  make([]*process.Process, 0, len(table)),
		ExitSource: process.ExitsNone,
		Reader:     "darwin",
		Errors:     make(map[string]uint64),
		System:     portable.ReadSystem(ctx),
	}
	r.facts.Begin()
	for i := range table {
		// Number 0 is the kernel, which is nobody's child and no process of the system.
		if table[i].Proc.P_pid > 0 {
			s.Processes = append(s.Processes, r.process(&table[i], s))
		}
	}
	slices.SortFunc(s.Processes, func(a, b *process.Process) int { return a.PID - b.PID })
	r.facts.Sweep()
	for id := range r.faults {
		if s.ByID(id) == nil {
			delete(r.faults, id)
		}
	}
	s.Duration = time.Since(began)
	return s, nil
}

func (r *Reader) process(k *unix.KinfoProc, s *process.Snapshot) *process.Process {
	start := k.Proc.P_starttime
	p := &process.Process{
		ID:    process.ID{PID: int(k.Proc.P_pid), StartTicks: uint64(start.Sec)*microsecond + uint64(start.Usec)},
		PPID:  int(k.Eproc.Ppid),
		Name:  unix.ByteSliceToString(k.Proc.P_comm[:]),
		State: process.Other,
		Known: process.HasNice | process.HasUID,
		Nice:  k.Proc.P_nice,
		UID:   k.Eproc.Ucred.Uid,
	}
	switch State(k.Proc.P_stat) {
	case StateZombie:
		p.State = process.Zombie
	case StateStopped:
		p.State = process.Stopped
	}
	if p.State != process.Zombie {
		if reason := reasonOfErrno(r.addUsage(p)); reason != "" {
			s.Errors[reason]++
		}
	}
	p.Facts = r.facts.Get(p.ID, p.Name, s.Errors, func(e *portable.Known) {
		e.Facts, e.Refused = r.readFacts(p)
	})
	return p
}

// addUsage adds what proc_info tells.
func (r *Reader) addUsage(p *process.Process) error {
	buf, err := r.procInfo(callPIDInfo, p.PID, flavorTaskInfo, taskSize)
	if err != nil {
		return err
	}
	task, err := parseTask(buf)
	if err != nil {
		return fmt.Errorf("process %d: task: %w", p.PID, err)
	}
	c := r.faults[p.ID]
	if c == nil {
		c = &portable.Faults{}
		r.faults[p.ID] = c
	}
	p.MinorFaults, p.MajorFaults = c.Add(task.Faults, task.Pageins)
	p.UserTime = tickTime(task.UserTime, r.ticksPerSecond)
	p.SystemTime = tickTime(task.SystemTime, r.ticksPerSecond)
	p.ResidentBytes, p.VirtualBytes, p.Threads = task.ResidentBytes, task.VirtualBytes, task.Threads
	p.Known |= process.HasFaults | task.Known()
	for field, took := range map[process.Fields]time.Duration{process.HasUserTime: p.UserTime, process.HasSystemTime: p.SystemTime} {
		if took < math.MaxInt64 {
			p.Known |= field
		}
	}
	if p.State == process.Other {
		p.State = process.Sleeping
		if task.Running > 0 {
			p.State = process.Running
		}
	}
	if buf, err = r.procInfo(callPIDUsage, p.PID, flavorUsageV2, usageSize); err != nil {
		return err
	}
	usage, err := parseUsage(buf)
	if err != nil {
		return fmt.Errorf("process %d: usage: %w", p.PID, err)
	}
	p.ReadBytes, p.WrittenBytes = usage.ReadBytes, usage.WrittenBytes
	p.Known |= process.HasIO
	return nil
}

// The calls of proc_info and their flavors (xnu, bsd/sys/proc_info.h, bsd/sys/resource.h).
const (
	callPIDInfo    = 2
	flavorTaskInfo = 4
	callPIDUsage   = 9
	flavorUsageV2  = 2
)

// procInfo makes the system call and returns the buffer that it has filled.
func (r *Reader) procInfo(call, pid, flavor, size int) ([]byte, error) {
	_, _, errno := unix.Syscall6(unix.SYS_PROC_INFO, uintptr(call), uintptr(pid), uintptr(flavor), 0,
		uintptr(unsafe.Pointer(&r.buffer[0])), uintptr(size))
	if errno != 0 {
		return nil, fmt.Errorf("process %d: proc_info %d: %w", pid, call, errno)
	}
	return r.buffer[:size], nil
}

func (r *Reader) readFacts(p *process.Process) (facts *process.Facts, refused string) {
	facts = &process.Facts{User: r.users.Name(p.UID, time.Now())}
	buf, err := unix.SysctlRaw("kern.procargs2", p.PID)
	if err != nil {
		return facts, reasonOfErrno(err)
	}
	if facts.Exe, facts.Cmdline, err = parseArguments(buf); err != nil {
		return facts, process.ReasonParse
	}
	return facts, ""
}

// Close frees what the reader holds.
func (r *Reader) Close() error {
	r.users.Close()
	return nil
}

// Detailer tells only whether a process is there.
type Detailer struct{}

// NewDetailer returns a detailer.
func NewDetailer() *Detailer { return &Detailer{} }

// Detail returns an empty Detail, or ErrNoProcess.
func (*Detailer) Detail(_ context.Context, id process.ID) (*process.Detail, error) {
	table, err := unix.SysctlKinfoProcSlice("kern.proc.pid", id.PID)
	if err != nil {
		return nil, fmt.Errorf("sysctl kern.proc.pid: %w", err)
	}
	for i := range table {
		start := table[i].Proc.P_starttime
		if uint64(start.Sec)*microsecond+uint64(start.Usec) == id.StartTicks {
			return &process.Detail{}, nil
		}
	}
	return nil, fmt.Errorf("process %v: %w", id, process.ErrNoProcess)
}
