package ledger

import (
	"context"
	"slices"

	"proctree/collector/history"
	"proctree/collector/process"
)

// maxDeaths bounds the entries that events add.
const maxDeaths = 10_000

// AddDeaths completes what is known of crashes and OOM kills by the recorded events: the exact time, and the
// command lines of processes that no table shows.
func (l *Ledger) AddDeaths(ctx context.Context, archive *history.Archive) error {
	alike := map[death]*Life{}
	for _, life := range l.Lives {
		if life.ID.PID == 0 && (life.Crashed() || life.OOMKilled()) {
			alike[death{life.Name, life.Reason, life.Parent}] = life
		}
	}
	var added []*Life
	damaged, err := archive.Events(ctx, l.From, l.To, func(e *process.GroupedEvent) error {
		if e.Kind != process.EventExit || e.Count > 0 || e.ID.PID == 0 || e.Reason != process.OOMKilled && !process.Crashed(e.Reason) {
			return nil
		}
		if at, ok := slices.BinarySearchFunc(l.Lives, e.ID, func(life *Life, id process.ID) int { return life.ID.Compare(id) }); ok {
			l.Lives[at].died(e)
		} else if len(added) < maxDeaths {
			added = append(added, l.dead(e, alike))
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.Damaged += damaged
	l.Lives = slices.DeleteFunc(l.Lives, func(life *Life) bool { return life.ID.PID == 0 && life.Processes == 0 })
	l.Lives = append(l.Lives, added...)
	l.sort()
	return nil
}

// death is what exits alike have in common with the event of one of them.
type death struct {
	name, reason string
	parent       int
}

// died takes what an event tells of the end of a known process.
func (l *Life) died(e *process.GroupedEvent) {
	l.Ended, l.Recorded, l.Reason, l.Code = e.Time, true, e.Reason, e.Code
	l.ParentName = e.ParentName
	if l.Facts == nil || len(l.Facts.Cmdline) == 0 {
		l.Facts = e.Facts
	}
	l.MemoryPeak = max(l.MemoryPeak, e.PeakBytes)
}

// dead makes the entry of a process that only its event shows, and takes it out of those alike.
func (l *Ledger) dead(e *process.GroupedEvent, alike map[death]*Life) *Life {
	life := &Life{
		ID: e.ID, Processes: 1, Parent: e.Parent, Name: e.Name, Facts: e.Facts, Group: e.Group, FirstGroup: e.Group,
		Born: true, First: e.Time, Last: e.Time, Clock: e.ClockOrNone(), Known: e.Known,
	}
	life.now.cpu = e.CPUTime
	life.died(e)
	if sum := alike[death{e.Name, e.Reason, e.Parent}]; sum != nil && sum.Processes > 0 {
		sum.Processes--
		sum.now.cpu = max(0, sum.now.cpu-e.CPUTime)
		life.Facts = firstKnown(life.Facts, sum.Facts)
	}
	return life
}

// firstKnown returns the facts that name a program.
func firstKnown(a, b *process.Facts) *process.Facts {
	if a == nil || a == process.NoFacts {
		return b
	}
	return a
}
