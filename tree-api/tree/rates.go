package tree

import (
	"proctree/collector/metric"
	"proctree/collector/process"
)

// Rates are what a process used per second since the scan before: one value for each rate of
// the table.
type Rates struct {
	// Known has a bit for each value that is known.
	Known     uint32
	PerSecond [metric.Rates]float64
}

// interval returns the seconds between two snapshots, 0 where that is not known.
func interval(current, previous *process.Snapshot) float64 {
	if previous == nil {
		return 0
	}
	return max(0, current.Taken.Sub(previous.Taken).Seconds())
}

// addRates fills Rates of every node. Both tables are sorted by PID, so one walk over
// both finds who was there before.
func (t *Tree) addRates() {
	if t.IntervalSeconds <= 0 {
		return
	}
	previous := process.NewCursor(t.Previous.Processes)
	for i := range t.Nodes {
		p := t.Nodes[i].Process
		if before := previous.Find(p.ID); before != nil {
			t.Nodes[i].Rates = ratesSince(p, before, t.IntervalSeconds)
		} else if p.StartTicks >= t.Previous.Clock.Now {
			t.Nodes[i].Rates = ratesSince(p, nil, life(p, t.Report.Snapshot.Clock))
		}
	}
}

// life returns the seconds since a process started, at least one tick: the start is not
// known any better.
func life(p *process.Process, clock process.Clock) float64 {
	ticks := uint64(1)
	if clock.Now > p.StartTicks {
		ticks = clock.Now - p.StartTicks
	}
	return float64(ticks) / float64(max(1, clock.TicksPerSecond))
}

// unborn is a process that has used nothing yet.
var unborn process.Process
