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
	// WaitingDisk is for one whose threads waited for block devices, where the kernel counts that, or
	// that is in uninterruptible sleep (state D, proc_pid_stat(5)).
	WaitingDisk
	// WaitingMemory is for one whose threads waited for pages from swap, or freed memory.
	WaitingMemory
)

var waitingNames = [...]string{"", "none", "cpu", "throttled", "disk", "memory"}

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

// waits are the places of the rates from which it follows what a process waits for.
var waits = struct{ cpu, cpuWait, blockIO, swapIn, reclaim, thrashing int }{
	plan.named("cpu").rate, plan.named("cpu_wait").rate, plan.named("block_io_delay").rate,
	plan.named("swap_in_delay").rate, plan.named("reclaim_delay").rate, plan.named("thrashing_delay").rate,
}

// addWaiting fills Waiting of every node.
func (t *Tree) addWaiting() {
	throttled := t.throttledBelow()
	for i := range t.Nodes {
		n := &t.Nodes[i]
		n.Waiting = waitingOf(n.Process.State, &n.Rates)
		if n.Waiting == WaitingCPU && throttled(n.Process) {
			n.Waiting = WaitingThrottled
		}
	}
}

// waitingOf returns what most threads waited for. A process in state D waits with one thread, of
// which the kernel counts the delay only when it is over. Waits for swap and for pages dropped
// before are among those for block devices, mostly: they are for memory if they are most of them.
func waitingOf(state process.State, r *Rates) Waiting {
	// Rates that are not known are 0.
	rates := &r.PerSecond
	used, cpu := rates[waits.cpu], rates[waits.cpuWait]
	memory := max(rates[waits.swapIn], rates[waits.thrashing]) + rates[waits.reclaim]
	disk := rates[waits.blockIO]
	if state == process.Blocked && memory < leastWait {
		disk = max(disk, 1)
	}
	most := max(cpu, disk, memory)
	switch {
	case most < leastWait || most < leastWaitShare*(used+most):
		if r.Known&(1<<waits.cpuWait) == 0 {
			return WaitingUnknown
		}
		return WaitingNone
	case memory >= cpu && 2*memory >= disk:
		return WaitingMemory
	case disk >= cpu:
		return WaitingDisk
	}
	return WaitingCPU
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
