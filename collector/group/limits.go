package group

import (
	"time"

	"proctree/collector/process"
)

// Limits is what the control groups in which a group's processes run did with their limits.
// A control group belongs to every group that has a process in it: all of them wait when it
// is throttled. The zero value has no limit.
type Limits struct {
	// Quota is that there ever was a quota of CPU time, CPU what came of it since the first
	// one was seen.
	Quota bool
	CPU   process.CgroupCPU
	// QuotaSince is when the counters were 0, by the bits of process.QuotaFields; zero if the group
	// has had them all along.
	QuotaSince [process.NumQuotaFields]time.Time
	// Memory is that a limit of memory is in effect, MemoryRatio the largest share of its
	// limit that a control group uses.
	Memory      bool
	MemoryRatio float64
}

// membership is a control group with a process of a group in it.
type membership struct {
	path  string
	group *tally
}

// sumLimits adds to the groups what the control groups of their members have used since the
// last scan. The first reading of a control group has nothing to compare with.
func (t *Tracker) sumLimits(s *process.Snapshot) {
	t.cgroupsLost += s.CgroupsLost
	if len(s.Cgroups) == 0 {
		clear(t.cgroups)
		return
	}
	grown := make(map[string]process.CgroupCPU, len(s.Cgroups))
	for path, usage := range s.Cgroups {
		if usage.CPU == nil {
			continue
		}
		if last, ok := t.cgroups[path]; ok {
			grown[path] = usage.CPU.Since(last)
		}
	}
	t.showLimits(s, grown)
	last := t.cgroups
	t.cgroups = make(map[string]process.CgroupCPU, len(s.Cgroups))
	for path, usage := range s.Cgroups {
		if usage.CPU == nil {
			continue
		}
		t.cgroups[path] = *usage.CPU
		if before, ok := last[path]; ok {
			t.cgroups[path] = usage.CPU.Or(before)
		}
	}
}

// showLimits adds the growth of control groups, and takes over how full they are.
func (t *Tracker) showLimits(s *process.Snapshot, grown map[string]process.CgroupCPU) {
	if len(s.Cgroups) == 0 {
		return
	}
	for at := range t.memberships(s) {
		if usage, ok := s.Cgroups[at.path]; ok {
			at.group.limit(usage, grown[at.path], t.groups.since)
		}
	}
}

// memberships returns in or below which control groups the members of which groups are.
func (t *Tracker) memberships(s *process.Snapshot) map[membership]bool {
	all := make(map[membership]bool)
	var last membership
	for i, p := range t.live {
		facts := s.Processes[i].Facts
		if p.group == nil || facts == nil {
			continue
		}
		at := membership{facts.Cgroup, p.group}
		if at == last || all[at] {
			continue
		}
		last = at
		for _, path := range process.CgroupsAbove(at.path) {
			all[membership{path, p.group}] = true
		}
	}
	return all
}

// limit adds what one control group did.
func (g *tally) limit(usage process.CgroupUsage, grown process.CgroupCPU, since time.Time) {
	l := &g.Limits
	if usage.CPU != nil {
		if !l.Quota {
			l.Quota, l.CPU.Unknown = true, process.AllQuotaFields
		}
		for i := range l.QuotaSince {
			if fresh := l.CPU.Unknown &^ usage.CPU.Unknown; fresh.Has(1<<i) && !g.Since.Equal(since) {
				l.QuotaSince[i] = since
			}
		}
		known := l.CPU.Unknown & usage.CPU.Unknown
		l.CPU = l.CPU.Plus(grown)
		l.CPU.Unknown = known
	}
	if usage.Memory != nil {
		l.Memory = true
		l.MemoryRatio = max(l.MemoryRatio, float64(usage.Memory.UsedBytes)/float64(usage.Memory.LimitBytes))
	}
}
