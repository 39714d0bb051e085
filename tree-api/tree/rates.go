package tree

import (
	"proctree/collector/process"
)

// Rates are what a process used per second since the scan before.
type Rates struct {
	// Cores is CPU time per second: 1 is one CPU busy all the time.
	Cores float64
	// ReadBytes and WrittenBytes are storage I/O in bytes per second.
	ReadBytes, WrittenBytes float64
	// HasCores vouches for Cores, HasIO for ReadBytes and WrittenBytes.
	HasCores, HasIO bool
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
	before := t.Previous.Processes
	for i := range t.Nodes {
		p := t.Nodes[i].Process
		for len(before) > 0 && before[0].PID < p.PID {
			before = before[1:]
		}
		if len(before) > 0 && before[0].ID == p.ID {
			t.Nodes[i].Rates = ratesSince(p, &before[0], t.IntervalSeconds)
		} else if p.StartTicks >= t.Previous.Clock.Now {
			t.Nodes[i].Rates = ratesSince(p, newborn(p), life(p, t.Report.Snapshot.Clock))
		}
	}
}

// newborn is a process at its start: it has used nothing yet, and that is known.
func newborn(p *process.Process) *process.Process { return &process.Process{ID: p.ID, Known: p.Known} }

// life returns the seconds since a process started, at least one tick: the start is not
// known any better.
func life(p *process.Process, clock process.Clock) float64 {
	ticks := uint64(1)
	if clock.Now > p.StartTicks {
		ticks = clock.Now - p.StartTicks
	}
	return float64(ticks) / float64(max(1, clock.TicksPerSecond))
}

func ratesSince(p, before *process.Process, seconds float64) Rates {
	known := p.Known & before.Known
	var r Rates
	if known.Has(process.HasCPU) {
		used := max(0, p.CPUTime()-before.CPUTime())
		r.Cores, r.HasCores = used.Seconds()/seconds, true
	}
	if known.Has(process.HasIO) {
		r.ReadBytes = growth(p.ReadBytes, before.ReadBytes) / seconds
		r.WrittenBytes = growth(p.WrittenBytes, before.WrittenBytes) / seconds
		r.HasIO = true
	}
	return r
}

// growth is how far a counter went; one that fell did not move.
func growth(now, before uint64) float64 {
	if now < before {
		return 0
	}
	return float64(now - before)
}
