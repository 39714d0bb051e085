package collector

import (
	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
)

func newGroupLifecycle(Options) Collector {
	return groupLifecycle{
		always: groupFigures{
			counter(ofGroup(), "starts_total",
				"Processes that joined the group since the exporter first saw it: started, or changed their name.",
				0, func(g *group.Group) float64 { return float64(g.Starts) }),
			counter(ofGroup(), "exits_total",
				"Processes that ended in the group since the exporter first saw it.",
				0, func(g *group.Group) float64 { return float64(g.Exits) }),
		},
		recorded: groupFigures{
			counter(ofGroup(), "short_lived_processes_total",
				"Processes that started and ended between two scans, known from their exit records alone. "+
					"Absent where the kernel gives the exporter no exit records.",
				0, func(g *group.Group) float64 { return float64(g.ShortLived) }),
		},
		abnormal: ofGroup().desc("abnormal_exits_total",
			"Processes that ended with an exit code other than 0 (reason exit_code) or by a signal (reason is its "+
				"name, or oom_kill where the kernel killed for lack of memory and says so). Absent where the kernel gives the exporter no exit records.",
			"reason"),
		oldest: ofGroup().desc("oldest_start_time_seconds",
			"Start time of the oldest process of the group, in seconds since 1970. Absent while nothing runs."),
		newest: ofGroup().desc("newest_start_time_seconds",
			"Start time of the newest process of the group, in seconds since 1970; it changes when one "+
				"restarts. Absent while nothing runs."),
	}
}

type groupLifecycle struct {
	always groupFigures
	// recorded is what only exit records tell.
	recorded                 groupFigures
	abnormal, oldest, newest *prometheus.Desc
}

// Describe implements Collector.
func (c groupLifecycle) Describe(out chan<- *prometheus.Desc) {
	c.always.Describe(out)
	c.recorded.Describe(out)
	out <- c.abnormal
	out <- c.oldest
	out <- c.newest
}

// Collect implements Collector.
func (c groupLifecycle) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.groups {
		s := &v.groups[i]
		if !s.of.Oldest.IsZero() {
			out <- s.metric(c.oldest, prometheus.GaugeValue, nil, unix(s.of.Oldest))
		}
		if !s.of.Newest.IsZero() {
			out <- s.metric(c.newest, prometheus.GaugeValue, nil, unix(s.of.Newest))
		}
		for reason, exits := range s.of.AbnormalExits {
			m := s.metric(c.abnormal, prometheus.CounterValue, pair("reason", reason), float64(exits.Count))
			if !exits.Since.IsZero() {
				m.created = timestamp(exits.Since)
			}
			out <- m
		}
	}
	if hasExitRecords(v.Snapshot.ExitSource) {
		if err := c.recorded.Collect(v, out); err != nil {
			return err
		}
	}
	return c.always.Collect(v, out)
}

// hasExitRecords tells whether processes that no scan saw can be known at all.
func hasExitRecords(source process.ExitSource) bool {
	return source == process.ExitsBPF || source == process.ExitsTaskstats
}
