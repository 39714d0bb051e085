package collector

import (
	"time"

	"proctree/collector/group"

	"github.com/prometheus/client_golang/prometheus"
)

// GroupLimits is the collector that needs the limits of control groups in each scan
// (host.SamplerConfig.Cgroups).
const GroupLimits = "group_limits"

// groupLimits shows what the control groups in which a group's processes run do with their
// limits. What could not be read of them is an error of this collector.
type groupLimits struct{ groupFamilies }

func newGroupLimits(Options) Collector {
	return groupLimits{groupFamilies{
		quotaCounter(0, "cpu_cfs_periods_total",
			"Periods in which control groups (containers, units) with a CPU quota ran, added up over those in which "+
				"processes of the group are. Absent without a quota.",
			func(g *groupView) float64 { return float64(g.Limits.CPU.Periods) }),
		quotaCounter(1, "cpu_cfs_throttled_periods_total",
			"Those of the periods in which a control group had used up its quota and stood still for the rest.",
			func(g *groupView) float64 { return float64(g.Limits.CPU.ThrottledPeriods) }),
		quotaCounter(2, "cpu_cfs_throttled_seconds_total",
			"For how long control groups stood still because their quota was used up, added up over their CPUs.",
			func(g *groupView) float64 { return g.Limits.CPU.Throttled.Seconds() }),
		optional(ofGroup(), "worst_memory_limit_ratio",
			"Largest share of its memory limit that a control group (container, unit) with processes of the group "+
				"uses, file caches that the kernel drops first not included. At 1 the kernel kills. Absent without a limit.",
			func(g *groupView) (float64, bool) { return g.Limits.MemoryRatio, g.Limits.Memory }),
	}}
}

// quotaCounter describes a counter that a group has since its first quota; bit is that of the
// value among process.QuotaFields.
func quotaCounter(bit int, name, help string, value func(*groupView) float64) family[groupView] {
	f := optionalCounter(ofGroup(), name, help, func(g *groupView) (float64, bool) {
		return value(g), g.Limits.Quota && !g.Limits.CPU.Unknown.Has(1<<bit)
	})
	f.began = func(g *groupView) time.Time { return g.Limits.QuotaSince[bit] }
	return f
}

// losses implements lossCounter: scans that nobody scraped count too.
func (groupLimits) losses(r *group.Report) uint64 { return r.CgroupsLost }

// Collect implements Collector.
func (c groupLimits) Collect(v *View, out chan<- prometheus.Metric) error {
	if err := c.groupFamilies.Collect(v, out); err != nil {
		return err
	}
	if err := v.Snapshot.CgroupsErr; err != nil {
		return &lossError{err: err}
	}
	return nil
}
