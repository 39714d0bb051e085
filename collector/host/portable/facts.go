// Package portable has what the readers of Windows, macOS and FreeBSD share: the facts of
// processes by identity, counters of 32 bits, and the host's values by gopsutil.
package portable

import "proctree/collector/process"

// Facts remembers what stays the same of each process. It is read when a process is
// first seen, and again when its name changes, as after exec. Not safe for concurrent use.
type Facts struct {
	entries map[process.ID]*Known
	scan    uint64
}

// Known is what is known of one process.
type Known struct {
	name  string
	Facts *process.Facts
	// Refused is the reason, one of ErrorReasons, for which a part is missing.
	Refused string
	seen    uint64
}

// NewFacts returns an empty memory.
func NewFacts() *Facts { return &Facts{entries: make(map[process.ID]*Known)} }

// Begin starts a scan.
func (f *Facts) Begin() { f.scan++ }

// Get returns what is known of a process; read fills in an entry that is new. What was
// refused is counted in errs in every scan.
func (f *Facts) Get(id process.ID, name string, errs map[string]uint64, read func(*Known)) *process.Facts {
	e := f.entries[id]
	if e == nil || e.name != name {
		e = &Known{name: name, Facts: process.NoFacts}
		read(e)
		f.entries[id] = e
	}
	e.seen = f.scan
	if e.Refused != "" {
		errs[e.Refused]++
	}
	return e.Facts
}

// Sweep ends a scan: it forgets the processes that it has not seen.
func (f *Facts) Sweep() {
	for id, e := range f.entries {
		if e.seen != f.scan {
			delete(f.entries, id)
		}
	}
}
