package procfs

import (
	"errors"

	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// ReasonOf names an error for Snapshot.Errors. It is empty for what is not there: the
// process vanished (ENOENT when a file is opened, ESRCH when it is read), or it has no
// such thing, like a zombie its executable.
func ReasonOf(err error) string {
	switch {
	case err == nil, errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		return ""
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return process.ReasonPermission
	case errors.Is(err, stall.ErrOverdue), errors.Is(err, stall.ErrTooMany):
		return process.ReasonDeadline
	case errors.Is(err, ErrParse), errors.As(err, new(*procfile.PartialError)):
		return process.ReasonParse
	}
	return process.ReasonOther
}

// IsGone reports whether err says that something is not there.
func IsGone(err error) bool { return err != nil && ReasonOf(err) == "" }
