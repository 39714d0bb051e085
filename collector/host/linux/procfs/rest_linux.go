package procfs

import (
	"math"
	"time"

	"proctree/collector/process"
)

// A process that has not run since it was last read is not read again: opening, reading
// and closing its files costs six times what schedstat alone does, and on most hosts most
// processes sleep. What it has done itself cannot have changed. What others can change
// without its running is its parent, which is checked; that it was woken and waits for a
// CPU, which is seen once it has had one; its nice value and its memory, from which the
// kernel may take pages: these may be restLimit old. Only the first
// thread's account is at hand, so a process of several is always read.

// restLimit is after how many ticks a process is read even if it has not run.
const restLimit = 60 * UserHZ

// schedstat is how long a thread has run, in nanoseconds, how long it was ready to run and waited
// for a CPU, and how often it was given one; zero where that is not known.
type schedstat struct {
	runtime, slices uint64
	wait            time.Duration
}

// parse reads /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst). All fields
// are 0 where the kernel does not keep the account. Odd tells that it cannot be parsed.
func (s *schedstat) parse(file []byte) (counted, odd bool) {
	f := Numbers{Rest: file}
	s.runtime = f.Uint()
	wait := f.Uint()
	s.slices = f.Uint()
	s.wait = time.Duration(wait)
	odd = f.Bad || wait > math.MaxInt64
	return !odd && s.slices > 0, odd
}

// rest is what tells whether a process has run since its values were read.
type rest struct {
	// account was taken before the values were read.
	account schedstat
	// quiet is set when the process had not run between two readings, so that it is worth
	// the cost to take its account.
	quiet bool
	// due is the tick at which to read the values anyway.
	due uint64
}

// worthAsking reports whether the account of the process that was read last is to be
// taken.
func (r *rest) worthAsking(was *process.Process) bool {
	return was != nil && r.quiet && was.Threads == 1 && was.State != process.Running
}

// holds reports whether the values read with r are still those of the process.
func (r *rest) holds(account schedstat, now uint64) bool {
	return account != schedstat{} && account == r.account && now < r.due
}

// after returns the rest of a process that has just been read, and was read before as was.
func (r *rest) after(account schedstat, was, is *process.Process, now uint64) rest {
	return rest{
		account: account,
		quiet: was != nil && was.ID == is.ID && is.Known.Has(process.HasSwitches) &&
			was.VoluntarySwitches == is.VoluntarySwitches && was.InvoluntarySwitches == is.InvoluntarySwitches,
		due: nextDue(is.PID, now),
	}
}

// nextDue spreads the processes by their PIDs over restLimit, so that each scan reads its
// share of them.
func nextDue(pid int, now uint64) uint64 {
	const prime = 61
	due := now - now%restLimit + uint64(pid)*prime%restLimit
	if due <= now {
		due += restLimit
	}
	return due
}
