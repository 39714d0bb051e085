package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// clockStep is by how much the time of the boot must seem to have moved to be believed.
// Below it are the two clocks being read one after the other, and btime's whole seconds.
const clockStep = time.Second

// bootClock tells the tick, and holds the time of the boot still as long as nobody sets
// the clock, so that the start of a process does not move between scans.
type bootClock struct {
	read  func() (clockReading, error)
	epoch time.Time
}

// clockReading is the time since the boot, suspension included, and the boot's time.
type clockReading struct {
	uptime time.Duration
	epoch  time.Time
}

// newBootClock takes the kernel's clocks for a genuine proc file system: its start times
// are on CLOCK_BOOTTIME, whereas the file uptime can be a container's (lxcfs).
func newBootClock(proc *procDir) *bootClock {
	if proc.genuine {
		return &bootClock{read: readKernelClocks}
	}
	return &bootClock{read: func() (clockReading, error) { return readClockFiles(proc.path) }}
}

func (c *bootClock) clock() (process.Clock, error) {
	now, err := c.read()
	if err != nil {
		return process.Clock{}, err
	}
	if moved := now.epoch.Sub(c.epoch).Abs(); c.epoch.IsZero() || moved > clockStep {
		c.epoch = now.epoch
	}
	return process.Clock{
		Epoch:          c.epoch,
		TicksPerSecond: userHZ,
		Now:            uint64(now.uptime / tick),
	}, nil
}

// sinceBoot is the time since the boot, suspension included.
func sinceBoot() (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, fmt.Errorf("read the time since the boot: %w", err)
	}
	return time.Duration(ts.Nano()), nil
}

func readKernelClocks() (clockReading, error) {
	uptime, err := sinceBoot()
	if err != nil {
		return clockReading{}, err
	}
	// Without the monotonic reading, by which Sub would not see that the clock was set.
	return clockReading{uptime: uptime, epoch: time.Now().Round(0).Add(-uptime)}, nil
}

// readClockFiles reads uptime (proc_uptime(5)) and btime in stat (proc_stat(5)).
func readClockFiles(root string) (clockReading, error) {
	path := filepath.Join(root, "uptime")
	content, err := os.ReadFile(path)
	if err != nil {
		return clockReading{}, err
	}
	first, _, _ := bytes.Cut(content, []byte(" "))
	seconds, err := strconv.ParseFloat(string(first), 64)
	if err != nil || seconds < 0 {
		return clockReading{}, fmt.Errorf("%s: %w", path, errParse)
	}
	path = filepath.Join(root, "stat")
	if content, err = os.ReadFile(path); err != nil {
		return clockReading{}, err
	}
	boot, ok := valueOf(content, "\nbtime ")
	if !ok {
		return clockReading{}, fmt.Errorf("%s has no btime: %w", path, errParse)
	}
	return clockReading{
		uptime: time.Duration(seconds * float64(time.Second)),
		epoch:  time.Unix(int64(boot), 0),
	}, nil
}
