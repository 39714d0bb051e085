package procfs

import (
	"bytes"
	"math"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// pidStatus holds what is used of /proc/PID/status. Memory is in bytes.
type pidStatus struct {
	uid uint64
	// resident is exact: the sum of RssAnon, RssFile and RssShmem (Linux 4.5), else VmRSS.
	resident, swap         uint64
	voluntary, involuntary uint64
	known                  process.Fields
	// noMemory tells that there is no line on memory: kernel threads and zombies have none.
	noMemory bool
	// odd is how many lines that are used cannot be parsed, and where names the first.
	odd   uint32
	where string
}

// mayBeUsed are the first letters of the keys that parse uses: a quarter of the lines.
var mayBeUsed = [256]bool{'U': true, 'V': true, 'R': true, 'v': true, 'n': true}

// residentParts are the lines that RssAnon, RssFile and RssShmem are, by a bit each.
const residentParts = 1 | 2 | 4

// parse reads /proc/PID/status (proc_pid_status(5)), lines of "Key:\tvalue". The name stands
// first, with newlines escaped, so that no name can pass for another line. A line that
// cannot be parsed, or comes twice, costs its field.
func (s *pidStatus) parse(file []byte) {
	*s = pidStatus{}
	var vmRSS, parts, swap memorySum
	file, all := procfile.WholeLines(file)
	if !all {
		s.lost("status: the last line has no end")
	}
	for line := range bytes.Lines(file) {
		if len(line) < 2 || !mayBeUsed[line[0]] {
			continue
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		f := Numbers{Rest: value}
		switch string(key) {
		case "Uid":
			f.Uint() // the real one, then the effective
			s.take(&s.uid, f.Uint(), !f.Bad, math.MaxUint32, process.HasUID, "status: Uid")
		case "VmRSS":
			vmRSS.add(s, &f, 1, "status: VmRSS")
		case "RssAnon":
			parts.add(s, &f, 1, "status: RssAnon")
		case "RssFile":
			parts.add(s, &f, 2, "status: RssFile")
		case "RssShmem":
			parts.add(s, &f, 4, "status: RssShmem")
		case "VmSwap":
			swap.add(s, &f, 1, "status: VmSwap")
		case "voluntary_ctxt_switches":
			s.take(&s.voluntary, f.Uint(), !f.Bad, math.MaxInt64, process.HasVoluntary, "status: voluntary_ctxt_switches")
		case "nonvoluntary_ctxt_switches":
			s.take(&s.involuntary, f.Uint(), !f.Bad, math.MaxInt64, process.HasInvoluntary, "status: nonvoluntary_ctxt_switches")
		}
	}
	s.noMemory = vmRSS.seen+parts.seen+swap.seen == 0
	switch {
	case parts.have == residentParts:
		s.resident = parts.bytes
		s.known |= process.HasResident
	case vmRSS.have != 0:
		s.resident = vmRSS.bytes
		s.known |= process.HasResident
	}
	if swap.have != 0 {
		s.swap = swap.bytes
		s.known |= process.HasSwap
	}
}

// take takes over a number and notes its field, unless the line is odd; the first of two
// lines counts.
func (s *pidStatus) take(into *uint64, n uint64, ok bool, most uint64, field process.Fields, where string) {
	switch {
	case !ok || n > most:
		s.lost(where)
	case !s.known.Has(field):
		s.known |= field
		*into = n
	}
}

func (s *pidStatus) lost(where string) {
	if s.odd == 0 {
		s.where = where
	}
	s.odd++
}

// memorySum adds up lines in units of 1024 bytes, which the kernel calls kB.
type memorySum struct {
	bytes uint64
	// seen counts the lines; have has a bit for each line that was added.
	seen, have int
}

func (m *memorySum) add(s *pidStatus, f *Numbers, bit int, where string) {
	m.seen++
	n := f.Uint()
	switch {
	case f.Bad || n > MaxMemory>>10:
		s.lost(where)
	case m.have&bit == 0:
		m.have |= bit
		m.bytes += n << 10
	}
}
