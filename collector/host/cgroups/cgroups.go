// Package cgroups reads how far control groups (cgroups(7)) use up their limits of CPU and
// memory. A group without a limit costs one look a minute, and says nothing.
package cgroups

import (
	"cmp"
	"time"
)

// Usage is what a control group did with its limits. CPU is nil without a quota, Memory
// without a limit; one of them is there.
type Usage struct {
	CPU    *CPU
	Memory *Memory
}

// CPU is what came of a quota, since the control group was made or got the quota.
type CPU struct {
	// Periods counts the periods in which the group ran, ThrottledPeriods those in which it
	// used up its quota.
	Periods, ThrottledPeriods uint64
	// Throttled is for how long its CPUs then stood still, added up over the CPUs.
	Throttled time.Duration
}

// Memory is how full a control group is, in bytes.
type Memory struct {
	// UsedBytes leaves out file caches that the kernel drops first (inactive_file): a group
	// that only reads files is not full.
	UsedBytes, LimitBytes uint64
}

// Config sets up a Reader. The zero value of a field is its default.
type Config struct {
	// SysPath is where the sys file system is mounted; "/sys".
	SysPath string
	// Recheck is how long a group is taken to have no limit; DefaultRecheck.
	Recheck time.Duration
}

// DefaultRecheck is much longer than a scrape interval, and short beside the windows over
// which anybody looks at throttling.
const DefaultRecheck = time.Minute

func (c Config) withDefaults() Config {
	c.SysPath = cmp.Or(c.SysPath, "/sys")
	c.Recheck = cmp.Or(c.Recheck, DefaultRecheck)
	return c
}
