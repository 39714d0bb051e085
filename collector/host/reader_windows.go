//go:build amd64 || arm64

package host

import (
	"context"
	"slices"
	"strings"
	"time"

	"proctree/collector/host/ntprocess"
	"proctree/collector/process"
)

// fileTimeSecond is the unit of start ticks: those of FILETIME, 100 ns since 1601.
const fileTimeSecond = 10_000_000

// systemPID is the process of the kernel and its drivers. Number 0 is no process but the
// time that CPUs are idle.
const systemPID = 4

// fileTimeEpoch is tick 0.
func fileTimeEpoch() time.Time { return time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC) }

// ntReader reads the process table of Windows.
type ntReader struct {
	table  *ntTable
	facts  *factsByID
	names  map[process.ID]string
	faults map[process.ID]*faultCounters
	users  *accountNames
}

// NewReader returns a Reader of the process table of Windows.
func NewReader(cfg Config) (Reader, error) {
	cfg = cfg.withDefaults()
	return &ntReader{
		table:  newNTTable(),
		facts:  newFactsByID(),
		names:  make(map[process.ID]string),
		faults: make(map[process.ID]*faultCounters),
		users:  newAccountNames(cfg.Deadline),
	}, nil
}

// Read implements Reader.
func (r *ntReader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	if err := r.table.read(); err != nil {
		return nil, err
	}
	table := r.table.processes
	s := &process.Snapshot{
		Taken:      began,
		Clock:      process.Clock{Epoch: fileTimeEpoch(), TicksPerSecond: fileTimeSecond, Now: fileTimeOf(began)},
		Processes:  make([]process.Process, 0, len(table)),
		ExitSource: process.ExitsNone,
		Reader:     "windows",
		Errors:     make(map[string]uint64),
		System:     readSystem(ctx),
	}
	r.facts.begin()
	for i := range table {
		if table[i].PID != 0 {
			s.Processes = append(s.Processes, r.process(&table[i], s))
		}
	}
	slices.SortFunc(s.Processes, func(a, b process.Process) int { return a.PID - b.PID })
	r.sweep(s)
	s.Duration = time.Since(began)
	return s, nil
}

func (r *ntReader) process(e *ntprocess.Process, s *process.Snapshot) process.Process {
	id := process.ID{PID: int(e.PID), StartTicks: e.CreateTime}
	if id.StartTicks == 0 && !s.System.BootTime.IsZero() {
		id.StartTicks = fileTimeOf(s.System.BootTime)
	}
	p := process.Process{
		ID:            id,
		PPID:          int(e.ParentPID),
		Name:          r.name(id, e),
		State:         stateOfThreads(e.State),
		Known:         process.HasCPU | process.HasMemory | process.HasIO | process.HasOpenFDs | process.HasFaults | process.HasThreads,
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
		c = &faultCounters{}
		r.faults[id] = c
	}
	p.MinorFaults, p.MajorFaults = c.add(e.PageFaults, e.HardFaults)
	p.Facts = process.NoFacts
	if !p.Kernel {
		p.Facts = r.facts.get(id, p.Name, s.Errors, func(k *knownFacts) { r.readFacts(id, k) })
	}
	return p
}

// name decodes the name of a process once.
func (r *ntReader) name(id process.ID, e *ntprocess.Process) string {
	name, ok := r.names[id]
	if !ok {
		name = e.Name()
		r.names[id] = name
	}
	return name
}

func stateOfThreads(s ntprocess.State) process.State {
	switch s {
	case ntprocess.StateRunning:
		return process.Running
	case ntprocess.StateWaiting:
		return process.Sleeping
	case ntprocess.StateSuspended:
		return process.Stopped
	case ntprocess.StateEnded:
		return process.Zombie
	}
	return process.Other
}

// sweep forgets the processes that are not in the snapshot.
func (r *ntReader) sweep(s *process.Snapshot) {
	r.facts.sweep()
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

// Close implements Reader.
func (r *ntReader) Close() error {
	r.users.close()
	return nil
}
