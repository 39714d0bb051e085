package process

import (
	"math/bits"
	"time"
)

// CPUAccount is CPU time as the kernel books it. The run time is exact; user and system time
// are sampled at clock ticks and only tell its proportions.
type CPUAccount struct{ Run, User, System time.Duration }

// Add adds another account.
func (t *CPUAccount) Add(other CPUAccount) {
	t.Run += other.Run
	t.User += other.User
	t.System += other.System
}

// Split divides the run time between user and system mode in proportion to the samples,
// and lets neither part fall below what was last shown, as the kernel does for /proc
// (cputime_adjust in kernel/sched/cputime.c).
func (t CPUAccount) Split(shownUser, shownSystem time.Duration) (user, system time.Duration) {
	if shownUser+shownSystem >= t.Run {
		return shownUser, shownSystem
	}
	switch {
	case t.System == 0:
		system = 0
	case t.User == 0:
		system = t.Run
	default:
		system = scale(t.System, t.Run, t.User+t.System)
	}
	system = max(system, shownSystem)
	user = t.Run - system
	if user < shownUser {
		user = shownUser
		system = t.Run - user
	}
	return user, system
}

// scale returns part × run ÷ whole for part ≤ whole, without overflow.
func scale(part, run, whole time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(part), uint64(run))
	quotient, _ := bits.Div64(high, low, uint64(whole))
	return time.Duration(quotient)
}
