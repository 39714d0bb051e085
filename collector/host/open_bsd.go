//go:build darwin || freebsd

package host

import (
	"cmp"

	"proctree/collector/host/bsd"
	"proctree/collector/host/portable"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// NewReader returns a Reader of the process table.
func NewReader(cfg Config) (Reader, error) {
	return bsd.NewReader(cmp.Or(cfg.Deadline, stall.DefaultDeadline))
}

// NewDetailer returns a Detailer that tells only whether a process is there.
func NewDetailer(Config) (Detailer, error) { return bsd.NewDetailer(), nil }

// ReadInfo reads what it can about the host.
func ReadInfo(Config) process.HostInfo { return portable.ReadInfo() }
