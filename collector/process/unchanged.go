package process

// Pointers returns a table of processes that lie side by side.
func Pointers(processes []Process) []*Process {
	table := make([]*Process, len(processes))
	for i := range processes {
		table[i] = &processes[i]
	}
	return table
}

// Clone returns a table of copies, for callers that change values.
func Clone(table []*Process) []*Process {
	processes := make([]Process, len(table))
	for i, p := range table {
		processes[i] = *p
	}
	return Pointers(processes)
}

// Compare sets Since of a process of the snapshot with that serial: if all values are those of
// before, that of before, otherwise the serial.
func Compare(p, before *Process, serial uint64) {
	p.Since = before.Since
	if before.Since == 0 || *p != *before {
		p.Since = serial
	}
}

// CompareAll sets Since of all processes of the snapshot with that serial, by those of the one
// before. Both are sorted by PID.
func CompareAll(before, now []*Process, serial uint64) {
	Pairs(before, now, func(i int, was *Process) { Compare(now[i], was, serial) })
}
