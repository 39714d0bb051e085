package collector

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func newGroupLifecycle(Options) Collector {
	return groupFamilies{
		counter(ofGroup(), "starts_total",
			"Processes that joined the group since the exporter first saw it: they started or changed their name.",
			0, func(g *groupView) float64 { return float64(g.Starts) }),
		counter(ofGroup(), "exits_total",
			"Processes that ended in the group since the exporter first saw it.",
			0, func(g *groupView) float64 { return float64(g.Exits) }),
		optionalCounter(ofGroup(), "short_lived_processes_total",
			"Processes that started and exited between two scans, known only from their exit "+
				"records. Absent if exit records are not available.",
			func(g *groupView) (float64, bool) { return float64(g.ShortLived), g.hasRecords }),
		family[groupView]{
			desc: ofGroup().desc("abnormal_exits_total",
				"Processes that ended with an exit code other than 0 (reason exit_code) or by a signal (reason is the name of the signal, or oom_kill if the kernel reports that it killed "+
					"the process for lack of memory). Absent if exit records are not available.",
				"reason"),
			kind:  prometheus.CounterValue,
			label: "reason",
			each: func(g *groupView, send func(string, float64, time.Time)) {
				// In the same order in each scrape: series that move have to be checked again.
				reasons := make([]string, 0, 16)
				for reason := range g.AbnormalExits {
					reasons = append(reasons, reason)
				}
				slices.Sort(reasons)
				for _, reason := range reasons {
					exits := g.AbnormalExits[reason]
					send(reason, float64(exits.Count), exits.Since)
				}
			},
		},
		optional(ofGroup(), "oldest_start_time_seconds",
			"Start time of the oldest process of the group, in seconds since 1970. Absent while no process runs.",
			func(g *groupView) (float64, bool) { return unix(g.Oldest), !g.Oldest.IsZero() }),
		optional(ofGroup(), "newest_start_time_seconds",
			"Start time of the newest process of the group, in seconds since 1970; it changes when one "+
				"restarts. Absent while no process runs.",
			func(g *groupView) (float64, bool) { return unix(g.Newest), !g.Newest.IsZero() }),
	}
}
