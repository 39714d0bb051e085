// Package process has the plain data of the project: a process, the snapshot that a scan
// returns, and what belongs to both. It reads nothing and imports nothing of the project.
package process

import (
	"slices"
	"strconv"
	"time"
)

// ID is what makes a process itself: a PID alone is reused by the kernel.
type ID struct {
	PID int
	// StartTicks is when the process started, in the ticks of the snapshot's Clock.
	// Linux: clock ticks since boot, field 22 of /proc/PID/stat (proc_pid_stat(5)).
	StartTicks uint64
}

// String returns "PID-StartTicks", the key under which the JSON names a process.
func (id ID) String() string {
	b := strconv.AppendInt(make([]byte, 0, 32), int64(id.PID), 10)
	b = append(b, '-')
	return string(strconv.AppendUint(b, id.StartTicks, 10))
}

// Compare orders by PID, then by start.
func (id ID) Compare(other ID) int {
	switch {
	case id.PID != other.PID:
		return id.PID - other.PID
	case id.StartTicks < other.StartTicks:
		return -1
	case id.StartTicks > other.StartTicks:
		return 1
	}
	return 0
}

// CanParent reports whether id can be the parent of child. A PPID alone does not tell: the
// kernel gives the number of a parent that has gone to another process, and a scan is not one
// instant. A parent started before its child, so a younger process of that number is somebody
// else; of two that started in the same tick the parent has the lower PID. The order is
// strict, so that parents never form a ring.
func (id ID) CanParent(child ID) bool {
	if id.StartTicks != child.StartTicks {
		return id.StartTicks < child.StartTicks
	}
	return id.PID < child.PID
}

// Fields says which optional values of a Process were read. A value whose bit is
// unset is absent: its value means nothing, above all not 0.
type Fields uint32

// The optional values, by the bit that vouches for them.
const (
	// HasUserTime vouches for UserTime, HasSystemTime for SystemTime.
	HasUserTime Fields = 1 << iota
	HasSystemTime
	// HasChildCPU vouches for ChildUserTime and ChildSystemTime.
	HasChildCPU
	// HasResident vouches for ResidentBytes, HasVirtual for VirtualBytes.
	HasResident
	HasVirtual
	// HasSwap vouches for SwapBytes.
	HasSwap
	// HasReadBytes vouches for ReadBytes, HasWrittenBytes for WrittenBytes.
	HasReadBytes
	HasWrittenBytes
	// HasOpenFDs vouches for OpenFDs.
	HasOpenFDs
	// HasMinorFaults vouches for MinorFaults, HasMajorFaults for MajorFaults.
	HasMinorFaults
	HasMajorFaults
	// HasVoluntary vouches for VoluntarySwitches, HasInvoluntary for InvoluntarySwitches.
	HasVoluntary
	HasInvoluntary
	// HasThreads vouches for Threads.
	HasThreads
	// HasNice vouches for Nice.
	HasNice
	// HasProportional vouches for ProportionalBytes.
	HasProportional
	// HasUID vouches for UID.
	HasUID
	// HasCPUWait vouches for CPUWait.
	HasCPUWait
	// HasGPUTime vouches for GPUTime, HasGPUMemory for GPUMemoryBytes.
	HasGPUTime
	HasGPUMemory
	// The following vouch for the values of Delays.
	HasBlockIODelay
	HasSwapInDelay
	HasReclaimDelay
	HasThrashingDelay
	// HasNetwork vouches for Network.
	HasNetwork
)

// Values that mostly come together.
const (
	HasCPU      = HasUserTime | HasSystemTime
	HasMemory   = HasResident | HasVirtual
	HasIO       = HasReadBytes | HasWrittenBytes
	HasFaults   = HasMinorFaults | HasMajorFaults
	HasSwitches = HasVoluntary | HasInvoluntary
	HasGPU      = HasGPUTime | HasGPUMemory
	HasDelays   = HasBlockIODelay | HasSwapInDelay | HasReclaimDelay | HasThrashingDelay
)

// Has reports whether every bit of want is set.
func (f Fields) Has(want Fields) bool { return f&want == want }

// Process is one process at one moment. It is a plain value; Facts is shared between
// snapshots and never written after it was published.
type Process struct {
	ID
	// PPID is the parent's PID as the kernel gave it, 0 if there is none.
	PPID int
	// Name is the kernel's short name, at most 15 bytes on Linux (comm), not always UTF-8.
	Name  string
	State State
	// Kernel marks a thread of the kernel itself.
	Kernel bool
	Known  Fields
	// Since is the Serial of the first snapshot with these values; 0 if it is not known.
	Since uint64
	// Nice is the nice value of the main thread, -20 to 19.
	Nice    int8
	Threads int
	// UID is the effective user, on systems with numeric users.
	UID uint32

	// UserTime and SystemTime are CPU time of all threads since the process started.
	UserTime, SystemTime time.Duration
	// ChildUserTime and ChildSystemTime are the CPU time of the children it has waited
	// for, and of theirs (cutime and cstime, proc_pid_stat(5)).
	ChildUserTime, ChildSystemTime time.Duration
	// CPUWait is how long all threads were ready to run and had no CPU (run_delay,
	// Documentation/scheduler/sched-stats.rst), since the process started.
	CPUWait time.Duration
	Delays  Delays

	ResidentBytes, VirtualBytes, SwapBytes uint64
	// ProportionalBytes is the PSS: shared pages divided among those who share them.
	ProportionalBytes uint64
	// ReadBytes and WrittenBytes went to or came from storage (proc_pid_io(5)
	// read_bytes, write_bytes), since the process started.
	ReadBytes, WrittenBytes  uint64
	OpenFDs                  uint64
	MinorFaults, MajorFaults uint64
	// VoluntarySwitches and InvoluntarySwitches are context switches. The procfs reader
	// knows those of the main thread alone (proc_pid_status(5)); BPF counts all threads'.
	VoluntarySwitches, InvoluntarySwitches uint64
	// GPUTime is for how long the busiest engine of a GPU worked for the process, added over the
	// GPUs. Only processes that use or used a GPU know it. Snapshot.GPUs has it by engine.
	GPUTime time.Duration
	// GPUMemoryBytes is the memory in all regions of all GPUs.
	GPUMemoryBytes uint64
	// Network is what it sent and received.
	Network *Network

	// Facts is never nil in a snapshot made by a host.Reader.
	Facts *Facts
}

// CPU returns the CPU time by mode.
func (p *Process) CPU() CPU { return CPU{p.UserTime, p.SystemTime} }

// SetCPU sets the CPU time of both modes.
func (p *Process) SetCPU(c CPU) { p.UserTime, p.SystemTime = c.User, c.System }

// ChildCPU returns the CPU time of the children that were waited for.
func (p *Process) ChildCPU() CPU { return CPU{p.ChildUserTime, p.ChildSystemTime} }

// CPUTime is user and system time together.
func (p *Process) CPUTime() time.Duration { return p.UserTime + p.SystemTime }

// Facts are what stays the same while a process runs one program; a Reader reads them
// once per ID and again when the name changes, as after exec. An empty string, a nil
// slice and a zero limit mean: not known, or not there.
type Facts struct {
	// Exe is the path of the executable.
	Exe string
	// Cmdline is the argument vector. It can hold secrets.
	Cmdline []string
	// User is the user's name, or the number as text where no name is known.
	User string
	// Cgroup is the path in the unified hierarchy, "/" first (cgroups(7)).
	Cgroup string
	// Unit is the unit of the host's systemd that the cgroup path names, such as "ssh.service";
	// empty in a container.
	Unit string
	// Container is the container's id, 64 hexadecimal digits where the runtime gives them.
	Container string
	// PodUID is the Kubernetes pod's UID.
	PodUID string
	// Namespace and Pod are the names that Kubernetes has for the pod. ContainerName is the name of the
	// container in it; without Kubernetes, that which Podman, LXC or systemd-nspawn have for it.
	Namespace, Pod, ContainerName string
	// FDLimit is the soft limit of open descriptors, in descriptors (getrlimit(2)).
	FDLimit uint64
}

// Same reports whether both say the same.
func (f *Facts) Same(other *Facts) bool {
	return f.Exe == other.Exe && f.User == other.User && f.Cgroup == other.Cgroup && f.Unit == other.Unit &&
		f.Container == other.Container && f.PodUID == other.PodUID && f.Namespace == other.Namespace && f.Pod == other.Pod &&
		f.ContainerName == other.ContainerName && f.FDLimit == other.FDLimit &&
		slices.Equal(f.Cmdline, other.Cmdline)
}

// NoFacts stands in where nothing could be read, so that no caller meets a nil.
var NoFacts = &Facts{}
