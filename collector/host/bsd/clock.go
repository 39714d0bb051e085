//go:build darwin || freebsd

package bsd

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// microsecond is the unit of start ticks: microseconds since 1970, as the kernel has them.
const microsecond = 1_000_000

// microClock is the clock of a scan that began then.
func microClock(began time.Time) process.Clock {
	return process.Clock{Epoch: time.Unix(0, 0), TicksPerSecond: microsecond, Now: uint64(began.UnixMicro())}
}

// reasonOfErrno names an error for Snapshot.Errors; it is empty for a process that has
// vanished.
func reasonOfErrno(err error) string {
	switch {
	case err == nil, errors.Is(err, unix.ESRCH), errors.Is(err, unix.ENOENT), errors.Is(err, unix.EINVAL):
		return ""
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return process.ReasonPermission
	}
	return process.ReasonOther
}
