package control

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// Actor acts on processes through pidfds. Safe for concurrent use.
type Actor struct{ proc *procfs.Dir }

// New returns an Actor. It is an error if the PIDs of the proc file system are not those
// that system calls of this program mean.
func New(cfg Config) (*Actor, error) {
	proc, err := procfs.Open(cfg.ProcPath)
	if err != nil {
		return nil, err
	}
	a := &Actor{proc: proc}
	if err := a.checkNamespace(); err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.ProcPath, err)
	}
	fd, err := unix.PidfdOpen(unix.Getpid(), 0)
	if err != nil {
		return nil, fmt.Errorf("pidfd_open, which Linux has since 5.3: %w", err)
	}
	procfs.CloseFD(fd)
	return a, nil
}

// checkNamespace reads NSpid: this program's PID in the PID namespace of the proc file
// system, and in each one below down to its own (proc_pid_status(5)). One number means that
// both are the same namespace.
func (a *Actor) checkNamespace() error {
	content, err := procfs.ReadNow(a.proc.FD, []byte("self/status\x00"), make([]byte, procfs.FileBuffer))
	if err != nil {
		return fmt.Errorf("read self/status: %w", err)
	}
	for line := range strings.Lines(string(content)) {
		if pids, ok := strings.CutPrefix(line, "NSpid:"); ok {
			if fields := strings.Fields(pids); len(fields) == 1 && fields[0] == strconv.Itoa(unix.Getpid()) {
				return nil
			}
			break
		}
	}
	return errors.New("it shows another PID namespace than that of this program; run it in the PID namespace of the host")
}

// Signal sends a signal. The pidfd is opened first and the start time checked after that. So
// the check can only succeed for the process that the pidfd stands for, even if another process gets the PID
// in between; the signal goes to the pidfd, not to the PID.
func (a *Actor) Signal(id process.ID, name string) error {
	signal, ok := signals[name]
	if !ok {
		return fmt.Errorf("signal %q: %w", name, ErrUnsupported)
	}
	fd, err := a.open(id)
	if err != nil {
		return err
	}
	defer procfs.CloseFD(fd)
	return a.explain(id, unix.PidfdSendSignal(fd, signal, nil, 0))
}

// Renice sets the nice value of all threads, as a nice value of Linux belongs to a thread
// (setpriority(2)). There is no such call for a pidfd: that the process still exists is
// checked before each thread, which leaves a moment of microseconds.
func (a *Actor) Renice(id process.ID, nice int) error {
	if err := checkNice(nice); err != nil {
		return err
	}
	fd, err := a.open(id)
	if err != nil {
		return err
	}
	defer procfs.CloseFD(fd)
	// A new thread has the value of the thread that started it, which can be one whose turn
	// had not come. So the threads are listed again until there is no new one.
	done := map[int]bool{}
	for range reniceRounds {
		threads, err := a.threads(id)
		if err != nil {
			return err
		}
		before := len(done)
		for _, tid := range threads {
			if done[tid] {
				continue
			}
			if err := a.reniceThread(fd, id, tid, nice); err != nil {
				return err
			}
			done[tid] = true
		}
		if len(done) == before {
			break
		}
	}
	return nil
}

// reniceRounds bounds the work on a process that starts threads all the time.
const reniceRounds = 10

func (a *Actor) reniceThread(fd int, id process.ID, tid, nice int) error {
	if err := a.alive(fd, id); err != nil {
		return err
	}
	err := unix.Setpriority(unix.PRIO_PROCESS, tid, nice)
	if errors.Is(err, unix.ESRCH) && tid != id.PID {
		return nil // The thread has ended.
	}
	return a.explain(id, err)
}

// open returns a pidfd of exactly this process.
func (a *Actor) open(id process.ID) (int, error) {
	fd, err := unix.PidfdOpen(id.PID, 0)
	if errors.Is(err, unix.EINVAL) {
		return -1, fmt.Errorf("process %s: %w", id, process.ErrNoProcess) // A thread has the number.
	}
	if err != nil {
		return -1, a.explain(id, err)
	}
	if err := a.check(id); err != nil {
		procfs.CloseFD(fd)
		return -1, err
	}
	return fd, nil
}

// check compares the start time of the process that has the PID now.
func (a *Actor) check(id process.ID) error {
	content, err := procfs.ReadNow(a.proc.FD, procfs.PIDPath(nil, id.PID, "stat"), make([]byte, procfs.StatBuffer))
	if procfs.IsGone(err) {
		return fmt.Errorf("process %s: %w", id, process.ErrNoProcess)
	}
	if err != nil {
		return fmt.Errorf("check process %s: %w", id, err)
	}
	var s procfs.Stat
	switch {
	case !s.Parse(content):
		return fmt.Errorf("check process %s: %w", id, procfs.ErrParse)
	case s.StartTicks != id.StartTicks:
		return fmt.Errorf("process %s: %w", id, ErrReused)
	case s.State == 'Z' || s.State == 'X':
		return fmt.Errorf("process %s has ended, and its parent has not collected it yet: %w", id, process.ErrNoProcess)
	}
	return nil
}

// alive returns an error if the process of a pidfd has ended.
func (a *Actor) alive(fd int, id process.ID) error {
	err := unix.PidfdSendSignal(fd, 0, nil, 0)
	if exists(err) {
		return nil // The next call says what is permitted.
	}
	return a.explain(id, err)
}

func (a *Actor) threads(id process.ID) (list []int, err error) {
	dir, err := procfs.OpenAt(a.proc.FD, procfs.PIDPath(nil, id.PID, "task"), unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, a.explain(id, err)
	}
	defer procfs.CloseFD(dir)
	buf := make([]byte, procfs.FileBuffer)
	for {
		n, err := unix.Getdents(dir, buf)
		if err != nil {
			return nil, a.explain(id, err)
		}
		if n == 0 {
			return list, nil
		}
		for name := range procfs.DirentNames(buf[:n]) {
			if tid, err := strconv.Atoi(string(name)); err == nil {
				list = append(list, tid)
			}
		}
	}
}

// explain names the process in an error of a system call, and what the error means.
func (a *Actor) explain(id process.ID, err error) error {
	switch {
	case err == nil:
		return nil
	case procfs.IsGone(err):
		return fmt.Errorf("process %s: %w", id, process.ErrNoProcess)
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return fmt.Errorf("process %s: %w", id, ErrNotPermitted)
	}
	return fmt.Errorf("process %s: %w", id, err)
}
