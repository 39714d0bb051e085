package procfs

import (
	"bytes"
	"strings"
)

// ParseCmdline reads /proc/PID/cmdline (proc_pid_cmdline(5)): the arguments, each followed
// by NUL. A process that writes its own title there pads it with NULs, so trailing empty
// arguments count as padding. It is nil for kernel threads and zombies.
func ParseCmdline(file []byte) []string {
	file = bytes.TrimRight(file, "\x00")
	if len(file) == 0 {
		return nil
	}
	return strings.Split(string(file), "\x00")
}
