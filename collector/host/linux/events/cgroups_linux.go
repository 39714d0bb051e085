package events

import (
	"time"

	"proctree/collector/host/linux/facts"
)

// cgroups finds the path of a control group by its id.
type cgroups struct {
	known map[uint64]facts.Group
	// walked is when the hierarchy was last looked through.
	walked time.Time
}

const (
	maxCgroups = 4096
	// rootCgroup is the inode of the root. It says nothing of a process.
	rootCgroup = 1
	// walkEvery bounds the cost where groups come and go: a walk of 1,000 groups takes some milliseconds.
	walkEvery = 2 * time.Second
)

// of returns what the path of a group tells, nothing if it cannot be found.
func (c *cgroups) of(id uint64, now time.Time) facts.Group {
	if id <= rootCgroup {
		return facts.Group{}
	}
	found, ok := c.known[id]
	if !ok && (now.Sub(c.walked) >= walkEvery || now.Before(c.walked)) {
		c.walked = now
		c.known = make(map[uint64]facts.Group)
		facts.WalkCgroups(maxCgroups, func(id uint64, group facts.Group) { c.known[id] = group })
		found = c.known[id]
	}
	return found
}
