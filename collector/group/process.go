package group

import (
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// tracked is what the Tracker remembers of one process from scan to scan.
type tracked struct {
	id process.ID
	// parent is the process that PPID meant in the last scan; nil if it was not there.
	parent *tracked
	ppid   int
	// zombie is that it has ended; its children have another parent by now.
	zombie bool
	// index is the place in the newest snapshot's Processes; -1 in none.
	index int
	// seen is the number of the last scan that had it.
	seen uint64

	// What the rules made of it, and of what: decided anew when one of these changes.
	name       string
	facts      *process.Facts
	generation uint64
	kernel     bool
	verdict    rules.Verdict
	// wanted is the group's name by the rules; group is Overflow when there was no room.
	wanted   string
	group    *tally
	overflow bool

	counted marks
	// grown is the growth in the newest scan.
	grown usage
	reaping

	// started: its start is to be counted. exited: its exit has been. recorded: its exit
	// record has come.
	started, exited, recorded bool

	// topped is when it was last among the top, or an ancestor of one that was.
	topped time.Time
	// shown is the number of the report that shows it.
	shown uint64
}

// alive reports whether it is in the newest snapshot.
func (p *tracked) alive() bool { return p.index >= 0 }

// update takes over the values of a scan. unchanged tells that all is as in the last one of this
// reader, so that nothing has grown.
func (p *tracked) update(cur *process.Process, index int, scan uint64, unchanged bool) {
	if unchanged && p.seen > 0 && p.seen+1 == scan {
		p.index, p.seen = index, scan
		p.grown, p.grew, p.fresh = usage{}, process.CPU{}, process.CPU{}
		return
	}
	p.index, p.seen, p.kernel, p.zombie = index, scan, cur.Kernel, cur.State == process.Zombie
	now := usageOf(cur)
	p.grown = p.counted.advance(&now, cur.Known)
	p.reaping.update(cur)
}
