package treeapi

import (
	"math"

	"proctree/collector/host"
)

// Rates are what a process used per second since the scan before. They are rounded, so
// that the JSON stays short and an idle process does not look changed: Cores to
// 1/10,000, the others to whole bytes.
type Rates struct {
	// Cores is CPU time per second: 1 is one CPU busy all the time.
	Cores float64
	// ReadBytes and WrittenBytes are storage I/O in bytes per second.
	ReadBytes, WrittenBytes float64
	// HasCores vouches for Cores, HasIO for ReadBytes and WrittenBytes.
	HasCores, HasIO bool
}

// interval returns the seconds between two snapshots, 0 where that is not known.
func interval(current, previous *host.Snapshot) float64 {
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
func newborn(p *host.Process) *host.Process { return &host.Process{ID: p.ID, Known: p.Known} }

// life returns the seconds since a process started, at least one tick: the start is not
// known any better.
func life(p *host.Process, clock host.Clock) float64 {
	ticks := uint64(1)
	if clock.Now > p.StartTicks {
		ticks = clock.Now - p.StartTicks
	}
	return float64(ticks) / float64(max(1, clock.TicksPerSecond))
}

func ratesSince(p, before *host.Process, seconds float64) Rates {
	known := p.Known & before.Known
	var r Rates
	if known.Has(host.HasCPU) {
		used := max(0, p.CPUTime()-before.CPUTime())
		r.Cores, r.HasCores = round(used.Seconds()/seconds, coreDecimals), true
	}
	if known.Has(host.HasIO) {
		r.ReadBytes = math.Round(growth(p.ReadBytes, before.ReadBytes) / seconds)
		r.WrittenBytes = math.Round(growth(p.WrittenBytes, before.WrittenBytes) / seconds)
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

// round rounds to so many digits after the point.
func round(value float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	return math.Round(value*unit) / unit
}
