package process

import (
	"path"
	"strings"
	"time"
)

// CgroupUsage is what a control group (cgroups(7)) did with its limits. CPU is nil without a
// quota, Memory without a limit; one of them is there.
type CgroupUsage struct {
	CPU    *CgroupCPU
	Memory *CgroupMemory
}

// CgroupCPU is what came of a quota, since the control group was made or got the quota.
type CgroupCPU struct {
	// Periods counts the periods in which the group ran, ThrottledPeriods those in which it
	// used up its quota.
	Periods, ThrottledPeriods uint64
	// Throttled is for how long its CPUs then stood still, added up over the CPUs.
	Throttled time.Duration
	// Unknown are the values that could not be read, and are 0.
	Unknown QuotaFields
}

// QuotaFields are values of CgroupCPU.
type QuotaFields uint8

// The values of CgroupCPU.
const (
	QuotaPeriods QuotaFields = 1 << iota
	QuotaThrottledPeriods
	QuotaThrottled

	// NumQuotaFields is how many there are, AllQuotaFields all of them.
	NumQuotaFields = iota
	AllQuotaFields = 1<<NumQuotaFields - 1
)

// Has reports whether every bit of want is set.
func (f QuotaFields) Has(want QuotaFields) bool { return f&want == want }

// Plus returns the sum of two. What is not known of one adds nothing.
func (c CgroupCPU) Plus(d CgroupCPU) CgroupCPU {
	return CgroupCPU{c.Periods + d.Periods, c.ThrottledPeriods + d.ThrottledPeriods, c.Throttled + d.Throttled, c.Unknown & d.Unknown}
}

// Or returns c with the values of d in the place of those that are not known.
func (c CgroupCPU) Or(d CgroupCPU) CgroupCPU {
	if c.Unknown.Has(QuotaPeriods) {
		c.Periods = d.Periods
	}
	if c.Unknown.Has(QuotaThrottledPeriods) {
		c.ThrottledPeriods = d.ThrottledPeriods
	}
	if c.Unknown.Has(QuotaThrottled) {
		c.Throttled = d.Throttled
	}
	c.Unknown &= d.Unknown
	return c
}

// Since returns by how much the counters grew since last; one that was not known has nothing to
// compare with. Counters that fell are those of a new control group of the same path, which
// began at 0.
func (c CgroupCPU) Since(last CgroupCPU) CgroupCPU {
	now := c
	last, c = last.Or(c), c.Or(last)
	if c.Periods < last.Periods || c.ThrottledPeriods < last.ThrottledPeriods || c.Throttled < last.Throttled {
		return now
	}
	return CgroupCPU{c.Periods - last.Periods, c.ThrottledPeriods - last.ThrottledPeriods, c.Throttled - last.Throttled, c.Unknown}
}

// CgroupMemory is how full a control group is, in bytes.
type CgroupMemory struct {
	// UsedBytes leaves out file caches that the kernel drops first (inactive_file): a group
	// that only reads files is not full.
	UsedBytes, LimitBytes uint64
}

// CgroupsAbove returns the path of a control group and those of all groups above it, the root
// aside, which has no limits. It returns none for a path outside of the exporter's own view
// ("/../…").
func CgroupsAbove(p string) []string {
	if !strings.HasPrefix(p, "/") || strings.Contains(p, "/..") {
		return nil
	}
	var all []string
	for p = path.Clean(p); p != "/"; p = path.Dir(p) {
		all = append(all, p)
	}
	return all
}
