package host

import (
	"bytes"

	"proctree/collector/process"
)

// pidStatus holds what is used of /proc/PID/status. Memory is in bytes.
type pidStatus struct {
	uid uint32
	// resident is exact: the sum of RssAnon, RssFile and RssShmem (Linux 4.5), else VmRSS.
	resident, swap         uint64
	voluntary, involuntary uint64
	known                  process.Fields
}

// mayBeUsed are the first letters of the keys that parse uses: a quarter of the lines.
var mayBeUsed = [256]bool{'U': true, 'V': true, 'R': true, 'v': true, 'n': true}

// parse reads /proc/PID/status (proc_pid_status(5)), lines of "Key:\tvalue". Kernel threads
// and zombies have no lines on memory: they have none, which is a known 0. The name stands
// first, with newlines escaped, so that no name can pass for another line.
func (s *pidStatus) parse(file []byte) bool {
	*s = pidStatus{}
	var vmRSS, parts uint64
	haveUID, haveParts, haveVM := false, false, false
	for line := range bytes.Lines(file) {
		if len(line) < 2 || !mayBeUsed[line[0]] {
			continue
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		f := fields{rest: value}
		switch string(key) {
		case "Uid":
			f.uint() // the real one, then the effective
			s.uid, haveUID = uint32(f.uint()), !f.bad
		case "VmRSS":
			vmRSS, haveVM = f.kilobytes(), true
		case "RssAnon", "RssFile", "RssShmem":
			parts, haveParts = parts+f.kilobytes(), true
		case "VmSwap":
			s.swap = f.kilobytes()
			s.known |= process.HasSwap
		case "voluntary_ctxt_switches":
			s.voluntary = f.uint()
		case "nonvoluntary_ctxt_switches":
			s.involuntary = f.uint()
			s.known |= process.HasSwitches
		}
		if f.bad {
			return false
		}
	}
	s.resident = parts
	if !haveParts {
		s.resident = vmRSS
	}
	if !haveVM {
		s.known |= process.HasSwap
	}
	s.known |= process.HasMemory
	return haveUID
}

// kilobytes reads a number of units of 1024 bytes, which the kernel calls kB.
func (f *fields) kilobytes() uint64 { return f.uint() << 10 }
