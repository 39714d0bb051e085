package windows

import (
	"encoding/binary"
	"time"
)

// Thread is one thread of a process.
type Thread struct {
	ID                   uint64
	State                State
	UserTime, KernelTime time.Duration
}

// ThreadList decodes the threads; it has to be called before the buffer is used again.
func (p *Process) ThreadList() []Thread {
	var list []Thread
	rest := p.entry[entrySize:]
	for range p.Threads {
		if len(rest) < threadSize {
			break
		}
		list = append(list, Thread{
			ID:         binary.LittleEndian.Uint64(rest[offThreadID:]),
			State:      stateOfThread(rest),
			UserTime:   ticks(binary.LittleEndian.Uint64(rest[offThreadUserTime:])),
			KernelTime: ticks(binary.LittleEndian.Uint64(rest[offThreadKernelTime:])),
		})
		rest = rest[threadSize:]
	}
	return list
}

// Memory returns sizes in bytes: "resident" is the working set, "resident_private" what
// nobody shares of it, "committed" what counts against the commit limit. The same before
// the buffer is used again.
func (p *Process) Memory() map[string]uint64 {
	return p.counts(map[string]int{
		"resident":         offWorkingSet,
		"resident_private": offPrivateSet,
		"peak_resident":    offPeakWorkingSet,
		"committed":        offPagefile,
		"peak_committed":   offPeakPagefile,
		"virtual":          offVirtual,
	})
}

// IO returns the counters of IO_COUNTERS under their names.
func (p *Process) IO() map[string]uint64 {
	return p.counts(map[string]int{
		"ReadOperationCount":  offOperations,
		"WriteOperationCount": offOperations + 8,
		"OtherOperationCount": offOperations + 16,
		"ReadTransferCount":   offReadBytes,
		"WriteTransferCount":  offWriteBytes,
		"OtherTransferCount":  offOtherBytes,
	})
}

func (p *Process) counts(offsets map[string]int) map[string]uint64 {
	counts := make(map[string]uint64, len(offsets))
	for name, at := range offsets {
		counts[name] = binary.LittleEndian.Uint64(p.entry[at:])
	}
	return counts
}
