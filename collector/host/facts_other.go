//go:build !linux

package host

import "proctree/collector/process"

// factsByID remembers what stays the same of each process. It is read when a process is
// first seen, and again when its name changes, as after exec. Not safe for concurrent use.
type factsByID struct {
	entries map[process.ID]*knownFacts
	scan    uint64
}

// knownFacts is what is known of one process.
type knownFacts struct {
	name  string
	facts *process.Facts
	// refused is the reason, one of ErrorReasons, for which a part is missing.
	refused string
	seen    uint64
}

func newFactsByID() *factsByID { return &factsByID{entries: make(map[process.ID]*knownFacts)} }

// begin starts a scan.
func (f *factsByID) begin() { f.scan++ }

// get returns what is known of a process; read fills in an entry that is new. What was
// refused is counted in errs in every scan.
func (f *factsByID) get(id process.ID, name string, errs map[string]uint64, read func(*knownFacts)) *process.Facts {
	e := f.entries[id]
	if e == nil || e.name != name {
		e = &knownFacts{name: name, facts: process.NoFacts}
		read(e)
		f.entries[id] = e
	}
	e.seen = f.scan
	if e.refused != "" {
		errs[e.refused]++
	}
	return e.facts
}

// sweep ends a scan: it forgets the processes that it has not seen.
func (f *factsByID) sweep() {
	for id, e := range f.entries {
		if e.seen != f.scan {
			delete(f.entries, id)
		}
	}
}
