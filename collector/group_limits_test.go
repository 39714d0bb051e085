package collector

import (
	"maps"
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/cgroups"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

// fixedLimits has the control groups that a test sets, and counts how often it was asked.
type fixedLimits struct {
	usage map[string]cgroups.Usage
	asked int
	paths []string
}

func (f *fixedLimits) Read(_ time.Time, paths []string) (map[string]cgroups.Usage, error) {
	f.asked++
	f.paths = slices.Sorted(slices.Values(paths))
	return maps.Clone(f.usage), nil
}

func quota(periods, throttled uint64, standing time.Duration) cgroups.Usage {
	return cgroups.Usage{CPU: &cgroups.CPU{Periods: periods, ThrottledPeriods: throttled, Throttled: standing}}
}

func memory(used, limit uint64) cgroups.Usage {
	return cgroups.Usage{Memory: &cgroups.Memory{UsedBytes: used, LimitBytes: limit}}
}

// within puts a process into a control group.
func within(path string) hosttest.Option {
	return func(p *process.Process) { p.Facts = &process.Facts{Cgroup: path} }
}

func TestGroupLimits(t *testing.T) {
	reader := &fixedLimits{}
	set, err := NewSet([]string{GroupLimits}, Options{Limits: reader})
	if err != nil {
		t.Fatal(err)
	}
	tracker := group.NewTracker(group.Config{})
	at := time.Hour
	// scrape returns the figures "metric group".
	scrape := func() map[string]float64 {
		t.Helper()
		figures := map[string]float64{}
		for name, family := range gather(t, set.Scrape(tracker.Report())) {
			for _, m := range family.GetMetric() {
				if l := m.GetLabel()[0]; l.GetName() == "group" {
					figures[name[len("proctree_group_"):]+" "+l.GetValue()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
				}
			}
		}
		return figures
	}
	next := func(usage map[string]cgroups.Usage, processes ...process.Process) {
		at += 15 * time.Second
		reader.usage = usage
		tracker.Observe(hosttest.Snapshot(at, processes...))
	}
	check := func(what string, want map[string]float64) {
		t.Helper()
		if diff := cmp.Diff(want, scrape()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	web := hosttest.Process(10, 1, "web", within("/pod/web"))
	shell := hosttest.Process(11, 1, "sh", within("/pod/web"))
	sidecar := hosttest.Process(12, 1, "sidecar", within("/pod/sidecar"))
	free := hosttest.Process(13, 1, "free", within("/free"))
	const periods, throttled, standing, full = "cpu_cfs_periods_total ", "cpu_cfs_throttled_periods_total ",
		"cpu_cfs_throttled_seconds_total ", "worst_memory_limit_ratio "

	next(map[string]cgroups.Usage{"/pod/web": quota(1000, 500, time.Minute), "/pod": memory(30, 100)}, web, shell, sidecar, free)
	check("what was before the exporter does not count", map[string]float64{
		periods + "web": 0, throttled + "web": 0, standing + "web": 0, full + "web": 0.3,
		periods + "sh": 0, throttled + "sh": 0, standing + "sh": 0, full + "sh": 0.3, full + "sidecar": 0.3,
	})
	if diff := cmp.Diff([]string{"/free", "/pod/sidecar", "/pod/web"}, reader.paths); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}

	next(map[string]cgroups.Usage{"/pod/web": quota(1100, 520, 65*time.Second), "/pod": memory(90, 100)}, web, sidecar, free)
	want := map[string]float64{
		periods + "web": 100, throttled + "web": 20, standing + "web": 5, full + "web": 0.9,
		periods + "sh": 0, throttled + "sh": 0, standing + "sh": 0, full + "sidecar": 0.9,
	}
	check("two of the groups grew", want)
	asked := reader.asked
	check("a second scrape of the same scan adds nothing", want)
	if reader.asked != asked {
		t.Error("the same scan was read twice")
	}

	next(map[string]cgroups.Usage{"/pod/web": quota(10, 4, time.Second)}, web, free)
	check("made anew under the same name, and without a limit of memory", map[string]float64{
		periods + "web": 110, throttled + "web": 24, standing + "web": 6,
		periods + "sh": 0, throttled + "sh": 0, standing + "sh": 0,
	})
}

// TestGroupLimitsWithoutControlGroups shows nothing, and is no failure.
func TestGroupLimitsWithoutControlGroups(t *testing.T) {
	set, err := NewSet([]string{GroupLimits}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(hosttest.Snapshot(0, hosttest.Process(1, 0, "init")))
	families := gather(t, set.Scrape(tracker.Report()))
	if len(families) != 3 || families["proctree_scrape_collector_success"].GetMetric()[0].GetGauge().GetValue() != 1 {
		t.Errorf("shows %v", slices.Collect(maps.Keys(families)))
	}
}
