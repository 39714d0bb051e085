package group

import (
	"time"

	"proctree/collector/process"
)

// cpu is CPU time in both modes.
type cpu struct{ user, system time.Duration }

func (c cpu) total() time.Duration { return c.user + c.system }

func (c cpu) plus(d cpu) cpu { return cpu{c.user + d.user, c.system + d.system} }

func (c cpu) minus(d cpu) cpu { return cpu{c.user - d.user, c.system - d.system} }

// take removes up to want from c and returns what it took: of the same mode first, then
// of the other, because two sources may split one second differently.
func (c *cpu) take(want cpu) cpu {
	same := cpu{min(c.user, want.user), min(c.system, want.system)}
	rest := want.minus(same).total()
	*c = c.minus(same)
	cross := cpu{min(c.user, rest), 0}
	cross.system = min(c.system, rest-cross.user)
	*c = c.minus(cross)
	return same.plus(cross)
}

// advance moves c to now and returns the growth. c is a high-water mark of the sum, so
// that a value that falls, or a source that splits it differently, counts nothing twice.
func (c *cpu) advance(now cpu) cpu {
	total := now.total() - c.total()
	if total <= 0 {
		return cpu{}
	}
	grown := cpu{max(now.user-c.user, 0), max(now.system-c.system, 0)}
	switch {
	case now.user < c.user:
		grown.system = total
	case now.system < c.system:
		grown.user = total
	}
	*c = now
	return grown
}

// usage are the values of a process that only grow.
type usage struct {
	cpu                    cpu
	read, written          uint64
	minor, major           uint64
	voluntary, involuntary uint64
}

func usageOf(p *process.Process) usage {
	return usage{
		cpu:  cpu{p.UserTime, p.SystemTime},
		read: p.ReadBytes, written: p.WrittenBytes,
		minor: p.MinorFaults, major: p.MajorFaults,
		voluntary: p.VoluntarySwitches, involuntary: p.InvoluntarySwitches,
	}
}

func usageOfExit(e *process.Exit) usage {
	return usage{
		cpu:  cpu{e.UserTime, e.SystemTime},
		read: e.ReadBytes, written: e.WrittenBytes,
		minor: e.MinorFaults, major: e.MajorFaults,
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
		if both.Has(process.HasCPU) {
			grown.cpu = m.cpu.advance(now.cpu)
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
	}
	if fresh := known &^ m.known; fresh != 0 {
		m.set(now, fresh)
	}
	return grown
}

// set puts the marks of the values in fields at now.
func (m *marks) set(now *usage, fields process.Fields) {
	m.known |= fields
	// The modes have one mark, which is that of their sum.
	if fields&process.HasCPU != 0 && m.known.Has(process.HasCPU) {
		m.cpu = now.cpu
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
}

// rise moves a mark up to now and returns by how much.
func rise(mark *uint64, now uint64) uint64 {
	if now <= *mark {
		return 0
	}
	grown := now - *mark
	*mark = now
	return grown
}
