package procfs

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// maxWaitThreads is the largest number of threads for which the waits are read: that takes a file
// of each thread. Larger processes have none in the proc file system; BPF has all of them.
const maxWaitThreads = 256

// waits is what the reader remembers of how long the threads of a process waited for a CPU. The
// kernel forgets a thread when it ends, so its last wait is kept.
type waits struct {
	// ended is the wait of the threads that have ended since the process was first seen, and
	// endedBlockIO for how long they waited for block devices.
	ended, endedBlockIO time.Duration
	// threads are the others, in the order of their numbers.
	threads []threadWait
	// due is the tick at which the threads are read even if the process seems not to have run.
	due uint64
}

type threadWait struct {
	tid           int32
	wait, blockIO time.Duration
	seen          bool
}

// readWaits adds how long all threads waited for a CPU, and for block devices. Each is absent if the
// kernel does not count it, or a file cannot be read. account has it already of a process with one thread.
func (f *pidFiles) readWaits(p, was *process.Process, account schedstat, m *memo, now uint64) {
	switch {
	case !f.caps.waits || p.Threads > maxWaitThreads:
		m.waits = waits{}
	case p.Threads <= 1 && m.waits.ended == 0 && m.waits.threads == nil:
		if account == (schedstat{}) {
			account = f.readSchedstat(f.pathOf(p.PID, "schedstat"))
		}
		f.setWait(p, account.slices > 0, account.wait)
		f.setBlockIO(p, f.blockIO)
	case was != nil && was.Known.Has(process.HasCPUWait) && now < m.waits.due && idle(p, was):
		f.setWait(p, true, was.CPUWait)
		p.Delays = was.Delays
		p.Known |= was.Known & process.HasBlockIODelay
	case f.readThreads(p.PID, &m.waits):
		m.waits.due = nextDue(p.PID, now)
		wait, blockIO := m.waits.sum()
		f.setWait(p, true, wait)
		f.setBlockIO(p, blockIO)
	}
}

func (f *pidFiles) setWait(p *process.Process, known bool, wait time.Duration) {
	if known {
		p.CPUWait = wait
		p.Known |= process.HasCPUWait
	}
}

// idle reports whether a process with several threads seems not to have run: not for a clock tick
// in all, and not its first thread. A wait that is read late is not lost.
func idle(p, was *process.Process) bool {
	return p.ID == was.ID && p.Threads == was.Threads && p.CPUTime() == was.CPUTime() && p.State != process.Running &&
		p.VoluntarySwitches == was.VoluntarySwitches && p.InvoluntarySwitches == was.InvoluntarySwitches
}

// readThreads reads the wait of each thread. It reports false if it could not list them, or the
// kernel does not count.
func (f *pidFiles) readThreads(pid int, w *waits) bool {
	fd, err := OpenAt(f.proc.FD, f.pathOf(pid, "task"), unix.O_DIRECTORY)
	if err != nil {
		return false
	}
	defer CloseFD(fd)
	for i := range w.threads {
		w.threads[i].seen = false
	}
	counted := false
	for {
		n, err := unix.Getdents(fd, f.file)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return false
		}
		if n == 0 {
			break
		}
		for name := range DirentNames(f.file[:n]) {
			tid, ok := parsePID(name)
			if !ok {
				continue
			}
			if s := f.readSchedstat(f.threadPath(pid, tid, "schedstat")); s.slices > 0 {
				w.set(tid, s.wait, f.readBlockIO(pid, tid))
				counted = true
			}
		}
	}
	w.sweep()
	return counted
}

func (f *pidFiles) threadPath(pid int, tid int32, file string) []byte {
	f.path = strconv.AppendInt(f.path[:0], int64(pid), 10)
	f.path = append(f.path, "/task/"...)
	f.path = strconv.AppendInt(f.path, int64(tid), 10)
	f.path = append(append(f.path, '/'), file...)
	f.path = append(f.path, 0)
	return f.path
}

// readSchedstat reads the account of a thread; it is zero if that is not possible.
func (f *pidFiles) readSchedstat(path []byte) (s schedstat) {
	content, err := ReadNow(f.proc.FD, path, f.stat)
	if errors.Is(err, fs.ErrNotExist) {
		return schedstat{} // The kernel has none, or the thread has ended.
	}
	if err != nil {
		f.failed.Add(fmt.Errorf("schedstat: %w", err))
		return schedstat{}
	}
	counted, odd := s.parse(content)
	if odd {
		f.failed.Oddities(1, "schedstat")
	}
	if !counted {
		return schedstat{}
	}
	return s
}

// set takes the wait of a living thread. The kernel lists threads by their age, and a number can be
// used again: then the new thread has waited less.
func (w *waits) set(tid int32, wait, blockIO time.Duration) {
	at, known := slices.BinarySearchFunc(w.threads, tid, func(t threadWait, tid int32) int { return int(t.tid - tid) })
	if !known {
		w.threads = slices.Insert(w.threads, at, threadWait{tid: tid})
	}
	t := &w.threads[at]
	if wait < t.wait {
		w.end(t)
		t.blockIO = 0
	}
	t.wait, t.blockIO, t.seen = wait, max(t.blockIO, blockIO), true
}

// sweep keeps the waits of the threads that were not seen.
func (w *waits) sweep() {
	w.threads = slices.DeleteFunc(w.threads, func(t threadWait) bool {
		if !t.seen {
			w.end(&t)
		}
		return !t.seen
	})
}

// end keeps the waits of a thread that has ended.
func (w *waits) end(t *threadWait) {
	w.ended += t.wait
	w.endedBlockIO += t.blockIO
}

func (w *waits) sum() (wait, blockIO time.Duration) {
	wait, blockIO = w.ended, w.endedBlockIO
	for i := range w.threads {
		wait += w.threads[i].wait
		blockIO += w.threads[i].blockIO
	}
	return wait, blockIO
}
