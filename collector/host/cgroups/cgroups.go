// Package cgroups reads how far control groups (cgroups(7)) use up their limits of CPU and
// memory. A group without a limit costs one look a minute, and says nothing.
package cgroups

import (
	"cmp"
	"time"
)

// Config sets up a Reader. The zero value of a field is its default.
type Config struct {
	// SysPath is where the sys file system is mounted; "/sys".
	SysPath string
	// Recheck is how long a group is taken to have no limit; defaultRecheck.
	Recheck time.Duration
	// PressureEvery is how long a reading of a PressureReader serves; defaultPressureEvery.
	PressureEvery time.Duration
}

// defaultRecheck is much longer than a scrape interval, and short beside the windows over
// which anybody looks at throttling.
const defaultRecheck = time.Minute

func (c Config) withDefaults() Config {
	c.SysPath = cmp.Or(c.SysPath, "/sys")
	c.Recheck = cmp.Or(c.Recheck, defaultRecheck)
	return c
}
