//go:build !linux

package sockets

import (
	"errors"
	"fmt"
	"runtime"

	"proctree/collector/process"
)

// Reader does not exist on this system.
type Reader struct{}

// New returns an error that matches errors.ErrUnsupported.
func New(Config) (*Reader, error) {
	return nil, fmt.Errorf("sockets of processes on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Read is never called, for there is no Reader.
func (*Reader) Read([]*process.Process) *Result { return &Result{} }
