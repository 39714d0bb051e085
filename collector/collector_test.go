package collector

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/sockets"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestGolden(t *testing.T) {
	totals := NewScanTotals(boot)
	totals.Observe(&process.Snapshot{Errors: map[string]uint64{process.ReasonPermission: 2}, ExitsLost: 1})
	got := text(t, gather(t, allCollectors(t).Scrape(smallReport()), totals))

	checkGolden(t, "testdata/metrics.golden", got)
}

// TestGoldenOfReaders has what collectors show that read more than a report.
func TestGoldenOfReaders(t *testing.T) {
	web, free := hosttest.Process(10, 1, "web", hosttest.Facts(process.Facts{Cgroup: "/web"})), hosttest.Process(11, 1, "free")
	tracker := group.NewTracker(group.Config{})
	snapshot := hosttest.Snapshot(time.Hour, web, free)
	snapshot.Cgroups = map[string]process.CgroupUsage{"/web": {CPU: &process.CgroupCPU{}, Memory: &process.CgroupMemory{UsedBytes: 1, LimitBytes: 4}}}
	tracker.Observe(snapshot)
	set, err := NewSet([]string{GroupLimits, GroupSockets}, Options{
		Started: boot,
		Sockets: &fixedSockets{sockets.Result{Unread: 1, ByProcess: map[process.ID][]sockets.Socket{web.ID: {{Inode: 7}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}

	checkGolden(t, "testdata/readers.golden", text(t, gather(t, set.Scrape(tracker.Report()))))
}

// TestGoldenFilesHaveEveryMetric: what the documentation lists is in one of them, but for
// the values of the exporter as a whole.
func TestGoldenFilesHaveEveryMetric(t *testing.T) {
	docs, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	listed, _, _ := strings.Cut(string(docs), "## The exporter itself")
	var golden strings.Builder
	for _, file := range []string{"metrics", "readers", "system"} {
		content, err := os.ReadFile("testdata/" + file + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		golden.Write(content)
	}
	names := regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)`").FindAllStringSubmatch(listed, -1)
	if len(names) < 100 {
		t.Fatalf("the documentation lists only %d metrics", len(names))
	}
	for _, name := range names {
		if !strings.Contains(golden.String(), "\n# TYPE "+name[1]+" ") && !strings.HasPrefix(golden.String(), "# TYPE "+name[1]+" ") {
			t.Errorf("no golden file has %s", name[1])
		}
	}
}

func TestLint(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(allCollectors(t).Scrape(smallReport()), NewScanTotals(boot))
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestUnknownValuesAreAbsent(t *testing.T) {
	report := smallReport()
	report.Groups = report.Groups[1:2] // knows its CPU time alone
	report.Top = report.Top[1:]        // knows its CPU time and its threads
	report.Snapshot.ExitSource = process.ExitsChildren
	report.Snapshot.System = process.System{}
	families := gather(t, allCollectors(t).Scrape(report))

	var got []string
	for name := range families {
		if strings.Contains(name, "_group_") || strings.Contains(name, "_process_") ||
			strings.Contains(name, "forks") || strings.Contains(name, "limit") {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	want := []string{
		"proctree_group_cpu_seconds_total",
		"proctree_group_exits_total",
		"proctree_group_newest_start_time_seconds",
		"proctree_group_oldest_start_time_seconds",
		"proctree_group_overflow_processes",
		"proctree_group_processes",
		"proctree_group_starts_total",
		"proctree_process_cpu_seconds_total",
		"proctree_process_info",
		"proctree_process_start_time_seconds",
		"proctree_process_threads",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestFailedScan(t *testing.T) {
	set := allCollectors(t)
	families := gather(t, set.Scrape(nil))
	delete(families, "proctree_system_textfile_scrape_error")
	if len(families) != 3 {
		t.Errorf("got %d metrics, want the three on the collectors themselves", len(families))
	}
	success := families["proctree_scrape_collector_success"].GetMetric()
	if len(success) != len(Table()) {
		t.Errorf("success of %d collectors, want %d", len(success), len(Table()))
	}
	for _, m := range success {
		name := m.GetLabel()[0].GetValue()
		alone := strings.HasPrefix(name, "system_") || name == textfileName
		if got := m.GetGauge().GetValue() == 1; got != alone {
			t.Errorf("%v: want success of those alone that need no scan", m)
		}
	}
}

// infoLabels returns the values of one label of process_info.
func infoLabels(t *testing.T, options Options, shown *rules.Shown, label string) (values []string) {
	t.Helper()
	set, err := NewSet([]string{"process_info"}, options)
	if err != nil {
		t.Fatal(err)
	}
	report := smallReport()
	report.Shown = shown
	for _, m := range gather(t, set.Scrape(report))["proctree_process_info"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == label {
				values = append(values, l.GetValue())
			}
		}
	}
	slices.Sort(values)
	return values
}

func TestCmdlineOnlyWhenSwitchedOn(t *testing.T) {
	if got := infoLabels(t, Options{}, shownAll, "cmdline"); got != nil {
		t.Errorf("command lines by default: %q", got)
	}
	got := infoLabels(t, Options{Cmdline: true}, shownAll, "cmdline")
	if diff := cmp.Diff([]string{"", "web --port 80"}, got); diff != "" {
		t.Errorf("cmdline (-want +got):\n%s", diff)
	}
}

// TestLabelsShowWhatMayBeShown: masked command lines, or none, and no paths either where
// tokens are needed to see them.
func TestLabelsShowWhatMayBeShown(t *testing.T) {
	masked := func(args []string) []string {
		return strings.Split(strings.ReplaceAll(strings.Join(args, "|"), "80", "***"), "|")
	}
	none := func([]string) []string { return nil }
	for _, test := range []struct {
		name         string
		shown        *rules.Shown
		exe, cmdline string
	}{
		{"masked", &rules.Shown{Cmdline: masked, Open: true, Exe: true}, "/usr/bin/web", "web --port ***"},
		{"none", &rules.Shown{Cmdline: none, Open: true, Exe: true}, "/usr/bin/web", ""},
		{"every account", &rules.Shown{Cmdline: masked, Open: true}, "", "web --port ***"},
		{"tokens", &rules.Shown{Cmdline: masked}, "", ""},
		{"nothing is said", nil, "", ""},
	} {
		if got := infoLabels(t, Options{Cmdline: true}, test.shown, "exe"); !slices.Equal(got, []string{"", test.exe}) {
			t.Errorf("%s: exe is %q, want %q", test.name, got, test.exe)
		}
		if got := infoLabels(t, Options{Cmdline: true}, test.shown, "cmdline"); !slices.Equal(got, []string{"", test.cmdline}) {
			t.Errorf("%s: cmdline is %q, want %q", test.name, got, test.cmdline)
		}
	}
}

func TestCmdlineLabelIsBounded(t *testing.T) {
	long := cmdlineLabel([]string{"echo", strings.Repeat("ä", maxCmdlineLabel)})
	if len(long) > maxCmdlineLabel+len("…") || !utf8.ValidString(long) || !strings.HasSuffix(long, "ä…") {
		t.Errorf("%d bytes, valid %v, ends in %q", len(long), utf8.ValidString(long), long[len(long)-6:])
	}
}

func TestScanTotalsAddUp(t *testing.T) {
	totals := NewScanTotals(boot)
	for range 3 {
		totals.Observe(&process.Snapshot{Errors: map[string]uint64{process.ReasonParse: 2, "\xff": 1}, ExitsLost: 5})
	}
	want := map[string]float64{process.ReasonParse: 6, "\uFFFD": 3}
	// Scraping twice changes nothing: they count scans.
	for range 2 {
		families := gather(t, totals)
		for _, m := range families["proctree_scan_errors_total"].GetMetric() {
			reason := m.GetLabel()[0].GetValue()
			if got := m.GetCounter().GetValue(); got != want[reason] {
				t.Errorf("reason %q: %v, want %v", reason, got, want[reason])
			}
		}
		if got := len(families["proctree_scan_errors_total"].GetMetric()); got != len(process.ErrorReasons())+1 {
			t.Errorf("%d reasons, want all that there are and the unknown one", got)
		}
		if got := families["proctree_exit_records_lost_total"].GetMetric()[0].GetCounter().GetValue(); got != 15 {
			t.Errorf("%v records lost, want 15", got)
		}
	}
}

// TestScrapesAtOnce lets the race detector look for what scrapes of one report share.
func TestScrapesAtOnce(t *testing.T) {
	set, report := allCollectors(t), smallReport()
	var wg sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wg.Go(func() { results[i] = text(t, gather(t, set.Scrape(report))) })
	}
	wg.Wait()
	for _, result := range results[1:] {
		if result != results[0] {
			t.Error("two scrapes of one report differ")
		}
	}
}

func TestSeriesDoNotGrowWithProcesses(t *testing.T) {
	set := allCollectors(t)
	few := drain(set.Scrape(largeReport(1000, 100, 200)))
	many := drain(set.Scrape(largeReport(10_000, 100, 200)))
	if few != many {
		t.Errorf("%d series at 1,000 processes, %d at 10,000", few, many)
	}
}

func TestEmptyHost(t *testing.T) {
	report := &group.Report{Snapshot: &process.Snapshot{}}
	families := gather(t, allCollectors(t).Scrape(report))
	if _, ok := families["proctree_threads"]; ok {
		t.Error("threads are known of no process")
	}
	if got := families["proctree_scan_processes"].GetMetric()[0].GetGauge().GetValue(); got != 0 {
		t.Errorf("scan_processes is %v", got)
	}
}
