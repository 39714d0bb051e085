package bpf

import (
	"time"

	"proctree/collector/process"
)

// DelaysOf returns the delays of an account.
func (u *exitsUsage) DelaysOf() process.Delays { return delaysOf(new(tasksDelays(u.Delays))) }

func delaysOf(d *tasksDelays) process.Delays {
	return process.Delays{
		BlockIO: time.Duration(d.BlockIo), SwapIn: time.Duration(d.SwapIn),
		Reclaim: time.Duration(d.Reclaim), Thrashing: time.Duration(d.Thrashing),
	}
}
