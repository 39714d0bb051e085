package procfs

import (
	"slices"

	"proctree/collector/process"
)

// Table is what the passes of one scan fill in.
type Table struct {
	// Now is the tick at which the scan began.
	Now  uint64
	pids []int32
	// at is the index in pids of the process being read.
	at        int
	Processes []process.Process
	Names     []Name
	memos     []memo
	Failed    Failures
	// Odd are the first oddities of processes, each once.
	Odd []string

	// previous are the processes of the last scan, with their names and memos.
	previous      []process.Process
	previousNames []Name
	previousMemos []memo
	// next is the first of them that may still be asked for.
	next int
}

// Name is the name of a process until the facts cache has made a string of it.
type Name struct {
	bytes  [maxName]byte
	length uint8
}

func (n *Name) set(name []byte) { n.length = uint8(copy(n.bytes[:], name)) }

// Bytes returns the name; it lies in the table.
func (n *Name) Bytes() []byte { return n.bytes[:n.length] }

// memo is what the reader remembers of a process from one scan to the next.
type memo struct {
	// refused are values for which the kernel refused the file, until the tick retry.
	refused process.Fields
	retry   uint64
	rest    rest
	waits   waits
}

// refusals is how many files were refused.
func (m *memo) refusals() (n uint32) {
	for _, field := range [...]process.Fields{process.HasIO, process.HasOpenFDs} {
		if m.refused.Has(field) {
			n++
		}
	}
	return n
}

// retryRefused is for how many ticks a refusal is remembered: it holds as long as the
// process keeps its user, which is mostly for life.
const retryRefused = 60 * UserHZ

// begin makes the table ready for a scan; the last one's result becomes previous.
func (t *Table) begin(now uint64) {
	t.Now, t.at, t.Failed, t.Odd = now, 0, Failures{}, t.Odd[:0]
	t.previous = t.Processes
	t.next = 0
	t.memos, t.previousMemos = t.previousMemos[:0], t.memos
	t.Processes = make([]process.Process, 0, len(t.pids))
	t.Names, t.previousNames = t.previousNames[:0], t.Names
}

// before returns the process that had the PID in the previous table, or nil, its name and
// its memo. It is called in the order of PIDs, in which that table is sorted too.
func (t *Table) before(pid int) (*process.Process, Name, memo) {
	for t.next < len(t.previous) && t.previous[t.next].PID < pid {
		t.next++
	}
	if t.next == len(t.previous) || t.previous[t.next].PID != pid {
		return nil, Name{}, memo{}
	}
	return &t.previous[t.next], t.previousNames[t.next], t.previousMemos[t.next]
}

// fail counts what could not be read of a process.
func (t *Table) fail(failed Failures) {
	t.Failed.merge(failed)
	if first := failed.first; first != "" && len(t.Odd) < maxOddities && !slices.Contains(t.Odd, first) {
		t.Odd = append(t.Odd, first)
	}
}

// lists reports whether there is a process of that PID.
func (t *Table) lists(pid int) bool {
	_, found := slices.BinarySearch(t.pids, int32(pid))
	return found
}

// add appends one process and goes on to the next.
func (t *Table) add(p *process.Process, name *Name, m memo) {
	t.Processes = append(t.Processes, *p)
	t.Names = append(t.Names, *name)
	t.memos = append(t.memos, m)
}
