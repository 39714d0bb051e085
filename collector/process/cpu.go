package process

import (
	"math/bits"
	"time"
)

// CPU is CPU time in user and in system mode.
type CPU struct{ User, System time.Duration }

// Total returns the time in both modes.
func (c CPU) Total() time.Duration { return c.User + c.System }

// Plus returns the sum of two.
func (c CPU) Plus(d CPU) CPU { return CPU{c.User + d.User, c.System + d.System} }

// Minus returns what is left of c without d.
func (c CPU) Minus(d CPU) CPU { return CPU{c.User - d.User, c.System - d.System} }

// CPUAccount is CPU time as the kernel books it. The run time is exact; user and system time
// are sampled at clock ticks and only tell its proportions.
type CPUAccount struct {
	Run time.Duration
	CPU
}

// Add adds another account.
func (t *CPUAccount) Add(other CPUAccount) {
	t.Run += other.Run
	t.CPU = t.Plus(other.CPU)
}

// Split divides the run time between user and system mode in proportion to the samples,
// and lets neither part fall below what was last shown, as the kernel does for /proc
// (cputime_adjust in kernel/sched/cputime.c).
func (t CPUAccount) Split(shown CPU) CPU {
	if shown.Total() >= t.Run {
		return shown
	}
	var system time.Duration
	switch {
	case t.System == 0:
		system = 0
	case t.User == 0:
		system = t.Run
	default:
		system = scale(t.System, t.Run, t.User+t.System)
	}
	system = max(system, shown.System)
	if t.Run-system < shown.User {
		system = t.Run - shown.User
	}
	return CPU{t.Run - system, system}
}

// scale returns part × run ÷ whole for part ≤ whole, without overflow.
func scale(part, run, whole time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(part), uint64(run))
	quotient, _ := bits.Div64(high, low, uint64(whole))
	return time.Duration(quotient)
}
