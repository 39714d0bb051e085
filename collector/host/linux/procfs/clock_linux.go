package procfs

import (
	"fmt"
	"path/filepath"
	"time"

	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// clockStep is by how much the time of the boot must seem to have moved to be believed.
// Below it are the two clocks being read one after the other, and btime's whole seconds.
const clockStep = time.Second

// BootClock tells the tick, and holds the time of the boot still as long as nobody sets
// the clock, so that the start of a process does not move between scans.
type BootClock struct {
	read  func() (clockReading, error)
	epoch time.Time
	// Odd is set when the last reading had to do without the file uptime.
	Odd bool
}

// clockReading is the time since the boot, suspension included, and the boot's time.
type clockReading struct {
	uptime time.Duration
	epoch  time.Time
	// noUptime is set where the file uptime cannot be read or parsed, noBoot where the boot's
	// time cannot.
	noUptime, noBoot bool
}

// NewBootClock takes the kernel's clocks for a genuine proc file system: its start times
// are on CLOCK_BOOTTIME, whereas the file uptime can be a container's (lxcfs).
func NewBootClock(proc *Dir) *BootClock {
	if proc.Genuine {
		return &BootClock{read: readKernelClocks}
	}
	return &BootClock{read: func() (clockReading, error) { return readClockFiles(proc.Path) }}
}

// Clock reads the clock.
func (c *BootClock) Clock() (process.Clock, error) {
	now, err := c.read()
	if err != nil {
		return process.Clock{}, err
	}
	c.Odd = now.noUptime
	moved := now.epoch.Sub(c.epoch).Abs() > clockStep
	if c.epoch.IsZero() || moved && !now.noBoot {
		c.epoch = now.epoch
	}
	return process.Clock{
		Epoch:          c.epoch,
		TicksPerSecond: UserHZ,
		Now:            uint64(now.uptime / Tick),
	}, nil
}

// SinceBoot is the time since the boot, suspension included.
func SinceBoot() (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, fmt.Errorf("read the time since the boot: %w", err)
	}
	return time.Duration(ts.Nano()), nil
}

func readKernelClocks() (clockReading, error) {
	uptime, err := SinceBoot()
	if err != nil {
		return clockReading{}, err
	}
	// Without the monotonic reading, by which Sub would not see that the clock was set.
	return clockReading{uptime: uptime, epoch: time.Now().Round(0).Add(-uptime)}, nil
}

// readClockFiles reads uptime (proc_uptime(5)) and btime in stat (proc_stat(5)). Where one of
// them cannot be read, this host's clock tells it from the other; where both cannot, the
// kernel's clocks stand in.
func readClockFiles(root string) (clockReading, error) {
	text, _ := procfile.ReadText(filepath.Join(root, "uptime"))
	uptime, ok := procfile.ParseUptime(text)
	stat, _ := procfile.Read(filepath.Join(root, "stat"))
	// The scan reads the file once more, and counts what is wrong with it.
	boot := procfile.ParseStat(string(stat), 0, new(procfile.Damage)).Boot
	noBoot, now := boot.IsZero(), time.Now().Round(0)
	switch {
	case !ok && noBoot:
		reading, err := readKernelClocks()
		reading.noUptime, reading.noBoot = true, true
		return reading, err
	case !ok:
		uptime = max(now.Sub(boot), 0)
	case noBoot:
		boot = now.Add(-uptime)
	}
	return clockReading{uptime: uptime, epoch: boot, noUptime: !ok, noBoot: noBoot}, nil
}
