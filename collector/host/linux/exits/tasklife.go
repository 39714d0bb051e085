package exits

import (
	"time"

	"proctree/collector/process"
)

// taskLife is how a thread spent the time between its begin and its exit record.
//
// The run time of the record is exact but stale: it was brought up to date when the thread
// was last put on a CPU or by a clock tick since then. Of a life of some milliseconds it
// lacks a third. The sampled times are right on average only where processes begin at
// random; those that a timer starts can all meet the tick, or none.
type taskLife struct {
	elapsed time.Duration
	// waited is how long the thread was ready to run and others had the CPU.
	waited time.Duration
	// stints is how often it was put on a CPU, 0 where the kernel does not count it.
	stints uint64
	// sleeps is how often it gave up the CPU to wait for something.
	sleeps uint64
}

// runTime estimates the run time up to the record from what the record says of it.
//
// Who never slept ran whenever it did not wait for the CPU, which tells the time to the
// microsecond. Who did lacks about one stint, for all but the last are booked: their mean,
// or half a clock tick if that is less. Never is it less than what is booked, nor more than
// a tick above it, nor more than the time that it had.
func (l taskLife) runTime(booked process.CPUAccount, clockTick time.Duration) time.Duration {
	if l.stints == 0 {
		return max(booked.Run, booked.Total())
	}
	missing := min(clockTick, l.elapsed-l.waited-booked.Run)
	if l.sleeps > 0 {
		missing = min(missing, booked.Run/time.Duration(l.stints), clockTick/2)
	}
	return booked.Run + max(0, missing)
}
