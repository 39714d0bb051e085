package host

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/bsdprocess"
	"proctree/collector/process"
)

// freebsdReader reads the process table by one sysctl.
type freebsdReader struct {
	facts *factsByID
	users *userNames
}

// NewReader returns a Reader of the process table of FreeBSD.
func NewReader(cfg Config) (Reader, error) {
	cfg = cfg.withDefaults()
	return &freebsdReader{facts: newFactsByID(), users: newUserNames("/", cfg.Deadline)}, nil
}

// Read implements Reader.
func (r *freebsdReader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	table, err := freebsdTable()
	if err != nil {
		return nil, err
	}
	s := &process.Snapshot{
		Taken:      began,
		Clock:      microClock(began),
		Processes:  make([]process.Process, 0, len(table)),
		ExitSource: process.ExitsChildren,
		Reader:     "freebsd",
		Errors:     make(map[string]uint64),
		System:     readSystem(ctx),
	}
	r.facts.begin()
	for i := range table {
		// Number 0 is the kernel, which is nobody's child; the time of "idle" is that in
		// which CPUs had nothing to do.
		if k := &table[i]; k.PID > 0 && !(k.Kernel && k.Name == "idle") {
			s.Processes = append(s.Processes, r.process(k, s))
		}
	}
	slices.SortFunc(s.Processes, func(a, b process.Process) int { return a.PID - b.PID })
	r.facts.sweep()
	s.Duration = time.Since(began)
	return s, nil
}

func freebsdTable() ([]bsdprocess.Process, error) {
	buf, err := unix.SysctlRaw("kern.proc.proc")
	if err != nil {
		return nil, fmt.Errorf("sysctl kern.proc.proc: %w", err)
	}
	return bsdprocess.ParseProcesses(buf)
}

func (r *freebsdReader) process(k *bsdprocess.Process, s *process.Snapshot) process.Process {
	p := process.Process{
		ID:                  process.ID{PID: k.PID, StartTicks: k.Start},
		PPID:                k.ParentPID,
		Name:                k.Name,
		State:               stateOfFreeBSD(k.State),
		Kernel:              k.Kernel,
		Known:               process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasFaults | process.HasSwitches | process.HasThreads | process.HasNice,
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
		p.Facts = r.facts.get(p.ID, p.Name, s.Errors, func(e *knownFacts) {
			e.facts, e.refused = r.readFacts(&p)
		})
	}
	return p
}

func stateOfFreeBSD(s bsdprocess.State) process.State {
	switch s {
	case bsdprocess.StateRunning:
		return process.Running
	case bsdprocess.StateSleeping, bsdprocess.StateWaiting:
		return process.Sleeping
	case bsdprocess.StateLocked:
		return process.Blocked
	case bsdprocess.StateStopped:
		return process.Stopped
	case bsdprocess.StateZombie:
		return process.Zombie
	}
	return process.Other
}

func (r *freebsdReader) readFacts(p *process.Process) (facts *process.Facts, refused string) {
	facts = &process.Facts{User: r.users.name(p.UID, time.Now())}
	args, err := unix.SysctlRaw("kern.proc.args", p.PID)
	if err == nil {
		facts.Cmdline = bsdprocess.ParseList(args)
		facts.Exe, err = unix.SysctlArgs("kern.proc.pathname", p.PID)
	}
	return facts, reasonOfErrno(err)
}

// Close implements Reader.
func (r *freebsdReader) Close() error {
	r.users.close()
	return nil
}

// NewDetailer returns a Detailer that knows only whether a process is there.
func NewDetailer(Config) (Detailer, error) { return freebsdDetailer{}, nil }

type freebsdDetailer struct{}

// Detail implements Detailer.
func (freebsdDetailer) Detail(_ context.Context, id process.ID) (*process.Detail, error) {
	table, err := freebsdTable()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(table, func(k bsdprocess.Process) bool { return k.PID == id.PID && k.Start == id.StartTicks }) {
		return nil, fmt.Errorf("process %v: %w", id, process.ErrNoProcess)
	}
	return &process.Detail{}, nil
}
