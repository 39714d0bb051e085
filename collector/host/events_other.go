//go:build !linux

package host

import (
	"fmt"
	"runtime"
)

// OpenEvents is for Linux: elsewhere it returns an error.
func OpenEvents(Config) (EventReader, error) {
	return nil, fmt.Errorf("there is no BPF on %s", runtime.GOOS)
}
