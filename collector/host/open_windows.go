//go:build amd64 || arm64

package host

import (
	"cmp"

	"proctree/collector/host/portable"
	"proctree/collector/host/stall"
	"proctree/collector/host/windows"
	"proctree/collector/process"
)

// NewReader returns a Reader of the process table.
func NewReader(cfg Config) (Reader, error) {
	return windows.NewReader(cmp.Or(cfg.Deadline, stall.DefaultDeadline))
}

// NewDetailer returns a Detailer of the process table.
func NewDetailer(Config) (Detailer, error) { return windows.NewDetailer(), nil }

// ReadInfo reads what it can about the host.
func ReadInfo(Config) process.HostInfo { return portable.ReadInfo() }
