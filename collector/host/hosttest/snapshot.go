package hosttest

import (
	"reflect"
	"slices"
	"time"

	"proctree/collector/process"
)

// Epoch is the boot of the fake host: tick 0 of every snapshot built here.
var Epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// TicksPerSecond is the unit of StartTicks in every snapshot built here, as on Linux.
const TicksPerSecond = 100

// AllFields is what a process built here knows: all that is read without being asked for.
const AllFields = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasSwap | process.HasIO |
	process.HasOpenFDs | process.HasFaults | process.HasSwitches | process.HasThreads | process.HasNice | process.HasUID |
	process.HasCPUWait

// TreeFields is what can be read of a process in a Tree, which has no schedstat unless a test adds
// it: a process that has not run by it is not read again.
const TreeFields = AllFields &^ process.HasCPUWait

// Snapshot builds the process table as it was at the given time after Epoch. It sorts the
// processes by PID and gives those without Facts empty ones.
func Snapshot(at time.Duration, processes ...process.Process) *process.Snapshot {
	sorted := slices.Clone(processes)
	slices.SortFunc(sorted, func(a, b process.Process) int { return a.PID - b.PID })
	for i := range sorted {
		if sorted[i].Facts == nil {
			sorted[i].Facts = &process.Facts{}
		}
	}
	return &process.Snapshot{
		Taken:    Epoch.Add(at),
		Duration: 5 * time.Millisecond,
		Clock: process.Clock{
			Epoch:          Epoch,
			TicksPerSecond: TicksPerSecond,
			Now:            Ticks(at),
		},
		Processes:  process.Pointers(sorted),
		ExitSource: process.ExitsChildren,
		Reader:     "test",
		Errors:     map[string]uint64{},
		System:     System(),
	}
}

// Ticks turns a time after Epoch into ticks.
func Ticks(at time.Duration) uint64 {
	return uint64(at * TicksPerSecond / time.Second)
}

// System returns the values of a small host: four CPUs and 8 GiB.
func System() process.System {
	return process.System{
		Forks:                1_000,
		PIDLimit:             32_768,
		CPUs:                 4,
		MemoryTotalBytes:     8 << 30,
		MemoryAvailableBytes: new(uint64(6 << 30)),
		SwapTotalBytes:       new(uint64(1 << 30)),
		SwapFreeBytes:        new(uint64(1 << 30)),
		CPUBusy:              time.Minute,
		CPUIdle:              time.Hour,
		Load:                 [3]*float64{new(0.5), new(0.25), new(0.125)},
		Pressure:             &process.Pressure{CPU: new(0.25), Memory: new(0.0), IO: new(0.5)},
	}
}

// Process builds a process that knows AllFields, all of them 0 but for one thread, that
// sleeps, and that started PID ticks after Epoch. The options then change what matters to
// the test.
func Process(pid, ppid int, name string, options ...Option) process.Process {
	p := process.Process{
		ID:      process.ID{PID: pid, StartTicks: uint64(pid)},
		PPID:    ppid,
		Name:    name,
		State:   process.Sleeping,
		Known:   AllFields,
		Threads: 1,
		Facts:   &process.Facts{Exe: "/usr/bin/" + name, Cmdline: []string{name}, User: "root"},
	}
	for _, option := range options {
		option(&p)
	}
	return p
}

// Option changes a process that Process builds. A test writes its own where none here
// fits.
type Option func(*process.Process)

// Started sets the start, as a time after Epoch.
func Started(at time.Duration) Option {
	return func(p *process.Process) { p.StartTicks = Ticks(at) }
}

// CPU sets the process' own CPU time.
func CPU(user, system time.Duration) Option {
	return func(p *process.Process) { p.UserTime, p.SystemTime = user, system }
}

// ChildCPU sets the CPU time of the children it has waited for.
func ChildCPU(user, system time.Duration) Option {
	return func(p *process.Process) { p.ChildUserTime, p.ChildSystemTime = user, system }
}

// Memory sets resident and virtual memory, in bytes.
func Memory(resident, virtual uint64) Option {
	return func(p *process.Process) { p.ResidentBytes, p.VirtualBytes = resident, virtual }
}

// Delays sets the delays, and says that they are known.
func Delays(delays process.Delays) Option {
	return func(p *process.Process) { p.Delays, p.Known = delays, p.Known|process.HasDelays }
}

// CPUWait sets how long it waited for a CPU.
func CPUWait(wait time.Duration) Option {
	return func(p *process.Process) { p.CPUWait = wait }
}

// GPU sets for how long a GPU worked for it, and its memory there, in bytes.
func GPU(busy time.Duration, memory uint64) Option {
	return func(p *process.Process) {
		p.GPUTime, p.GPUMemoryBytes = busy, memory
		p.Known |= process.HasGPU
	}
}

// Network sets what it sent and received, and says that it is known.
func Network(total process.Network) Option {
	return func(p *process.Process) { p.Network, p.Known = &total, p.Known|process.HasNetwork }
}

// IO sets what was read from and written to storage, in bytes.
func IO(read, written uint64) Option {
	return func(p *process.Process) { p.ReadBytes, p.WrittenBytes = read, written }
}

// OpenFDs sets how many descriptors are open, and how many may be.
func OpenFDs(open, limit uint64) Option {
	return func(p *process.Process) {
		p.OpenFDs = open
		editFacts(p, func(f *process.Facts) { f.FDLimit = limit })
	}
}

// InState sets the state.
func InState(state process.State) Option {
	return func(p *process.Process) { p.State = state }
}

// Without makes values unknown.
func Without(fields process.Fields) Option {
	return func(p *process.Process) { p.Known &^= fields }
}

// User sets the user's number and name.
func User(uid uint32, name string) Option {
	return func(p *process.Process) {
		p.UID = uid
		editFacts(p, func(f *process.Facts) { f.User = name })
	}
}

// Cmdline sets the argument vector.
func Cmdline(args ...string) Option {
	return func(p *process.Process) {
		editFacts(p, func(f *process.Facts) { f.Cmdline = args })
	}
}

// Facts replaces all facts.
func Facts(facts process.Facts) Option {
	return func(p *process.Process) { p.Facts = &facts }
}

// Texts sets all facts that are texts, also those that a later change adds, to one text: the command
// line to three arguments, of which the second is empty.
func Texts(text string) Option {
	return func(p *process.Process) {
		editFacts(p, func(f *process.Facts) {
			for _, field := range reflect.ValueOf(f).Elem().Fields() {
				if field.Kind() == reflect.String {
					field.SetString(text)
				}
			}
			f.Cmdline = []string{text, "", text}
		})
	}
}

// Kernel makes it a thread of the kernel, which has no executable and no command line.
func Kernel() Option {
	return func(p *process.Process) {
		p.Kernel = true
		p.Facts = &process.Facts{User: p.Facts.User}
	}
}

// editFacts changes a copy, for Facts are shared and never written once published.
func editFacts(p *process.Process, edit func(*process.Facts)) {
	changed := *p.Facts
	edit(&changed)
	p.Facts = &changed
}
