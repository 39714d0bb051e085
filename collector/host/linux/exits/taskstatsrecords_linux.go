package exits

import (
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// Drain hands over the processes that ended before the pass began, and forgets threads of
// processes of which the end was not heard.
func (x *taskstatsExits) Drain(l *Ledger) error {
	x.mu.Lock()
	ended := x.due
	x.due = nil
	for pid, p := range x.living {
		if l.table.ByPID(pid) == nil && l.now.Sub(p.began) > time.Minute {
			delete(x.living, pid)
		}
	}
	x.mu.Unlock()
	countDelays := x.proc != nil && procfs.CountsDelays(x.proc)
	sums := make(exitSums)
	for i := range ended {
		l.addTask(&ended[i], x.countIO, countDelays, sums)
	}
	for _, sum := range sums {
		sum.SetCPU(sum.times.Split(process.CPU{}))
		l.add(sum.Exit)
	}
	return nil
}

// exitSums are the records of processes that no scan saw, by what they have in common.
type exitSums map[exitSumKey]*exitSum

// exitSum has the CPU times apart from the record until all are added up: the more samples,
// the better the split between user and system mode.
type exitSum struct {
	process.Exit
	times process.CPUAccount
}

type exitSumKey struct {
	name, reason string
	uid          uint32
	parent       int
	facts        *process.Facts
}

// addTask takes what the kernel said of a process.
func (l *Ledger) addTask(p *endedProcess, countIO, countDelays bool, sums exitSums) {
	record := process.Exit{
		Parent:      p.ppid,
		Name:        l.facts.Intern([]byte(p.name)),
		UID:         p.uid,
		Processes:   1,
		Known:       process.HasCPU | process.HasFaults,
		MinorFaults: p.sum.minorFaults,
		MajorFaults: p.sum.majorFaults,
		CPUWait:     p.sum.wait,
		Reason:      waitReason(p.status),
	}
	if p.sum.stints > 0 {
		record.Known |= process.HasCPUWait
	}
	if countDelays {
		record.Delays = p.sum.delays
		record.Known |= process.HasDelays
	}
	if countIO {
		record.ReadBytes, record.WrittenBytes = p.sum.read, p.sum.written
		record.Known |= process.HasIO
	}
	began := p.began
	if !p.leader {
		began = time.Time{} // The first thread ended before anybody listened.
	}
	if seen := l.seenAs(p.tgid, began); seen != nil {
		record.ID = seen.ID
		record.SetCPU(p.sum.Split(seen.CPU()))
		if record.Reason == reasonExitCode {
			record.Code = unix.WaitStatus(p.status).ExitStatus()
		}
		record.Facts = seen.Facts
		if seen.Name != record.Name || seen.UID != record.UID {
			record.Facts = l.factsOf(record.UID, 0, nil)
		}
		l.add(record)
		return
	}
	var program *process.Facts
	if p.ranParent {
		program = l.program(p.ppid, record.Name)
	}
	record.Facts = l.factsOf(record.UID, 0, program)
	if l.table.ByPID(p.ppid) == nil {
		record.Parent = 0
	}
	key := exitSumKey{record.Name, record.Reason, record.UID, record.Parent, record.Facts}
	sum := sums[key]
	if sum == nil {
		sum = &exitSum{Exit: record}
		sums[key] = sum
	} else {
		sum.merge(&record)
	}
	sum.times.Add(p.sum.CPUAccount)
}

// merge adds the record of another process, but for its CPU time.
func (s *exitSum) merge(other *process.Exit) {
	s.Processes += other.Processes
	s.MinorFaults += other.MinorFaults
	s.MajorFaults += other.MajorFaults
	s.CPUWait += other.CPUWait
	s.Delays = s.Delays.Plus(other.Delays)
	s.ReadBytes += other.ReadBytes
	s.WrittenBytes += other.WrittenBytes
}

// waitReason names how a process ended, for Exit.Reason, by its status as wait(2) has it.
func waitReason(status uint32) string {
	switch ws := unix.WaitStatus(status); {
	case ws.Signaled():
		return signalName(uint32(ws.Signal()))
	case ws.ExitStatus() > 0:
		return reasonExitCode
	}
	return ""
}
