package host

import (
	"bytes"
	"time"

	"proctree/collector/host/bpf"
	"proctree/collector/process"
)

// bpfKnown is what a record tells of every process; I/O depends on the kernel, and the
// number of open descriptors on there not being too many.
const bpfKnown = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasSwap | process.HasFaults | process.HasSwitches | process.HasThreads | process.HasNice | process.HasUID

// maxComm is the length of a task's name with the NUL that ends it (TASK_COMM_LEN).
const maxComm = 16

// bpfTimes are the CPU times of a process before they are split, and how the kernel itself
// has last split them for a reader of /proc.
type bpfTimes struct {
	cpuTimes
	keptUser, keptSystem time.Duration
}

func timesOf(r *bpf.Record) bpfTimes {
	return bpfTimes{
		cpuTimes: cpuTimes{run: time.Duration(r.Runtime), user: time.Duration(r.Utime), system: time.Duration(r.Stime)},
		keptUser: time.Duration(r.PrevUtime), keptSystem: time.Duration(r.PrevStime),
	}
}

// processOf makes a process of a record, still without CPU time, name and facts.
func processOf(r *bpf.Record, pageSize uint64) process.Process {
	p := process.Process{
		ID:     process.ID{PID: int(r.Pid), StartTicks: r.Start / uint64(tick)},
		PPID:   int(r.Ppid),
		State:  stateOfTask(r.State, r.ExitState),
		Kernel: r.Flags&kernelThread != 0,
		Known:  bpfKnown,
		Nice:   int8(r.Nice), Threads: int(r.Threads), UID: r.Uid,
		ChildUserTime: time.Duration(r.Cutime), ChildSystemTime: time.Duration(r.Cstime),
		ResidentBytes: r.Rss * pageSize, VirtualBytes: r.Vm * pageSize, SwapBytes: r.Swap * pageSize,
		MinorFaults: r.Minflt, MajorFaults: r.Majflt,
		VoluntarySwitches: r.Nvcsw, InvoluntarySwitches: r.Nivcsw,
		ReadBytes: r.ReadBytes, WrittenBytes: r.WriteBytes,
	}
	if r.Has&bpf.HasIO != 0 {
		p.Known |= process.HasIO
	}
	if r.OpenFds != bpf.UnknownFDs {
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
func addThread(p *process.Process, times *bpfTimes, r *bpf.Record) {
	times.add(timesOf(r).cpuTimes)
	p.MinorFaults += r.Minflt
	p.MajorFaults += r.Majflt
	p.VoluntarySwitches += r.Nvcsw
	p.InvoluntarySwitches += r.Nivcsw
	p.ReadBytes += r.ReadBytes
	p.WrittenBytes += r.WriteBytes
}

// settle splits the CPU time and holds every counter where the last scan saw it.
func settle(p *process.Process, times *bpfTimes, before *process.Process) {
	user, system := before.UserTime, before.SystemTime
	if times.keptUser >= user && times.keptSystem >= system {
		user, system = times.keptUser, times.keptSystem
	}
	p.UserTime, p.SystemTime = times.split(user, system)
	neverBelow(p, before)
}

// commOf returns the name in a task's comm.
func commOf(comm *[maxComm]byte) []byte {
	if end := bytes.IndexByte(comm[:], 0); end >= 0 {
		return comm[:end]
	}
	return comm[:]
}
