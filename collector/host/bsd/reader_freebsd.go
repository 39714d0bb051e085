package bsd

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/portable"
	"proctree/collector/host/users"
	"proctree/collector/process"
)

// Reader reads the process table by one sysctl.
type Reader struct {
	facts *portable.Facts
	users *users.Names
}

// NewReader returns a reader of the process table of FreeBSD. The deadline is that of
// looking up a user.
func NewReader(deadline time.Duration) (*Reader, error) {
	return &Reader{facts: portable.NewFacts(), users: users.New("/", deadline)}, nil
}

// Read takes a snapshot.
func (r *Reader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	table, lost, err := freebsdTable()
	if err != nil {
		return nil, err
	}
	s := &process.Snapshot{
		Taken:      began,
		Clock:      microClock(began),
		Processes:  make([]*process.Process, 0, len(table)),
		ExitSource: process.ExitsChildren,
		Reader:     "freebsd",
		Errors:     make(map[string]uint64),
		System:     portable.ReadSystem(ctx),
	}
	if lost > 0 {
		s.Errors[process.ReasonParse] += lost
	}
	r.facts.Begin()
	for i := range table {
		// Number 0 is the kernel, which is nobody's child; the time of "idle" is that in
		// which CPUs had nothing to do.
		if k := &table[i]; k.PID > 0 && !(k.Kernel && k.Name == "idle") {
			s.Processes = append(s.Processes, r.process(k, s))
		}
	}
	slices.SortStableFunc(s.Processes, func(a, b *process.Process) int { return a.PID - b.PID })
	s.Processes = slices.CompactFunc(s.Processes, func(a, b *process.Process) bool { return a.PID == b.PID })
	r.facts.Sweep()
	s.Duration = time.Since(began)
	return s, nil
}

func freebsdTable() (table []Process, lost uint64, err error) {
	buf, err := unix.SysctlRaw("kern.proc.proc")
	if err != nil {
		return nil, 0, fmt.Errorf("sysctl kern.proc.proc: %w", err)
	}
	return parseProcesses(buf)
}

func (r *Reader) process(k *Process, s *process.Snapshot) *process.Process {
	p := &process.Process{
		ID:                  process.ID{PID: k.PID, StartTicks: k.Start},
		PPID:                k.ParentPID,
		Name:                k.Name,
		State:               stateOfFreeBSD(k.State),
		Kernel:              k.Kernel,
		Known:               k.Known,
		Nice:                k.Nice,
		Threads:             k.Threads,
		UID:                 k.UID,
		UserTime:            k.UserTime,
		SystemTime:          k.SystemTime,
		ChildUserTime:       k.ChildUserTime,
		ChildSystemTime:     k.ChildSystemTime,
		ResidentBytes:       k.ResidentPages * uint64(os.Getpagesize()),
		VirtualBytes:        k.VirtualBytes,
		MinorFaults:         k.MinorFaults,
		MajorFaults:         k.MajorFaults,
		VoluntarySwitches:   k.VoluntarySwitches,
		InvoluntarySwitches: k.InvoluntarySwitches,
		Facts:               process.NoFacts,
	}
	if !p.Kernel {
		p.Facts = r.facts.Get(p.ID, p.Name, s.Errors, func(e *portable.Known) {
			e.Facts, e.Refused = r.readFacts(p)
		})
	}
	return p
}

func stateOfFreeBSD(s State) process.State {
	switch s {
	case StateRunning:
		return process.Running
	case StateSleeping, StateWaiting:
		return process.Sleeping
	case StateLocked:
		return process.Blocked
	case StateStopped:
		return process.Stopped
	case StateZombie:
		return process.Zombie
	}
	return process.Other
}

func (r *Reader) readFacts(p *process.Process) (facts *process.Facts, refused string) {
	facts = &process.Facts{User: r.users.Name(p.UID, time.Now())}
	args, err := unix.SysctlRaw("kern.proc.args", p.PID)
	if err == nil {
		facts.Cmdline = parseList(args)
		facts.Exe, err = unix.SysctlArgs("kern.proc.pathname", p.PID)
	}
	return facts, reasonOfErrno(err)
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
	table, _, err := freebsdTable()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(table, func(k Process) bool { return k.PID == id.PID && k.Start == id.StartTicks }) {
		return nil, fmt.Errorf("process %v: %w", id, process.ErrNoProcess)
	}
	return &process.Detail{}, nil
}
