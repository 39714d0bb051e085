package procfs

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// pidFiles reads the files of one process after the other into buffers of its own. It
// allocates nothing.
type pidFiles struct {
	proc *Dir
	caps procCaps
	// delays tells of which processes the kernel counts delays.
	delays delays
	// blockIO is for how long the first thread of the process read last waited for block devices.
	blockIO time.Duration

	// name is that of the process read last.
	name             Name
	path, stat, file []byte
	pidStat          Stat
	pidStatus        pidStatus
	pidIO            pidIO
	// failed is what could not be read of the process read last.
	failed Failures
	// cpus is how many CPUs can have worked for a process.
	cpus  int
	statx unix.Statx_t
}

// Sizes of the buffers. The status of a process with many supplementary groups is long.
const (
	StatBuffer = 4 << 10
	FileBuffer = 64 << 10
	// MaxPIDFile is as large as a buffer may become.
	MaxPIDFile = 4 << 20
)

func newPIDFiles(proc *Dir, caps procCaps) *pidFiles {
	return &pidFiles{
		cpus: mostCPUs,
		proc: proc,
		caps: caps,
		path: make([]byte, 0, 32),
		stat: make([]byte, StatBuffer),
		file: make([]byte, FileBuffer),
	}
}

var pageSize = uint64(os.Getpagesize())

// readBasics reads stat and status, which nothing blocks and which are refused only where
// the whole process is hidden (hidepid, proc(5)). Without status the process has what stat
// tells; without stat there is none, and the error says why.
func (f *pidFiles) readBasics(pid int, p *process.Process, now uint64) error {
	f.failed = Failures{}
	content, err := f.read(pid, "stat", &f.stat, ReadAt)
	if err != nil {
		return err
	}
	s := &f.pidStat
	if !s.Parse(content) || s.StartTicks > now+startMargin {
		return fmt.Errorf("stat: %w", ErrParse)
	}
	f.name.set(s.Name)
	f.blockIO = 0
	if f.delays.on {
		waited, ok := parseBlockIO(content)
		if !ok {
			f.failed.Oddities(1, "stat: delayacct_blkio_ticks")
		}
		f.blockIO = waited
	}
	*p = process.Process{ID: process.ID{PID: pid, StartTicks: s.StartTicks}}
	p.PPID, p.State, p.Kernel = s.ppid, process.StateOfLetter(s.State), s.kernel
	p.Nice, p.Threads = int8(s.nice), s.threads
	p.UserTime, p.SystemTime = time.Duration(s.UserTicks)*Tick, time.Duration(s.SystemTicks)*Tick
	p.ChildUserTime, p.ChildSystemTime = time.Duration(s.childUserTicks)*Tick, time.Duration(s.childSystemTicks)*Tick
	p.VirtualBytes, p.ResidentBytes = s.virtual, s.residentPages*pageSize
	p.MinorFaults, p.MajorFaults = s.minorFaults, s.majorFaults
	p.Known = s.known
	f.failed.Oddities(s.odd, s.where)
	f.dropImpossible(p, now)
	return f.readStatus(p)
}

// startMargin is how much later than the scan a process can seem to have started, in ticks:
// a scan takes its time, and the clocks of a made-up proc file system are only about right.
const startMargin = 3600 * UserHZ

// cpuMargin is by how much more than its age, in ticks, a CPU can seem to have worked for a
// process.
const cpuMargin = 60 * UserHZ

// dropImpossible drops CPU time beyond what all CPUs could have worked since the process
// started: a counter that wrapped.
func (f *pidFiles) dropImpossible(p *process.Process, now uint64) {
	age := now - min(p.StartTicks, now) + cpuMargin
	most := min(age, maxTicks/mostCPUs) * uint64(f.cpus)
	s := &f.pidStat
	for _, cpu := range [...]struct {
		field process.Fields
		ticks uint64
	}{
		{process.HasUserTime, s.UserTicks},
		{process.HasSystemTime, s.SystemTicks},
		{process.HasChildCPU, max(s.childUserTicks, s.childSystemTicks)},
	} {
		if cpu.ticks > most {
			p.Known &^= cpu.field
			f.failed.Oddities(1, "stat: more CPU time than there was time")
		}
	}
}

// readStatus adds what status tells. It returns an error only if the process has gone.
func (f *pidFiles) readStatus(p *process.Process) error {
	content, err := f.read(p.PID, "status", &f.file, ReadNow)
	if err != nil {
		if f.hasGone(p, err) {
			return err
		}
		if IsGone(err) {
			err = fmt.Errorf("missing: %w", ErrParse)
		}
		f.failed.Add(fmt.Errorf("status: %w", err))
		return nil
	}
	s := &f.pidStatus
	s.parse(content)
	if s.known.Has(process.HasResident) {
		p.ResidentBytes = s.resident
	}
	if s.noMemory && p.VirtualBytes == 0 && p.Known.Has(process.HasVirtual) {
		// Kernel threads and zombies have no memory, and so nothing in the swap.
		s.known |= process.HasSwap
	}
	p.UID, p.SwapBytes = uint32(s.uid), s.swap
	p.VoluntarySwitches, p.InvoluntarySwitches = s.voluntary, s.involuntary
	p.Known |= s.known
	f.failed.Oddities(s.odd, s.where)
	if !s.known.Has(process.HasUID) && s.odd == 0 {
		f.failed.Oddities(1, "status: no Uid")
	}
	return nil
}

// hasGone reports whether a file of a process cannot be read because the process has ended,
// and not only because there is no such file.
func (f *pidFiles) hasGone(p *process.Process, err error) bool {
	if !IsGone(err) {
		return false
	}
	if !errors.Is(err, unix.ENOENT) {
		return true // ESRCH: it ended between opening and reading.
	}
	content, err := f.read(p.PID, "stat", &f.stat, ReadAt)
	return err != nil || !f.pidStat.Parse(content) || f.pidStat.StartTicks != p.StartTicks
}

// readOpenFDs reads the number of descriptors and readStorage what went to and came from
// storage, which another user's process may refuse. What was refused is not asked for again
// until the memo says so. They return true if the process has gone.
func (f *pidFiles) readOpenFDs(p *process.Process, m *memo, now uint64) (gone bool) {
	if now >= m.retry {
		m.refused = 0
	}
	if m.refused.Has(process.HasOpenFDs) {
		f.failed.permission++
		return false
	}
	return f.refusable(p, m, now, process.HasOpenFDs, f.readFDs(p))
}

func (f *pidFiles) readStorage(p *process.Process, m *memo, now uint64) (gone bool) {
	if m.refused.Has(process.HasIO) {
		f.failed.permission++
		return false
	}
	return f.refusable(p, m, now, process.HasIO, f.readIO(p))
}

// refusable takes down the error of a file that may be refused.
func (f *pidFiles) refusable(p *process.Process, m *memo, now uint64, field process.Fields, err error) (gone bool) {
	if f.hasGone(p, err) {
		return true
	}
	f.failed.Add(err)
	if ReasonOf(err) == process.ReasonPermission {
		m.refused |= field
		m.retry = now + retryRefused
	}
	return false
}

// readAccount reads how often the process was given a CPU, if that may spare reading the
// rest; it is zero if not. It cannot fail in a way that reading the rest does not.
func (f *pidFiles) readAccount(pid int, was *process.Process, r *rest) schedstat {
	var account schedstat
	if !f.caps.schedstat || !r.worthAsking(was) {
		return account
	}
	content, err := f.read(pid, "schedstat", &f.file, ReadNow)
	if err != nil {
		return schedstat{}
	}
	if counted, _ := account.parse(content); !counted {
		return schedstat{}
	}
	return account
}

func (f *pidFiles) readIO(p *process.Process) error {
	if !f.caps.io {
		return nil
	}
	content, err := f.read(p.PID, "io", &f.file, ReadAt)
	if err != nil {
		return err
	}
	i := &f.pidIO
	i.parse(content)
	p.ReadBytes, p.WrittenBytes = i.read, i.written
	p.Known |= i.known
	f.failed.Oddities(i.odd, i.where)
	return nil
}

// readFDs counts the open descriptors. A kernel thread has none.
func (f *pidFiles) readFDs(p *process.Process) error {
	var err error
	switch {
	case p.Kernel:
	case f.caps.fdSize:
		p.OpenFDs, err = f.sizeOf(f.pathOf(p.PID, "fd"))
	default:
		p.OpenFDs, err = f.entriesOf(f.pathOf(p.PID, "fd"))
	}
	if err == nil {
		p.Known |= process.HasOpenFDs
	}
	return err
}

// sizeOf returns st_size. A call of statx, which every architecture has.
func (f *pidFiles) sizeOf(path []byte) (uint64, error) {
	_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(f.proc.FD), uintptr(unsafe.Pointer(&path[0])),
		0, unix.STATX_SIZE, uintptr(unsafe.Pointer(&f.statx)), 0)
	if errno != 0 {
		return 0, errno
	}
	return f.statx.Size, nil
}

// entriesOf lists a directory and counts what is not "." or "..".
func (f *pidFiles) entriesOf(path []byte) (uint64, error) {
	fd, err := OpenAt(f.proc.FD, path, unix.O_DIRECTORY)
	if err != nil {
		return 0, err
	}
	defer CloseFD(fd)
	count := uint64(0)
	for {
		n, err := unix.Getdents(fd, f.file)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n == 0:
			return count, nil
		default:
			for name := range DirentNames(f.file[:n]) {
				if name[0] != '.' {
					count++
				}
			}
		}
	}
}

// read reads a file of a process. The buffer grows with a file that does not fit, such as the
// status of a process with all the supplementary groups that there may be.
func (f *pidFiles) read(pid int, file string, buf *[]byte, read func(dir int, path, buf []byte) ([]byte, error)) ([]byte, error) {
	for {
		content, err := read(f.proc.FD, f.pathOf(pid, file), *buf)
		if len(content) < len(*buf) || len(*buf) >= MaxPIDFile {
			return content, err
		}
		*buf = make([]byte, 4*len(*buf))
	}
}

func (f *pidFiles) pathOf(pid int, file string) []byte {
	f.path = PIDPath(f.path, pid, file)
	return f.path
}
