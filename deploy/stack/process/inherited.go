package process

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// keepInherited has the system close, in the programs that we start, every descriptor that our
// own starter left open in us: a lock (flock(1)) or a pipe of his would be held for as long as
// the programs run. Our own files are closed in them anyway.
func keepInherited() error {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return fmt.Errorf("descriptors that were inherited: %w", err)
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > syscall.Stderr {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}
