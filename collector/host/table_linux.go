package host

import (
	"slices"

	"proctree/collector/process"
)

// scanTable is what the passes of one scan fill in.
type scanTable struct {
	// now is the tick at which the scan began.
	now  uint64
	pids []int32
	// at is the place in pids of the process being read.
	at     int
	out    []process.Process
	names  []kernelName
	memos  []memo
	failed failures
	// odd are the first oddities of processes, each once.
	odd []string

	// previous are the processes of the last scan, with their names and memos.
	previous      []process.Process
	previousNames []kernelName
	previousMemos []memo
	previousAt    int
}

// kernelName is the name of a process until the facts cache has made a string of it.
type kernelName struct {
	bytes  [maxName]byte
	length uint8
}

func (n *kernelName) set(name []byte) { n.length = uint8(copy(n.bytes[:], name)) }

func (n *kernelName) slice() []byte { return n.bytes[:n.length] }

// memo is what the reader remembers of a process from one scan to the next.
type memo struct {
	// refused are figures for which the kernel refused the file, until the tick retry.
	refused process.Fields
	retry   uint64
	rest    rest
}

// refusals is how many files were refused.
func (m *memo) refusals() (n uint32) {
	for _, figure := range [...]process.Fields{process.HasIO, process.HasOpenFDs} {
		if m.refused.Has(figure) {
			n++
		}
	}
	return n
}

// retryRefused is for how many ticks a refusal is remembered: it holds as long as the
// process keeps its user, which is mostly for life.
const retryRefused = 60 * userHZ

// begin makes the table ready for a scan; the last one's result becomes previous.
func (t *scanTable) begin(now uint64) {
	t.now, t.at, t.previousAt, t.failed, t.odd = now, 0, 0, failures{}, t.odd[:0]
	t.previous = t.out
	t.memos, t.previousMemos = t.previousMemos[:0], t.memos
	t.out = make([]process.Process, 0, len(t.pids))
	t.names, t.previousNames = t.previousNames[:0], t.names
}

// before returns the process that had the PID in the previous table, or nil, its name and
// its memo. It is called in the order of PIDs, in which that table is sorted too.
func (t *scanTable) before(pid int) (*process.Process, kernelName, memo) {
	for t.previousAt < len(t.previous) && t.previous[t.previousAt].PID < pid {
		t.previousAt++
	}
	if t.previousAt < len(t.previous) && t.previous[t.previousAt].PID == pid {
		return &t.previous[t.previousAt], t.previousNames[t.previousAt], t.previousMemos[t.previousAt]
	}
	return nil, kernelName{}, memo{}
}

// fail counts what could not be read of a process.
func (t *scanTable) fail(failed failures) {
	t.failed.merge(failed)
	if first := failed.first; first != "" && len(t.odd) < maxOddities && !slices.Contains(t.odd, first) {
		t.odd = append(t.odd, first)
	}
}

// lists reports whether there is a process of that PID.
func (t *scanTable) lists(pid int) bool {
	_, found := slices.BinarySearch(t.pids, int32(pid))
	return found
}

// add appends one process and goes on to the next.
func (t *scanTable) add(p *process.Process, name *kernelName, m memo) {
	t.out = append(t.out, *p)
	t.names = append(t.names, *name)
	t.memos = append(t.memos, m)
}
