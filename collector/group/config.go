package group

import (
	"cmp"
	"time"

	"proctree/collector/group/rules"
)

// The budgets that hold where Config gives none.
const (
	DefaultMaxGroups    = 1000
	DefaultExpire       = time.Hour
	DefaultTop          = 20
	DefaultHold         = 5 * time.Minute
	DefaultMaxProcesses = 200
)

// Config sets up a Tracker. The zero value of each field is its default; a negative
// number means none.
type Config struct {
	// Rules name the groups; nil makes one group per process name.
	Rules *rules.Rules
	// MaxGroups is how many groups there may be, those that the configuration names
	// included. These are always admitted; what finds no room goes to Overflow.
	MaxGroups int
	// Expire is how long a group that the configuration does not name outlives its last
	// member and its last growth.
	Expire time.Duration
	// Top is how many processes are shown one by one for each of CPU time, resident
	// memory and storage I/O.
	Top int
	// Hold is how long a process is shown after it was last among the top.
	Hold time.Duration
	// MaxProcesses bounds the processes shown one by one, ancestors included.
	MaxProcesses int
	// Shown is what may stand in names of groups and in labels.
	Shown rules.Shown
}

// withDefaults fills in what was left open and turns "none" into 0.
func (c Config) withDefaults() Config {
	if c.Rules == nil {
		c.Rules = &rules.Rules{}
	}
	c.MaxGroups = max(cmp.Or(c.MaxGroups, DefaultMaxGroups), 0)
	c.Expire = max(cmp.Or(c.Expire, DefaultExpire), 0)
	c.Top = max(cmp.Or(c.Top, DefaultTop), 0)
	c.Hold = max(cmp.Or(c.Hold, DefaultHold), 0)
	c.MaxProcesses = max(cmp.Or(c.MaxProcesses, DefaultMaxProcesses), 0)
	return c
}
