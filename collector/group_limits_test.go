package collector

import (
	"errors"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// TestGroupLimitsNeedNoScrape: what happens between two scrapes counts, and a scrape changes
// nothing.
func TestGroupLimitsNeedNoScrape(t *testing.T) {
	set, err := NewSet([]string{GroupLimits}, Options{Started: boot})
	if err != nil {
		t.Fatal(err)
	}
	tracker := group.NewTracker(group.Config{})
	scan := func(at time.Duration, periods uint64, loss error) {
		s := hosttest.Snapshot(at, hosttest.Process(10, 1, "web", hosttest.Facts(process.Facts{Cgroup: "/web"})))
		s.Cgroups = map[string]process.CgroupUsage{"/web": {CPU: &process.CgroupCPU{Periods: periods}}}
		if s.CgroupsErr = loss; loss != nil {
			s.CgroupsLost = 3
		}
		tracker.Observe(s)
	}
	value := func(name string) float64 {
		m := gather(t, set.Scrape(tracker.Report()))[name].GetMetric()[0]
		return m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	scan(time.Hour, 100, nil)
	scan(time.Hour+time.Second, 110, nil)
	scan(time.Hour+2*time.Second, 5, errors.New("/sys/x: not a limit"))
	scan(time.Hour+3*time.Second, 7, errors.New("/sys/x: not a limit"))
	for range 2 {
		if got := value("proctree_group_cpu_cfs_periods_total"); got != 17 {
			t.Errorf("%v periods, want 17", got)
		}
	}
	if got := value("proctree_scrape_collector_success"); got != 1 {
		t.Error("a file that is lost fails the collector")
	}
	if got := value("proctree_scrape_collector_errors_total"); got != 6 {
		t.Errorf("%v files are lost in two scans, want 6", got)
	}
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
		t.Errorf("shows %d families", len(families))
	}
}
