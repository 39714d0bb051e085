//go:build amd64 || arm64

package windows

import (
	"context"
	"slices"
	"strings"
	"time"

	"proctree/collector/host/portable"
	"proctree/collector/process"
)

// fileTimeSecond is the unit of start ticks: those of FILETIME, 100 ns since 1601.
const fileTimeSecond = 10_000_000

// systemPID is the process of the kernel and its drivers. Number 0 is no process but the
// time that CPUs are idle.
const systemPID = 4

// fileTimeEpoch is tick 0.
func fileTimeEpoch() time.Time { return time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) }

// Reader reads the process table of Windows.
type Reader struct {
	table  *table
	facts  *portable.Facts
	names  map[process.ID]string
	faults map[process.ID]*portable.Faults
	users  *accountNames
}

// NewReader returns a reader of the process table of Windows. The deadline is that of
// looking up an account.
func NewReader(deadline time.Duration) (*Reader, error) {
	return &Reader{
		table:  newTable(),
		facts:  portable.NewFacts(),
		names:  make(map[process.ID]string),
		faults: make(map[process.ID]*portable.Faults),
		users:  newAccountNames(deadline),
	}, nil
}

// Read takes a snapshot.
func (r *Reader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	if err := r.table.read(); err != nil {
		return nil, err
	}
	table := r.table.processes
	s := &process.Snapshot{
		Taken:      began,
		Clock:      process.Clock{Epoch: fileTimeEpoch(), TicksPerSecond: fileTimeSecond, Now: fileTimeOf(began)},
		Processes:  make([]*process.Process, 0, len(table)),
		ExitSource: process.ExitsNone,
		Reader:     "windows",
		Errors:     make(map[string]uint64),
		System:     portable.ReadSystem(ctx),
	}
	r.facts.Begin()
	if r.table.odd > 0 {
		s.Errors[process.ReasonParse] += r.table.odd
	}
	for i := range table {
		if table[i].PID != 0 {
			s.Processes = append(s.Processes, r.process(&table[i], s))
		}
	}
	slices.SortStableFunc(s.Processes, func(a, b *process.Process) int { return a.PID - b.PID })
	s.Processes = slices.CompactFunc(s.Processes, func(a, b *process.Process) bool { return a.PID == b.PID })
	r.sweep(s)
	s.Duration = time.Since(began)
	return s, nil
}

func (r *Reader) process(e *Process, s *process.Snapshot) *process.Process {
	id := process.ID{PID: int(e.PID), StartTicks: e.CreateTime}
	if id.StartTicks == 0 && !s.System.BootTime.IsZero() {
		id.StartTicks = fileTimeOf(s.System.BootTime)
	}
	p := &process.Process{
		ID:            id,
		PPID:          int(e.ParentPID),
		Name:          r.name(id, e),
		State:         stateOfThreads(e.State),
		Known:         e.Known,
		Threads:       int(e.Threads),
		UserTime:      e.UserTime,
		SystemTime:    e.KernelTime,
		ResidentBytes: e.WorkingSetBytes,
		VirtualBytes:  e.CommitBytes,
		ReadBytes:     e.ReadBytes,
		WrittenBytes:  e.WrittenBytes,
		OpenFDs:       uint64(e.Handles),
	}
	p.Kernel = p.PID == systemPID || (p.PPID == systemPID && !strings.Contains(p.Name, "."))
	c := r.faults[id]
	if c == nil {
		c = &portable.Faults{}
		r.faults[id] = c
	}
	p.MinorFaults, p.MajorFaults = c.Add(e.PageFaults, e.HardFaults)
	p.Facts = process.NoFacts
	if !p.Kernel {
		p.Facts = r.facts.Get(id, p.Name, s.Errors, func(k *portable.Known) { r.readFacts(id, k) })
	}
	return p
}

// name decodes the name of a process once.
func (r *Reader) name(id process.ID, e *Process) string {
	name, ok := r.names[id]
	if !ok {
		name = e.Name()
		r.names[id] = name
	}
	return name
}

func stateOfThreads(s State) process.State {
	switch s {
	case StateRunning:
		return process.Running
	case StateWaiting:
		return process.Sleeping
	case StateSuspended:
		return process.Stopped
	case StateEnded:
		return process.Zombie
	}
	return process.Other
}

// sweep forgets the processes that are not in the snapshot.
func (r *Reader) sweep(s *process.Snapshot) {
	r.facts.Sweep()
	for id := range r.names {
		if s.ByID(id) == nil {
			delete(r.names, id)
			delete(r.faults, id)
		}
	}
}

// fileTimeOf returns a time in units of 100 ns since 1601.
func fileTimeOf(t time.Time) uint64 {
	return uint64((t.Unix()-fileTimeEpoch().Unix())*fileTimeSecond + int64(t.Nanosecond())/100)
}

// Close frees what the reader holds.
func (r *Reader) Close() error {
	r.users.close()
	return nil
}
