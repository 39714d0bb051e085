package group

import (
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// tracked is what the Tracker remembers of one process from scan to scan. What each scan reads
// of every process comes first, so that it shares few lines of the CPU's cache.
type tracked struct {
	id process.ID
	// index is the place in the newest snapshot's Processes; -1 in none.
	index int
	// seen is the number of the last scan that had it.
	seen uint64
	// parent is the process that PPID meant in the last scan; nil if it was not there.
	parent *tracked
	ppid   int
	// group is Overflow when there was no room.
	group    *tally
	verdict  rules.Verdict
	overflow bool
	// calm is that nothing has grown in the newest scan, and the values of growth are 0.
	calm bool
	// zombie is that it has ended; its children have another parent by now.
	zombie bool
	kernel bool
	// started: its start is to be counted. exited: its exit has been. recorded: its exit
	// record has come.
	started, exited, recorded bool

	// The decision of the rules and what it was made from: it is made again when one of these changes.
	generation uint64
	facts      *process.Facts
	name       string
	// shown is the number of the report that shows it.
	shown uint64
	// topped is when it was last among the top, or an ancestor of one that was.
	topped time.Time
	// wanted is the group's name by the rules.
	wanted string

	counted marks
	// grown is the growth in the newest scan.
	grown usage
	reaping
	// gpu is nil for a process that never used a GPU.
	gpu *trackedGPU
}

// alive reports whether it is in the newest snapshot.
func (p *tracked) alive() bool { return p.index >= 0 }

// update takes over the values of a scan. unchanged tells that all is as in the last one of this
// reader, so that nothing has grown.
func (p *tracked) update(cur *process.Process, index int, scan uint64, unchanged bool, clock process.Clock) {
	if unchanged && p.seen > 0 && p.seen+1 == scan {
		p.index, p.seen = index, scan
		if !p.calm {
			p.grown, p.grew, p.fresh, p.calm = usage{}, process.CPU{}, process.CPU{}, true
		}
		return
	}
	p.calm = false
	p.index, p.seen, p.kernel, p.zombie = index, scan, cur.Kernel, cur.State == process.Zombie
	now := usageOf(cur)
	p.grown = p.counted.advance(&now, cur.Known)
	p.grown.believe(clock.Age(cur.StartTicks), cur.Threads)
	p.reaping.update(cur)
}
