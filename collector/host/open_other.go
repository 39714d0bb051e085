//go:build !linux && !darwin && !freebsd && !(windows && (amd64 || arm64))

package host

import (
	"errors"
	"fmt"
	"runtime"

	"proctree/collector/host/portable"
	"proctree/collector/process"
)

// errNoReader: nobody has written a reader for this system.
var errNoReader = fmt.Errorf("the process table of %s on %s: %w", runtime.GOOS, runtime.GOARCH, errors.ErrUnsupported)

// NewReader returns an error.
func NewReader(Config) (Reader, error) { return nil, errNoReader }

// NewDetailer returns an error.
func NewDetailer(Config) (Detailer, error) { return nil, errNoReader }

// ReadInfo reads what it can about the host.
func ReadInfo(Config) process.HostInfo { return portable.ReadInfo() }
