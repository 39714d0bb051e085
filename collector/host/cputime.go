package host

import (
	"math/bits"
	"time"
)

// cpuTimes is CPU time as the kernel books it. The run time is exact; user and system time
// are sampled at clock ticks and only tell its proportions.
type cpuTimes struct{ run, user, system time.Duration }

func (t *cpuTimes) add(other cpuTimes) {
	t.run += other.run
	t.user += other.user
	t.system += other.system
}

// split divides the run time between user and system mode in proportion to the samples,
// and lets neither part fall below what was last shown, as the kernel does for /proc
// (cputime_adjust in kernel/sched/cputime.c).
func (t cpuTimes) split(shownUser, shownSystem time.Duration) (user, system time.Duration) {
	if shownUser+shownSystem >= t.run {
		return shownUser, shownSystem
	}
	switch {
	case t.system == 0:
		system = 0
	case t.user == 0:
		system = t.run
	default:
		system = scale(t.system, t.run, t.user+t.system)
	}
	system = max(system, shownSystem)
	user = t.run - system
	if user < shownUser {
		user = shownUser
		system = t.run - user
	}
	return user, system
}

// scale returns part × run ÷ whole for part ≤ whole, without overflow.
func scale(part, run, whole time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(part), uint64(run))
	quotient, _ := bits.Div64(high, low, uint64(whole))
	return time.Duration(quotient)
}
