package collector

import (
	"proctree/collector/group"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
)

func newGroupDescriptors(Options) Collector {
	return groupDescriptors{
		groupFigures: groupFigures{
			gauge(ofGroup(), "open_fds",
				"Open file descriptors of the group's processes added up. Processes whose descriptors the "+
					"exporter may not count are missing.",
				process.HasOpenFDs, func(g *group.Group) float64 { return float64(g.OpenFDs) }),
		},
		worst: ofGroup().desc("worst_fd_ratio",
			"Largest share of its own soft limit of open files that a single process of the group has in use, "+
				"0 to 1: at 1 that process can open nothing more."),
	}
}

type groupDescriptors struct {
	groupFigures
	worst *prometheus.Desc
}

// Describe implements Collector.
func (c groupDescriptors) Describe(out chan<- *prometheus.Desc) {
	c.groupFigures.Describe(out)
	out <- c.worst
}

// Collect implements Collector.
func (c groupDescriptors) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.groups {
		if s := &v.groups[i]; s.of.WorstFDRatio >= 0 {
			out <- s.metric(c.worst, prometheus.GaugeValue, nil, s.of.WorstFDRatio)
		}
	}
	return c.groupFigures.Collect(v, out)
}
