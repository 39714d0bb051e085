package bpf

import (
	"bytes"
	"time"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// tableKnows is what a record tells of every process; I/O depends on the kernel, and the
// number of open descriptors on there not being too many.
const tableKnows = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasSwap | process.HasFaults | process.HasSwitches | process.HasThreads | process.HasNice | process.HasUID

// maxComm is the length of a task's name with the NUL that ends it (TASK_COMM_LEN).
const maxComm = 16

// times are the CPU times of a process before they are split, and how the kernel itself
// has last split them for a reader of /proc.
type times struct {
	process.CPUAccount
	kept process.CPU
}

func timesOf(r *Record) times {
	return times{
		CPUAccount: process.CPUAccount{
			Run: time.Duration(r.Runtime),
			CPU: process.CPU{User: time.Duration(r.Utime), System: time.Duration(r.Stime)},
		},
		kept: process.CPU{User: time.Duration(r.PrevUtime), System: time.Duration(r.PrevStime)},
	}
}

// processOf makes a process of a record, still without CPU time, name and facts.
func processOf(r *Record, pageSize uint64) process.Process {
	p := process.Process{
		ID:     process.ID{PID: int(r.Pid), StartTicks: r.Start / uint64(procfs.Tick)},
		PPID:   int(r.Ppid),
		State:  stateOfTask(r.State, r.ExitState),
		Kernel: r.Flags&kernelThread != 0,
		Known:  tableKnows,
		Nice:   int8(r.Nice), Threads: int(r.Threads), UID: r.Uid,
		ChildUserTime: time.Duration(r.Cutime), ChildSystemTime: time.Duration(r.Cstime),
		ResidentBytes: r.Rss * pageSize, VirtualBytes: r.Vm * pageSize, SwapBytes: r.Swap * pageSize,
		MinorFaults: r.Minflt, MajorFaults: r.Majflt,
		VoluntarySwitches: r.Nvcsw, InvoluntarySwitches: r.Nivcsw,
		ReadBytes: r.ReadBytes, WrittenBytes: r.WriteBytes,
	}
	if r.Has&HasIO != 0 {
		p.Known |= process.HasIO
	}
	if r.Has&HasWait != 0 {
		p.CPUWait = time.Duration(r.Wait)
		p.Known |= process.HasCPUWait
	}
	if r.Has&HasDelays != 0 {
		p.Delays = delaysOf(&r.Delays)
		p.Known |= process.HasDelays
	}
	if r.OpenFds != UnknownFDs {
		p.OpenFDs = uint64(r.OpenFds)
		p.Known |= process.HasOpenFDs
	}
	if p.Kernel {
		// It shares the table of kthreadd; /proc shows none of it.
		p.OpenFDs = 0
	}
	return p
}

// addThread adds what the record of a thread counts.
func addThread(p *process.Process, times *times, r *Record) {
	times.Add(timesOf(r).CPUAccount)
	p.MinorFaults += r.Minflt
	p.MajorFaults += r.Majflt
	p.VoluntarySwitches += r.Nvcsw
	p.InvoluntarySwitches += r.Nivcsw
	p.ReadBytes += r.ReadBytes
	p.WrittenBytes += r.WriteBytes
	p.CPUWait += time.Duration(r.Wait)
	p.Delays = p.Delays.Plus(delaysOf(&r.Delays))
}

// settle splits the CPU time and holds every counter where the last scan saw it.
func settle(p *process.Process, times *times, before *process.Process) {
	shown := before.CPU()
	if times.kept.User >= shown.User && times.kept.System >= shown.System {
		shown = times.kept
	}
	p.SetCPU(times.Split(shown))
	process.NeverBelow(p, before)
}

// CommOf returns the name in a task's comm.
func CommOf(comm *[maxComm]byte) []byte {
	if end := bytes.IndexByte(comm[:], 0); end >= 0 {
		return comm[:end]
	}
	return comm[:]
}
