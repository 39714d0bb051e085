package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

func quota(periods, throttled uint64, standing time.Duration) process.CgroupUsage {
	return process.CgroupUsage{CPU: &process.CgroupCPU{Periods: periods, ThrottledPeriods: throttled, Throttled: standing}}
}

func memoryUse(used, limit uint64) process.CgroupUsage {
	return process.CgroupUsage{Memory: &process.CgroupMemory{UsedBytes: used, LimitBytes: limit}}
}

// within returns a process in a control group.
func within(pid int, name, path string) process.Process {
	return proc(pid, 1, name, before, hosttest.Facts(process.Facts{Cgroup: path}))
}

// limited observes a scan with control groups.
func limited(tracker *group.Tracker, d time.Duration, usage map[string]process.CgroupUsage, processes ...process.Process) *group.Report {
	s := hosttest.Snapshot(at(d), processes...)
	s.Cgroups = usage
	return tracker.Observe(s)
}

// limitsOf returns the limits of the groups that have any, without times.
func limitsOf(r *group.Report) map[string]group.Limits {
	all := map[string]group.Limits{}
	for _, g := range r.Groups {
		if l := g.Limits; l != (group.Limits{}) {
			l.QuotaSince = [process.NumQuotaFields]time.Time{}
			all[g.Name] = l
		}
	}
	return all
}

// TestLimitsCountAtEachScan: limits count at scans, not at requests, however often those come.
func TestLimitsCountAtEachScan(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "exclude: [{name: secret}]")})
	web, shell := within(10, "web", "/pod/web"), within(11, "sh", "/pod/web")
	sidecar, free, secret := within(12, "sidecar", "/pod/sidecar"), within(13, "free", "/free"), within(14, "secret", "/pod/web")
	type usage = map[string]process.CgroupUsage
	for i, step := range []struct {
		what      string
		usage     usage
		processes []process.Process
		want      map[string]group.Limits
	}{
		{
			"what was before the exporter does not count",
			usage{"/pod/web": quota(1000, 500, time.Minute), "/pod": memoryUse(30, 100)},
			[]process.Process{web, shell, sidecar, free, secret},
			map[string]group.Limits{
				"web": {Quota: true, Memory: true, MemoryRatio: .3}, "sh": {Quota: true, Memory: true, MemoryRatio: .3},
				"sidecar": {Memory: true, MemoryRatio: .3},
			},
		},
		{
			"a group without processes keeps its counters",
			usage{"/pod/web": quota(1100, 520, 65*time.Second), "/pod": memoryUse(90, 100)},
			[]process.Process{web, sidecar, free},
			map[string]group.Limits{
				"web":     {Quota: true, CPU: process.CgroupCPU{Periods: 100, ThrottledPeriods: 20, Throttled: 5 * time.Second}, Memory: true, MemoryRatio: .9},
				"sh":      {Quota: true},
				"sidecar": {Memory: true, MemoryRatio: .9},
			},
		},
		{
			"a control group made again under its path, and no limit of memory",
			usage{"/pod/web": quota(10, 4, time.Second)},
			[]process.Process{web, free},
			map[string]group.Limits{
				"web": {Quota: true, CPU: process.CgroupCPU{Periods: 110, ThrottledPeriods: 24, Throttled: 6 * time.Second}},
				"sh":  {Quota: true},
			},
		},
		{
			"no limit at all any more", nil,
			[]process.Process{web},
			map[string]group.Limits{
				"web": {Quota: true, CPU: process.CgroupCPU{Periods: 110, ThrottledPeriods: 24, Throttled: 6 * time.Second}},
				"sh":  {Quota: true},
			},
		},
	} {
		r := limited(tracker, time.Duration(i)*15*time.Second, step.usage, step.processes...)
		if diff := cmp.Diff(step.want, limitsOf(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.what, diff)
		}
	}
}

// TestQuotaSince: the counters are as old as the first quota, and no older than the group.
func TestQuotaSince(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	usage := map[string]process.CgroupUsage{"/web": quota(5, 0, 0)}
	web, late := within(10, "web", "/web"), within(11, "late", "/web")
	limited(tracker, 0, nil, web)
	limited(tracker, 15*time.Second, nil, web)
	r := limited(tracker, 30*time.Second, usage, web, late)
	if since := groupNamed(t, r, "web").Limits.QuotaSince[0]; !since.Equal(r.Previous.Taken) {
		t.Errorf("the counters began at %v, want the scan before at %v", since, r.Previous.Taken)
	}
	if since := groupNamed(t, r, "late").Limits.QuotaSince[0]; !since.IsZero() {
		t.Errorf("the counters began at %v, want when the group did", since)
	}
}

// TestOddQuota: what of a quota is not known in one scan costs that value, and only until it is known.
func TestOddQuota(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	web := within(10, "web", "/web")
	odd := func(periods, throttled uint64, standing time.Duration, unknown process.QuotaFields) map[string]process.CgroupUsage {
		u := quota(periods, throttled, standing)
		u.CPU.Unknown = unknown
		return map[string]process.CgroupUsage{"/web": u}
	}
	for i, step := range []struct {
		usage map[string]process.CgroupUsage
		want  process.CgroupCPU
	}{
		{odd(100, 0, time.Second, process.QuotaThrottledPeriods), process.CgroupCPU{Unknown: process.QuotaThrottledPeriods}},
		{odd(110, 0, 2*time.Second, process.QuotaThrottledPeriods), process.CgroupCPU{Periods: 10, Throttled: time.Second, Unknown: process.QuotaThrottledPeriods}},
		{odd(120, 20, 3*time.Second, 0), process.CgroupCPU{Periods: 20, Throttled: 2 * time.Second}},
		{odd(130, 21, 0, process.QuotaThrottled), process.CgroupCPU{Periods: 30, ThrottledPeriods: 1, Throttled: 2 * time.Second}},
		{odd(140, 22, 5*time.Second, 0), process.CgroupCPU{Periods: 40, ThrottledPeriods: 2, Throttled: 4 * time.Second}},
	} {
		r := limited(tracker, time.Duration(i)*15*time.Second, step.usage, web)
		limits := groupNamed(t, r, "web").Limits
		if limits.CPU != step.want {
			t.Errorf("scan %d: %+v, want %+v", i, limits.CPU, step.want)
		}
		if began := limits.QuotaSince[1]; i == 2 && !began.Equal(r.Previous.Taken) {
			t.Errorf("the throttled periods began at %v, want %v", began, r.Previous.Taken)
		}
	}
}

// TestReloadKeepsLimits: the same scan by other rules counts nothing twice.
func TestReloadKeepsLimits(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	web := within(10, "web", "/web")
	usage := func(periods uint64) map[string]process.CgroupUsage {
		u := quota(periods, 0, 0)
		u.Memory = &process.CgroupMemory{UsedBytes: 1, LimitBytes: 2}
		return map[string]process.CgroupUsage{"/web": u}
	}
	limited(tracker, 0, usage(5), web)
	want := limitsOf(limited(tracker, 15*time.Second, usage(8), web))
	tracker.Reload(group.Config{})
	if diff := cmp.Diff(want, limitsOf(tracker.Report())); diff != "" || want["web"].CPU.Periods != 3 {
		t.Errorf("%+v; after a reload (-want +got):\n%s", want, diff)
	}
}
