package group

import (
	"time"

	"proctree/collector/process"
)

// take removes up to want from c and returns what it took: of the same mode first, then
// of the other, because two sources may split one second differently.
func take(c *process.CPU, want process.CPU) process.CPU {
	same := process.CPU{User: min(c.User, want.User), System: min(c.System, want.System)}
	rest := want.Minus(same).Total()
	*c = c.Minus(same)
	cross := process.CPU{User: min(c.User, rest)}
	cross.System = min(c.System, rest-cross.User)
	*c = c.Minus(cross)
	return same.Plus(cross)
}

// advanceCPU moves c to now and returns the growth. c is a high-water mark of the sum, so
// that a value that falls, or a source that splits it differently, counts nothing twice.
func advanceCPU(c *process.CPU, now process.CPU) process.CPU {
	total := now.Total() - c.Total()
	if total <= 0 {
		return process.CPU{}
	}
	grown := process.CPU{User: max(now.User-c.User, 0), System: max(now.System-c.System, 0)}
	switch {
	case now.User < c.User:
		grown.System = total
	case now.System < c.System:
		grown.User = total
	}
	*c = now
	return grown
}

// usage are the values of a process that only grow.
type usage struct {
	cpu                    process.CPU
	wait                   time.Duration
	delays                 process.Delays
	read, written          uint64
	minor, major           uint64
	voluntary, involuntary uint64
	network                *process.Network
}

func usageOf(p *process.Process) usage {
	return usage{
		cpu: p.CPU(), wait: p.CPUWait, delays: p.Delays,
		read: p.ReadBytes, written: p.WrittenBytes,
		minor: p.MinorFaults, major: p.MajorFaults,
		voluntary: p.VoluntarySwitches, involuntary: p.InvoluntarySwitches,
		network: p.Network,
	}
}

func usageOfExit(e *process.Exit) usage {
	return usage{
		cpu: e.CPU(), wait: e.CPUWait, delays: e.Delays,
		read: e.ReadBytes, written: e.WrittenBytes,
		minor: e.MinorFaults, major: e.MajorFaults,
		network: e.Network,
	}
}

// marks are the totals up to which a process has been counted.
type marks struct {
	usage
	// known are the values that have a mark. One that becomes known later starts there.
	known process.Fields
}

// advance moves the marks to now, of which only the values in known count, and returns
// the growth. A value without a mark gets one and has not grown.
func (m *marks) advance(now *usage, known process.Fields) usage {
	var grown usage
	if both := known & m.known; both != 0 {
		switch both & process.HasCPU {
		case process.HasCPU:
			grown.cpu = advanceCPU(&m.cpu, now.cpu)
		case process.HasUserTime:
			grown.cpu.User = rise(&m.cpu.User, now.cpu.User)
		case process.HasSystemTime:
			grown.cpu.System = rise(&m.cpu.System, now.cpu.System)
		}
		if both.Has(process.HasCPUWait) {
			grown.wait = rise(&m.wait, now.wait)
		}
		if both&process.HasDelays != 0 {
			grown.delays = m.advanceDelays(&now.delays, both)
		}
		if both.Has(process.HasReadBytes) {
			grown.read = rise(&m.read, now.read)
		}
		if both.Has(process.HasWrittenBytes) {
			grown.written = rise(&m.written, now.written)
		}
		if both.Has(process.HasMinorFaults) {
			grown.minor = rise(&m.minor, now.minor)
		}
		if both.Has(process.HasMajorFaults) {
			grown.major = rise(&m.major, now.major)
		}
		if both.Has(process.HasVoluntary) {
			grown.voluntary = rise(&m.voluntary, now.voluntary)
		}
		if both.Has(process.HasInvoluntary) {
			grown.involuntary = rise(&m.involuntary, now.involuntary)
		}
		if both.Has(process.HasNetwork) {
			grown.network = now.network.Since(m.network)
			m.network = now.network.Max(m.network)
		}
	}
	if fresh := known &^ m.known; fresh != 0 {
		m.set(now, fresh)
	}
	return grown
}

// set puts the marks of the values in fields at now.
func (m *marks) set(now *usage, fields process.Fields) {
	m.known |= fields
	if fields.Has(process.HasUserTime) {
		m.cpu.User = now.cpu.User
	}
	if fields.Has(process.HasSystemTime) {
		m.cpu.System = now.cpu.System
	}
	if fields.Has(process.HasCPUWait) {
		m.wait = now.wait
	}
	if fields&process.HasDelays != 0 {
		// What has no mark yet is below it.
		m.advanceDelays(&now.delays, fields)
	}
	if fields.Has(process.HasReadBytes) {
		m.read = now.read
	}
	if fields.Has(process.HasWrittenBytes) {
		m.written = now.written
	}
	if fields.Has(process.HasMinorFaults) {
		m.minor = now.minor
	}
	if fields.Has(process.HasMajorFaults) {
		m.major = now.major
	}
	if fields.Has(process.HasVoluntary) {
		m.voluntary = now.voluntary
	}
	if fields.Has(process.HasInvoluntary) {
		m.involuntary = now.involuntary
	}
	if fields.Has(process.HasNetwork) {
		m.network = now.network
	}
}

// mostThreads is how many threads a process that ended is taken to have had.
const mostThreads = 64

// believe leaves out a delay that cannot be true.
func (u *usage) believe(age time.Duration, threads int) {
	if u.delays.BlockIO > 0 && !process.Believable(u.delays.BlockIO, age, threads) {
		u.delays.BlockIO = 0
	}
}

// advanceDelays is advance for the delays.
func (m *marks) advanceDelays(now *process.Delays, known process.Fields) (grown process.Delays) {
	if known.Has(process.HasBlockIODelay) {
		grown.BlockIO = rise(&m.delays.BlockIO, now.BlockIO)
	}
	if known.Has(process.HasSwapInDelay) {
		grown.SwapIn = rise(&m.delays.SwapIn, now.SwapIn)
	}
	if known.Has(process.HasReclaimDelay) {
		grown.Reclaim = rise(&m.delays.Reclaim, now.Reclaim)
	}
	if known.Has(process.HasThrashingDelay) {
		grown.Thrashing = rise(&m.delays.Thrashing, now.Thrashing)
	}
	return grown
}

// rise moves a mark up to now and returns by how much.
func rise[T uint64 | time.Duration](mark *T, now T) T {
	if now <= *mark {
		return 0
	}
	grown := now - *mark
	*mark = now
	return grown
}
