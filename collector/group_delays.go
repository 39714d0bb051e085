package collector

import (
	"time"

	"proctree/collector/process"
)

// delayKinds are the delays by the value of the label "reason".
var delayKinds = [...]struct {
	reason string
	needs  process.Fields
	of     func(*process.Delays) time.Duration
}{
	{"block_io", process.HasBlockIODelay, func(d *process.Delays) time.Duration { return d.BlockIO }},
	{"swap_in", process.HasSwapInDelay, func(d *process.Delays) time.Duration { return d.SwapIn }},
	{"reclaim", process.HasReclaimDelay, func(d *process.Delays) time.Duration { return d.Reclaim }},
	{"thrashing", process.HasThrashingDelay, func(d *process.Delays) time.Duration { return d.Thrashing }},
}

// delayParts are the series of the delays of a subject.
func delayParts[T any](of func(*T) *process.Delays) []part[T] {
	parts := make([]part[T], len(delayKinds))
	for i, kind := range delayKinds {
		parts[i] = labeled(kind.reason, kind.needs, func(v *T) float64 { return kind.of(of(v)).Seconds() })
	}
	return parts
}

func newGroupDelays(Options) Collector {
	return groupFamilies{
		counters(ofGroup(), "delay_seconds_total",
			"Time that threads of the group's processes waited for block I/O (block_io), for pages from swap (swap_in), "+
				"to free memory (reclaim), and for pages dropped not long before (thrashing), those that have ended since "+
				"included. A wait can count under several reasons. Absent unless the kernel counts it (kernel.task_delayacct).",
			"reason", delayParts(func(g *groupView) *process.Delays { return &g.Delays })...),
	}
}
