package collector

import (
	"strings"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/system/systemtest"
	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	dto "github.com/prometheus/client_model/go"
)

// start returns the start timestamp of a counter, and fails the test where it has none.
func start(t *testing.T, name string, m *dto.Metric) time.Time {
	t.Helper()
	if m.GetCounter().GetCreatedTimestamp() == nil {
		t.Errorf("no start timestamp: %s%v", name, m.GetLabel())
	}
	return m.GetCounter().GetCreatedTimestamp().AsTime()
}

// TestEveryCounterHasAStart: those of a process start with it, those of a group when it was
// not there yet, those of the exporter with the exporter, and those of the host at the boot.
func TestEveryCounterHasAStart(t *testing.T) {
	started := boot.Add(30 * time.Minute)
	report := smallReport()
	appeared := report.Snapshot.Taken.Add(-15 * time.Second)
	later := appeared.Add(5 * time.Second)
	report.Groups[2].Since = appeared
	report.Groups[2].KnownSince = map[process.Fields]time.Time{process.HasReadBytes: later, process.HasWrittenBytes: later}
	set := allCollectors(t)
	set.started = started
	families := gather(t, set.Scrape(report), NewScanTotals(started))

	want := func(name string, m *dto.Metric) time.Time {
		labels := map[string]string{}
		for _, l := range m.GetLabel() {
			labels[l.GetName()] = l.GetValue()
		}
		switch {
		case labels["pid"] == "100":
			return boot.Add(1_500_250 * time.Millisecond)
		case labels["pid"] != "":
			return boot.Add(2000 * time.Second)
		case labels["engine"] == "gfx":
			return report.Groups[2].GPUTime[process.GPUEngineName{GPU: labels["gpu"], Engine: "gfx"}].Since
		case labels["reason"] == "SIGSEGV":
			return report.Groups[2].AbnormalExits["SIGSEGV"].Since
		case labels["group"] == "web" && strings.HasSuffix(name, "_bytes_total") && !strings.Contains(name, "_network_"):
			return later
		case labels["group"] == "web":
			return appeared
		case name == "proctree_forks_total", strings.HasPrefix(name, "proctree_cgroup_pressure_"):
			return boot
		}
		return started
	}
	counters := 0
	for name, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetType() != dto.MetricType_COUNTER {
				continue
			}
			counters++
			if got := start(t, name, m); !got.Equal(want(name, m)) {
				t.Errorf("%s%v started at %v, want %v", name, m.GetLabel(), got, want(name, m))
			}
		}
	}
	if counters < 30 {
		t.Errorf("only %d counters", counters)
	}
}

// TestCountersOfTheHostStartAtTheBoot: with a report and without one.
func TestCountersOfTheHostStartAtTheBoot(t *testing.T) {
	reader := systemReader(t, systemtest.Root(t))
	kernel, err := reader.Kernel()
	if err != nil {
		t.Fatal(err)
	}
	set := systemSet(t, Options{System: reader})
	for _, c := range []struct {
		name   string
		report *group.Report
		want   time.Time
	}{
		{"no report", nil, kernel.BootTime},
		{"report", smallReport(), boot},
	} {
		registry := prometheus.NewRegistry()
		registry.MustRegister(set.Scrape(c.report))
		counters := 0
		for name, family := range familiesOf(t, registry) {
			for _, m := range family.GetMetric() {
				// The exporter's own counters began when it did.
				if family.GetType() != dto.MetricType_COUNTER || name == "proctree_scrape_collector_errors_total" {
					continue
				}
				counters++
				if got := start(t, name, m); !got.Equal(c.want) {
					t.Errorf("%s: %s%v started at %v, want %v", c.name, name, m.GetLabel(), got, c.want)
				}
			}
		}
		if counters < 50 {
			t.Errorf("%s: only %d counters", c.name, counters)
		}
	}
}

// TestNoStartThatIsNotKnown: a host whose boot time is not known, and an exporter that does
// not say when it started.
func TestNoStartThatIsNotKnown(t *testing.T) {
	report := smallReport()
	report.Snapshot.Clock.Epoch = time.Unix(0, 0) // As on macOS, whose ticks count from 1970.
	families := gather(t, allCollectors(t).Scrape(report))
	for _, name := range []string{"proctree_forks_total", "proctree_group_cpu_seconds_total"} {
		if m := families[name].GetMetric()[0]; m.GetCounter().CreatedTimestamp != nil {
			t.Errorf("%s%v has a start timestamp", name, m)
		}
	}
}

// TestThrottlingStartsWhenAQuotaAppears: at the reading before the first one with a quota.
func TestThrottlingStartsWhenAQuotaAppears(t *testing.T) {
	set, err := NewSet([]string{GroupLimits}, Options{Started: hosttest.Epoch})
	if err != nil {
		t.Fatal(err)
	}
	tracker := group.NewTracker(group.Config{})
	web := hosttest.Process(10, 1, "web", hosttest.Facts(process.Facts{Cgroup: "/web"}))
	var got []time.Time
	for i, usage := range []map[string]process.CgroupUsage{
		{"/db": {Memory: &process.CgroupMemory{UsedBytes: 1, LimitBytes: 2}}},
		{"/web": {CPU: &process.CgroupCPU{Periods: 10}}},
		{"/web": {CPU: &process.CgroupCPU{Periods: 20}}},
	} {
		s := hosttest.Snapshot(time.Hour+time.Duration(i)*time.Minute, web)
		s.Cgroups = usage
		tracker.Observe(s)
		family := gather(t, set.Scrape(tracker.Report()))["proctree_group_cpu_cfs_periods_total"]
		for _, m := range family.GetMetric() {
			got = append(got, start(t, family.GetName(), m))
		}
	}
	want := hosttest.Epoch.Add(time.Hour)
	if len(got) != 2 || !got[0].Equal(want) || !got[1].Equal(want) {
		t.Errorf("started at %v, want %v twice", got, want)
	}
}

// TestStarted: counters that have a start keep it, and other kinds get none.
func TestStarted(t *testing.T) {
	at := time.Now().Add(-time.Hour)
	families := gather(t, Started(collectors.NewGoCollector(), at))
	m := families["go_memstats_alloc_bytes_total"].GetMetric()[0]
	if got := start(t, "go_memstats_alloc_bytes_total", m); !got.Equal(at) {
		t.Errorf("started at %v, want %v", got, at)
	}
	own := prometheus.NewCounter(prometheus.CounterOpts{Name: "own_total", Help: "Help."})
	m = gather(t, Started(own, at))["own_total"].GetMetric()[0]
	if got := start(t, "own_total", m); !got.After(at) {
		t.Errorf("a counter with a start has another one: %v", got)
	}
}
