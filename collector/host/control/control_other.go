//go:build !linux && !darwin && !freebsd && !windows

package control

import (
	"fmt"
	"runtime"

	"proctree/collector/process"
)

// Actor does nothing on this system.
type Actor struct{}

// New returns an error.
func New(Config) (*Actor, error) {
	return nil, fmt.Errorf("acting on processes of %s: %w", runtime.GOOS, ErrUnsupported)
}

func supports(string) bool { return false }

// Signal returns an error.
func (*Actor) Signal(process.ID, string) error { return ErrUnsupported }

// Renice returns an error.
func (*Actor) Renice(process.ID, int) error { return ErrUnsupported }
