package tree

import (
	"proctree/collector/process"
)

// Waiting is what a process waited for since the scan before, most of all.
type Waiting uint8

// The values of Waiting.
const (
	// WaitingUnknown is for a process of which it is not known.
	WaitingUnknown Waiting = iota
	// WaitingNone is for one that waited for nothing of the others.
	WaitingNone
	// WaitingCPU is for one whose threads were ready to run and had no CPU.
	WaitingCPU
	// WaitingThrottled is the same if a control group (cgroups(7)) around it had used up its quota.
	WaitingThrottled
	// WaitingDisk is for one in uninterruptible sleep (state D, proc_pid_stat(5)).
	WaitingDisk
)

var waitingNames = [...]string{"", "none", "cpu", "throttled", "disk"}

// String returns the name as it stands in the JSON; "" is not known.
func (w Waiting) String() string { return waitingNames[w] }

const (
	// leastWait, in threads that wait all the time, and leastWaitShare, of the time that a process
	// runs or waits, are from where on a wait makes a process slow: most wait for a CPU a little.
	leastWait      = 0.1
	leastWaitShare = 0.2
	// leastThrottled is from which share of the interval on a control group is throttled.
	leastThrottled = 0.01
)

// addWaiting fills Waiting of every node.
func (t *Tree) addWaiting() {
	cpu, wait := plan.named("cpu").rate, plan.named("cpu_wait").rate
	throttled := t.throttledBelow()
	for i := range t.Nodes {
		n := &t.Nodes[i]
		n.Waiting = waitingOf(n, n.Rates.PerSecond[cpu], n.Rates.PerSecond[wait], n.Rates.Known&(1<<wait) != 0)
		if n.Waiting == WaitingCPU && throttled(n.Process) {
			n.Waiting = WaitingThrottled
		}
	}
}

// waitingOf compares the CPUs that a process used and those it waited for. A process that is in
// state D waits with one thread.
func waitingOf(n *Node, used, waited float64, known bool) Waiting {
	slow := known && waited >= leastWait && waited >= leastWaitShare*(used+waited)
	switch {
	case n.Process.State == process.Blocked && (!slow || waited < 1):
		return WaitingDisk
	case slow:
		return WaitingCPU
	case known:
		return WaitingNone
	}
	return WaitingUnknown
}

// throttledBelow returns what reports whether a process is in or below a control group that was
// throttled since the scan before. Without the limits of control groups none is.
func (t *Tree) throttledBelow() func(p *process.Process) bool {
	slow := map[string]bool{}
	if t.Previous != nil {
		for path, usage := range t.Report.Snapshot.Cgroups {
			last := t.Previous.Cgroups[path]
			if usage.CPU == nil || last.CPU == nil {
				continue
			}
			if usage.CPU.Since(*last.CPU).Throttled.Seconds() > leastThrottled*t.IntervalSeconds {
				slow[path] = true
			}
		}
	}
	return func(p *process.Process) bool {
		if len(slow) == 0 || p.Facts == nil {
			return false
		}
		for _, path := range process.CgroupsAbove(p.Facts.Cgroup) {
			if slow[path] {
				return true
			}
		}
		return false
	}
}
