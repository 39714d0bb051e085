package host

import (
	"bytes"
	"time"
)

// tick is the unit of times in /proc/PID/stat.
const tick = time.Second / userHZ

// pfKthread marks kernel threads in the flags of /proc/PID/stat (PF_KTHREAD,
// include/linux/sched.h).
const pfKthread = 0x00200000

// maxName is the length of a name (comm) without the NUL behind it (TASK_COMM_LEN).
const maxName = 15

// pidStat holds what is used of /proc/PID/stat.
type pidStat struct {
	// name lies in the buffer that was parsed.
	name                             []byte
	state                            byte
	kernel                           bool
	ppid, nice, threads              int
	minorFaults, majorFaults         uint64
	userTicks, systemTicks           uint64
	childUserTicks, childSystemTicks uint64
	startTicks                       uint64
	// virtual is in bytes; residentPages is only about right, for the kernel counts it per
	// CPU and does not add that up here.
	virtual, residentPages uint64
}

// parse reads /proc/PID/stat (proc_pid_stat(5)). The name is in parentheses and may hold
// any byte, parentheses too, so it ends at the last one; behind it are numbers only.
func (s *pidStat) parse(file []byte) bool {
	open, end := bytes.IndexByte(file, '('), bytes.LastIndexByte(file, ')')
	if open < 0 || end < open || len(file) < end+3 {
		return false
	}
	s.name, s.state = file[open+1:end], file[end+2]
	f := fields{rest: file[end+3:]}
	s.ppid = int(f.int())
	f.skip(4) // process group, session, terminal, its foreground process group
	s.kernel = f.uint()&pfKthread != 0
	s.minorFaults = f.uint()
	f.skip(1) // those of the children it has waited for
	s.majorFaults = f.uint()
	f.skip(1) // likewise
	s.userTicks, s.systemTicks = f.uint(), f.uint()
	s.childUserTicks, s.childSystemTicks = f.uint(), f.uint()
	f.skip(1) // priority
	s.nice, s.threads = int(f.int()), int(f.int())
	f.skip(1) // itrealvalue
	s.startTicks, s.virtual, s.residentPages = f.uint(), f.uint(), f.uint()
	if s.kernel {
		s.name = kernelThreadName(s.name)
	}
	return !f.bad
}

// kernelThreadName cuts the name of a kernel thread to what it is in the kernel (comm). The
// file has more: names beyond 15 bytes, and behind a worker's name the work it did last
// ("kworker/u8:1-events_unbound"), so that the same thread would be called differently
// at each scan.
func kernelThreadName(name []byte) []byte {
	if worker, ok := bytes.CutPrefix(name, []byte("kworker/")); ok && !bytes.HasPrefix(worker, []byte("R-")) {
		if i := bytes.IndexAny(worker, "+-"); i >= 0 {
			name = name[:len(name)-len(worker)+i]
		}
	}
	return name[:min(len(name), maxName)]
}

// fields reads numbers that are separated by blanks. Once one is not there or is no number,
// bad is set and stays set.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) blanks() {
	i := 0
	for i < len(f.rest) && (f.rest[i] == ' ' || f.rest[i] == '\t') {
		i++
	}
	f.rest = f.rest[i:]
}

// skip passes over n fields.
func (f *fields) skip(n int) {
	for range n {
		f.blanks()
		i := bytes.IndexByte(f.rest, ' ')
		if i <= 0 {
			f.bad = true
			return
		}
		f.rest = f.rest[i:]
	}
}

func (f *fields) uint() uint64 {
	f.blanks()
	n, i := uint64(0), 0
	for ; i < len(f.rest); i++ {
		digit := f.rest[i] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + uint64(digit)
	}
	f.bad = f.bad || i == 0 || i > 20
	f.rest = f.rest[i:]
	return n
}

func (f *fields) int() int64 {
	f.blanks()
	if len(f.rest) > 0 && f.rest[0] == '-' {
		f.rest = f.rest[1:]
		return -int64(f.uint())
	}
	return int64(f.uint())
}
