package host

import "proctree/collector/process"

// repeat makes a process of the last scan, of which nothing has changed, one of this scan.
func repeat(p *process.Process) {
	p.Unchanged = true
	p.ProportionalBytes = 0 // Whoever reads it adds it.
	p.Known &^= process.HasProportional
}

// rename gives the process its name and facts, which are not part of what a pass reads.
func rename(p *process.Process, name string, facts *process.Facts) {
	p.Unchanged = p.Unchanged && p.Name == name && p.Facts == facts
	p.Name, p.Facts = name, facts
}

// compare marks the process as unchanged if all of it is as before.
func compare(p, before *process.Process) {
	p.Unchanged = before.Unchanged
	p.Unchanged = *p == *before
}

// compareAll marks what has not changed since the table before. Both are sorted by PID.
func compareAll(before, now []process.Process) {
	eachBefore(before, now, func(i int, was *process.Process) { compare(&now[i], was) })
}
