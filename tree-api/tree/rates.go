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
			t.believe(&t.Nodes[i])
		} else if p.StartTicks >= t.Previous.Clock.Now {
			// All of what it used falls into the interval. Over its own age, a process of 30 ms that
			// loaded its libraries would head the table.
			t.Nodes[i].Rates = ratesSince(p, nil, t.IntervalSeconds)
		}
	}
}

// believe leaves out the rate of a delay that cannot be true.
func (t *Tree) believe(n *Node) {
	waited := n.Rates.PerSecond[waits.blockIO] * t.IntervalSeconds
	age := t.Report.Snapshot.Clock.Age(n.Process.StartTicks)
	if waited > 0 && !process.BelievableSeconds(waited, age, n.Process.Threads) {
		n.Rates.PerSecond[waits.blockIO] = 0
		n.Rates.Known &^= 1 << waits.blockIO
	}
}

// unborn is a process that has used nothing yet.
var unborn process.Process
