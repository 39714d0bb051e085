package collector

import (
	"maps"
	"sync"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/cgroups"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
)

// GroupLimits is the collector that needs Options.Limits.
const GroupLimits = "group_limits"

// LimitReader reads how far control groups use up their limits. It has to be safe for
// concurrent use.
type LimitReader interface {
	Read(now time.Time, paths []string) (map[string]cgroups.Usage, error)
}

// groupLimits shows what the control groups in which a group's processes run do with their
// limits. A control group belongs to every group that has a process in it: all of them wait
// when it is throttled.
type groupLimits struct {
	reader                               LimitReader
	periods, throttledPeriods, throttled *prometheus.Desc
	memory                               *prometheus.Desc

	mu sync.Mutex
	// shown is the snapshot of which the following is: whoever scrapes it again sees the same.
	shown *process.Snapshot
	// looked is when control groups were read, unlimited that none of them had a limit: as
	// long as that is taken to hold, there is nothing to do.
	looked    time.Time
	unlimited bool
	// last is what each control group's counters were.
	last map[string]cgroups.CPU
	// sums are what the counters of control groups grew, by group.
	sums map[string]*limitSums
}

// limitSums are the figures of one group.
type limitSums struct {
	// throttled holds the counters; quota tells whether there ever was one, and since is
	// when the counters were 0.
	throttled cgroups.CPU
	quota     bool
	since     time.Time
	// memory is the largest share of a limit, negative without one.
	memory float64
}

func newGroupLimits(o Options) Collector {
	return &groupLimits{
		reader: o.Limits,
		periods: ofGroup().desc("cpu_cfs_periods_total",
			"Periods in which control groups (containers, units) with a CPU quota ran, added up over those in which "+
				"processes of the group are. Absent without a quota."),
		throttledPeriods: ofGroup().desc("cpu_cfs_throttled_periods_total",
			"Those of the periods in which a control group had used up its quota and stood still for the rest."),
		throttled: ofGroup().desc("cpu_cfs_throttled_seconds_total",
			"For how long control groups stood still because their quota was used up, added up over their CPUs."),
		memory: ofGroup().desc("worst_memory_limit_ratio",
			"Largest share of its memory limit that a control group (container, unit) with processes of the group "+
				"uses, file caches that the kernel drops first not included. At 1 the kernel kills. Absent without a limit."),
		last: map[string]cgroups.CPU{},
		sums: map[string]*limitSums{},
	}
}

// Describe implements Collector.
func (c *groupLimits) Describe(out chan<- *prometheus.Desc) {
	out <- c.periods
	out <- c.throttledPeriods
	out <- c.throttled
	out <- c.memory
}

// Collect implements Collector.
func (c *groupLimits) Collect(v *View, out chan<- prometheus.Metric) error {
	if c.reader == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.shown != v.Snapshot {
		err = c.observe(v.Report)
		c.shown = v.Snapshot
	}
	for i := range v.groups {
		g := &v.groups[i]
		sums := c.sums[g.of.Name]
		if sums == nil {
			continue
		}
		if sums.quota {
			send := func(desc *prometheus.Desc, value float64) {
				m := g.metric(desc, prometheus.CounterValue, nil, value)
				if !sums.since.IsZero() {
					m.created = timestamp(sums.since)
				}
				out <- m
			}
			send(c.periods, float64(sums.throttled.Periods))
			send(c.throttledPeriods, float64(sums.throttled.ThrottledPeriods))
			send(c.throttled, sums.throttled.Throttled.Seconds())
		}
		if sums.memory >= 0 {
			out <- g.metric(c.memory, prometheus.GaugeValue, nil, sums.memory)
		}
	}
	if err != nil {
		return &lossError{err: err}
	}
	return nil
}

// observe reads the control groups of a report's processes and adds up what they grew.
func (c *groupLimits) observe(r *group.Report) error {
	taken := r.Snapshot.Taken
	if c.unlimited && taken.Sub(c.looked).Abs() < cgroups.DefaultRecheck {
		return nil
	}
	places := placesOf(r)
	usage, err := c.reader.Read(taken, pathsOf(places))
	before := c.looked
	c.looked, c.unlimited = taken, len(usage) == 0
	c.forget(r, usage)
	grown := make(map[string]cgroups.CPU, len(usage))
	for path, u := range usage {
		if u.CPU != nil {
			if last, ok := c.last[path]; ok {
				grown[path] = growth(last, *u.CPU)
			}
			c.last[path] = *u.CPU
		}
	}
	for at := range limiting(places, usage) {
		sums := c.sums[at.group]
		if sums == nil {
			sums = &limitSums{memory: -1}
			c.sums[at.group] = sums
		}
		sums.add(usage[at.path], grown[at.path], before)
	}
	return err
}

// forget drops the groups that are no longer reported, and control groups that are gone.
func (c *groupLimits) forget(r *group.Report, usage map[string]cgroups.Usage) {
	reported := make(map[string]bool, len(r.Groups))
	for i := range r.Groups {
		reported[r.Groups[i].Name] = true
	}
	maps.DeleteFunc(c.sums, func(name string, s *limitSums) bool {
		s.memory = -1
		return !reported[name]
	})
	maps.DeleteFunc(c.last, func(path string, _ cgroups.CPU) bool {
		_, ok := usage[path]
		return !ok
	})
}

// add adds what a control group grew since the reading before, at which the counters of a
// group that had no quota until now were 0.
func (s *limitSums) add(u cgroups.Usage, grown cgroups.CPU, before time.Time) {
	if u.CPU != nil {
		if !s.quota {
			s.quota, s.since = true, before
		}
		s.throttled.Periods += grown.Periods
		s.throttled.ThrottledPeriods += grown.ThrottledPeriods
		s.throttled.Throttled += grown.Throttled
	}
	if u.Memory != nil {
		s.memory = max(s.memory, float64(u.Memory.UsedBytes)/float64(u.Memory.LimitBytes))
	}
}

// growth is by how much counters grew. Those of a control group that was made anew under
// its name have begun at 0.
func growth(last, now cgroups.CPU) cgroups.CPU {
	if now.Periods < last.Periods || now.ThrottledPeriods < last.ThrottledPeriods || now.Throttled < last.Throttled {
		return now
	}
	return cgroups.CPU{
		Periods:          now.Periods - last.Periods,
		ThrottledPeriods: now.ThrottledPeriods - last.ThrottledPeriods,
		Throttled:        now.Throttled - last.Throttled,
	}
}
