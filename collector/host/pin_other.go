//go:build !linux

package host

import (
	"fmt"
	"runtime"
)

// PinTasks is for Linux: elsewhere it returns an error.
func PinTasks(string, int) error {
	return fmt.Errorf("there is no BPF on %s", runtime.GOOS)
}
