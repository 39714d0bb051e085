package process

// Repeat makes a process of the last scan, of which nothing has changed, one of this scan.
func Repeat(p *Process) {
	p.Unchanged = true
	p.ProportionalBytes = 0 // Whoever reads it adds it.
	p.Known &^= HasProportional
}

// Rename gives the process its name and facts, which are not part of what a pass reads.
func Rename(p *Process, name string, facts *Facts) {
	p.Unchanged = p.Unchanged && p.Name == name && p.Facts == facts
	p.Name, p.Facts = name, facts
}

// Compare marks the process as unchanged if all of it is as before.
func Compare(p, before *Process) {
	p.Unchanged = before.Unchanged
	p.Unchanged = *p == *before
}

// CompareAll marks what has not changed since the table before. Both are sorted by PID.
func CompareAll(before, now []Process) {
	Pairs(before, now, func(i int, was *Process) { Compare(&now[i], was) })
}
