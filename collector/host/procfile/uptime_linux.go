package procfile

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Uptime returns for how long the host has been up, suspension included, and 0 if that is
// not known. For a genuine proc file system it asks the kernel: the file uptime can be a
// container's (lxcfs).
func Uptime(proc string) time.Duration {
	var fs unix.Statfs_t
	if unix.Statfs(proc, &fs) == nil && fs.Type == unix.PROC_SUPER_MAGIC {
		var now unix.Timespec
		if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
			return 0
		}
		return time.Duration(now.Nano())
	}
	text, err := Read(filepath.Join(proc, "uptime"))
	if err != nil {
		return 0
	}
	uptime, _ := ParseUptime(string(text))
	return uptime
}

// longestUptime is far above what any host has been up for.
const longestUptime = 100 * 365 * 24 * time.Hour

// ParseUptime parses the first number of "5000.12 9000.34" (proc_uptime(5)). No process can
// read it before the first tick, so 0 is no value.
func ParseUptime(text string) (uptime time.Duration, ok bool) {
	// A number with nothing behind it may be a part of one.
	first, _, whole := strings.Cut(strings.TrimSpace(text), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if !whole || err != nil || !(seconds > 0 && seconds < longestUptime.Seconds()) {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
