package procfs

import (
	"bytes"
	"math"
	"time"

	"proctree/collector/process"
)

// UserHZ is the unit of clock ticks in /proc: 100 per second on every architecture that Go
// supports (USER_HZ, time(7)).
const UserHZ = 100

// Tick is the unit of times in /proc/PID/stat.
const Tick = time.Second / UserHZ

// pfKthread marks kernel threads in the flags of /proc/PID/stat (PF_KTHREAD,
// include/linux/sched.h).
const pfKthread = 0x00200000

// maxName is the length of a name (comm) without the NUL behind it (TASK_COMM_LEN).
const maxName = 15

// Stat holds what is used of /proc/PID/stat.
type Stat struct {
	// Name lies in the buffer that was parsed.
	Name                             []byte
	State                            byte
	kernel                           bool
	ppid, nice, threads              int
	minorFaults, majorFaults         uint64
	UserTicks, SystemTicks           uint64
	childUserTicks, childSystemTicks uint64
	StartTicks                       uint64
	// virtual is in bytes; residentPages is only about right, for the kernel counts it per
	// CPU and does not add that up here.
	virtual, residentPages uint64
	// known are the values of a process that the file tells.
	known process.Fields
	// odd is how many fields that are used cannot be parsed, and where names the first.
	odd   uint32
	where string
}

// The fields that are used, by their numbers in proc_pid_stat(5).
const (
	statPPID        = 4
	statFlags       = 9
	statMinorFaults = 10
	statMajorFaults = 12
	statUser        = 14
	statSystem      = 15
	statChildUser   = 16
	statChildSystem = 17
	statNice        = 19
	statThreads     = 20
	statStart       = 22
	statVirtual     = 23
	statResident    = 24
)

// Bounds of what is believed. Beyond them is what wrapped below zero.
const (
	// maxTicks is the longest CPU time that a Duration holds.
	maxTicks = uint64(math.MaxInt64 / Tick)
	// MaxMemory is more than the address space of any processor.
	MaxMemory = 1 << 57
	// maxThreads is PID_MAX_LIMIT, beyond which there are no tasks.
	maxThreads = 1 << 22
)

// Parse reads /proc/PID/stat (proc_pid_stat(5)). The name is in parentheses and may hold
// any byte, parentheses too, so it ends at the last one; behind it are numbers only. A field
// that cannot be parsed costs its field, but without the start there is no process.
func (s *Stat) Parse(file []byte) bool {
	*s = Stat{}
	open, end := bytes.IndexByte(file, '('), bytes.LastIndexByte(file, ')')
	if open < 0 || end < open || len(file) < end+3 {
		return false
	}
	s.Name, s.State = file[open+1:end], file[end+2]
	f := Numbers{Rest: file[end+3:]}
	if letter := s.State | 0x20; letter < 'a' || letter > 'z' || f.inWord() {
		s.State = 0
		s.take(0, false, 0, 0, "stat: state")
		if f.inWord() {
			f.number() // Whatever it is, it ends at the next blank.
		}
	}
	children := 0
	for field := statPPID; field <= statResident; field++ {
		n, negative, ok := f.number()
		switch field {
		case statPPID:
			s.ppid = int(s.take(n, ok && !negative, math.MaxInt32, 0, "stat: ppid"))
		case statFlags:
			s.kernel = s.take(n, ok && !negative, math.MaxUint64, 0, "stat: flags")&pfKthread != 0
		case statMinorFaults:
			s.minorFaults = s.take(n, ok && !negative, math.MaxInt64, process.HasMinorFaults, "stat: minflt")
		case statMajorFaults:
			s.majorFaults = s.take(n, ok && !negative, math.MaxInt64, process.HasMajorFaults, "stat: majflt")
		case statUser:
			s.UserTicks = s.take(n, ok && !negative, maxTicks, process.HasUserTime, "stat: utime")
		case statSystem:
			s.SystemTicks = s.take(n, ok && !negative, maxTicks, process.HasSystemTime, "stat: stime")
		case statChildUser, statChildSystem:
			into := &s.childUserTicks
			if field == statChildSystem {
				into = &s.childSystemTicks
			}
			odd := s.odd
			if *into = s.take(n, ok && !negative, maxTicks, 0, "stat: cutime or cstime"); s.odd == odd {
				children++
			}
		case statNice:
			s.nice = int(s.take(n, ok, maxNice, process.HasNice, "stat: nice"))
			if negative {
				s.nice = -s.nice
			}
		case statThreads:
			s.threads = int(s.take(n, ok && !negative, maxThreads, process.HasThreads, "stat: num_threads"))
		case statStart:
			if s.StartTicks = n; !ok || negative || n > maxTicks {
				return false
			}
		case statVirtual:
			s.virtual = s.take(n, ok && !negative, MaxMemory, process.HasVirtual, "stat: vsize")
		case statResident:
			s.residentPages = s.take(n, ok && !negative, MaxMemory/pageSize, process.HasResident, "stat: rss")
		}
	}
	if children == 2 {
		s.known |= process.HasChildCPU
	}
	if s.kernel {
		s.Name = kernelThreadName(s.Name)
	}
	return true
}

// maxNice is the largest value of nice, and the smallest without its sign (setpriority(2)).
const maxNice = 20

// take returns a number, and notes that its field is known. A number that could not be
// parsed, or is larger than most, is 0 and counts as odd.
func (s *Stat) take(n uint64, ok bool, most uint64, field process.Fields, where string) uint64 {
	if ok && n <= most {
		s.known |= field
		return n
	}
	if s.odd == 0 {
		s.where = where
	}
	s.odd++
	return 0
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

// Numbers reads numbers that are separated by blanks. Once one is not there or is no number,
// bad is set and stays set. A number with nothing behind it, not even the end of the line, may
// be a part of one, and is none.
type Numbers struct {
	Rest []byte
	Bad  bool
}

func (f *Numbers) blanks() {
	i := 0
	for i < len(f.Rest) && (f.Rest[i] == ' ' || f.Rest[i] == '\t') {
		i++
	}
	f.Rest = f.Rest[i:]
}

// Uint reads a number without a sign.
func (f *Numbers) Uint() uint64 {
	f.blanks()
	n, i, ok := digits(f.Rest)
	f.Rest = f.Rest[i:]
	f.Bad = f.Bad || !ok || len(f.Rest) == 0 || f.inWord()
	return n
}

// inWord reports whether the field goes on, though not as a number.
func (f *Numbers) inWord() bool {
	if len(f.Rest) == 0 {
		return false
	}
	switch f.Rest[0] {
	case ' ', '\t', '\n', '\r':
		return false
	}
	return true
}

// number reads the next field as a number without its sign. What is no number is passed
// over, up to the next blank.
func (f *Numbers) number() (n uint64, negative, ok bool) {
	f.blanks()
	if negative = len(f.Rest) > 0 && f.Rest[0] == '-'; negative {
		f.Rest = f.Rest[1:]
	}
	n, i, ok := digits(f.Rest)
	if f.Rest = f.Rest[i:]; len(f.Rest) == 0 {
		return n, negative, false
	}
	if f.inWord() {
		ok = false
		i = bytes.IndexByte(f.Rest, ' ')
		if i < 0 {
			i = len(f.Rest)
		}
		f.Rest = f.Rest[i:]
	}
	return n, negative, ok
}

// digits reads the number at the beginning of b, and tells how long it is. A number of more
// than 64 bits is none.
func digits(b []byte) (n uint64, length int, ok bool) {
	const beforeLast, lastDigit = math.MaxUint64 / 10, math.MaxUint64 % 10
	ok = true
	for ; length < len(b); length++ {
		digit := uint64(b[length] - '0')
		if digit > 9 {
			break
		}
		ok = ok && (n < beforeLast || n == beforeLast && digit <= lastDigit)
		n = n*10 + digit
	}
	return n, length, ok && length > 0
}
