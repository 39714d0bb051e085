package host

import (
	"errors"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// pidFiles reads the files of one process after the other into buffers of its own. It
// allocates nothing.
type pidFiles struct {
	proc *procDir
	caps procCaps

	// name is that of the process read last.
	name             kernelName
	path, stat, file []byte
	pidStat          pidStat
	pidStatus        pidStatus
	statx            unix.Statx_t
}

// Sizes of the buffers. The status of a process with many supplementary groups is long.
const (
	statBuffer = 4 << 10
	fileBuffer = 64 << 10
)

func newPIDFiles(proc *procDir, caps procCaps) *pidFiles {
	return &pidFiles{
		proc: proc,
		caps: caps,
		path: make([]byte, 0, 32),
		stat: make([]byte, statBuffer),
		file: make([]byte, fileBuffer),
	}
}

var pageSize = uint64(os.Getpagesize())

// readBasics reads stat and status, which nothing blocks and which are refused only where
// the whole process is hidden (hidepid, proc(5)).
func (f *pidFiles) readBasics(pid int, p *process.Process) error {
	content, err := readAt(f.proc.fd, f.pathOf(pid, "stat"), f.stat)
	if err != nil {
		return err
	}
	s := &f.pidStat
	if !s.parse(content) {
		return errParse
	}
	f.name.set(s.name)
	*p = process.Process{ID: process.ID{PID: pid, StartTicks: s.startTicks}}
	p.PPID, p.State, p.Kernel = s.ppid, process.StateOfLetter(s.state), s.kernel
	p.Nice, p.Threads = int8(s.nice), s.threads
	p.UserTime, p.SystemTime = time.Duration(s.userTicks)*tick, time.Duration(s.systemTicks)*tick
	p.ChildUserTime, p.ChildSystemTime = time.Duration(s.childUserTicks)*tick, time.Duration(s.childSystemTicks)*tick
	p.VirtualBytes, p.ResidentBytes = s.virtual, s.residentPages*pageSize
	p.MinorFaults, p.MajorFaults = s.minorFaults, s.majorFaults
	p.Known = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasFaults | process.HasThreads | process.HasNice
	return f.readStatus(p)
}

func (f *pidFiles) readStatus(p *process.Process) error {
	content, err := readAt(f.proc.fd, f.pathOf(p.PID, "status"), f.file)
	if err != nil {
		return err
	}
	s := &f.pidStatus
	if !s.parse(content) {
		return errParse
	}
	p.UID, p.ResidentBytes, p.SwapBytes = s.uid, s.resident, s.swap
	p.VoluntarySwitches, p.InvoluntarySwitches = s.voluntary, s.involuntary
	p.Known |= s.known
	return nil
}

// readRefusable reads io and the number of descriptors, which another user's process may
// refuse. What was refused is not asked for again until the memo says so.
func (f *pidFiles) readRefusable(p *process.Process, m *memo, now uint64) (failed failures, gone bool) {
	if now >= m.retry {
		m.refused = 0
	}
	for _, read := range [...]struct {
		figure process.Fields
		call   func(*pidFiles, *process.Process) error
	}{{process.HasIO, (*pidFiles).readIO}, {process.HasOpenFDs, (*pidFiles).readFDs}} {
		if m.refused.Has(read.figure) {
			failed.permission++
			continue
		}
		err := read.call(f, p)
		if isGone(err) {
			return failed, true
		}
		failed.add(err)
		if reasonOf(err) == process.ReasonPermission {
			m.refused |= read.figure
			m.retry = now + retryRefused
		}
	}
	return failed, false
}

// readAccount reads how often the process was given a CPU, if that may spare reading the
// rest; it is zero if not. It cannot fail in a way that reading the rest does not.
func (f *pidFiles) readAccount(pid int, was *process.Process, r *rest) schedstat {
	var account schedstat
	if !f.caps.schedstat || !r.worthAsking(was) {
		return account
	}
	content, err := readAt(f.proc.fd, f.pathOf(pid, "schedstat"), f.file)
	if err != nil || !account.parse(content) {
		return schedstat{}
	}
	return account
}

func (f *pidFiles) readIO(p *process.Process) error {
	if !f.caps.io {
		return nil
	}
	content, err := readAt(f.proc.fd, f.pathOf(p.PID, "io"), f.file)
	if err != nil {
		return err
	}
	read, written, ok := parsePIDIO(content)
	if !ok {
		return errParse
	}
	p.ReadBytes, p.WrittenBytes = read, written
	p.Known |= process.HasIO
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
	_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(f.proc.fd), uintptr(unsafe.Pointer(&path[0])),
		0, unix.STATX_SIZE, uintptr(unsafe.Pointer(&f.statx)), 0)
	if errno != 0 {
		return 0, errno
	}
	return f.statx.Size, nil
}

// entriesOf lists a directory and counts what is not "." or "..".
func (f *pidFiles) entriesOf(path []byte) (uint64, error) {
	fd, err := openAt(f.proc.fd, path, unix.O_DIRECTORY)
	if err != nil {
		return 0, err
	}
	defer closeFD(fd)
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
			for name := range direntNames(f.file[:n]) {
				if name[0] != '.' {
					count++
				}
			}
		}
	}
}

func (f *pidFiles) pathOf(pid int, file string) []byte {
	f.path = pidPath(f.path, pid, file)
	return f.path
}
