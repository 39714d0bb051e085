package cgroups

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/procfile"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

// now is when the tests begin.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const statV2 = "usage_usec 1\nuser_usec 1\nsystem_usec 0\nnr_periods 40\nnr_throttled 10\nthrottled_usec 2500000\nnr_bursts 0\n"

// processesIn returns a process in each of the control groups.
func processesIn(paths ...string) []*process.Process {
	processes := make([]*process.Process, len(paths))
	for i, path := range paths {
		processes[i] = &process.Process{Facts: &process.Facts{Cgroup: path}}
	}
	return processes
}

// trees are the same two limits in both versions of control groups: app has a quota, and
// what is above it a limit of memory.
var trees = map[string]map[string]string{
	"version 2": {
		"fs/cgroup/cgroup.controllers":           "cpu memory\n",
		"fs/cgroup/pod/cpu.max":                  "max 100000\n",
		"fs/cgroup/pod/cpu.stat":                 statV2,
		"fs/cgroup/pod/memory.max":               "1000\n",
		"fs/cgroup/pod/memory.current":           "900\n",
		"fs/cgroup/pod/memory.stat":              "anon 500\nfile 400\ninactive_file 300\nactive_file 100\n",
		"fs/cgroup/pod/app.service/cpu.max":      "50000 100000\n",
		"fs/cgroup/pod/app.service/cpu.stat":     statV2,
		"fs/cgroup/pod/app.service/memory.max":   "max\n",
		"fs/cgroup/free/cpu.max":                 "max 100000\n",
		"fs/cgroup/free/memory.max":              "max\n",
		"fs/cgroup/pod/app.service/leaf/cpu.max": "max 100000\n",
	},
	"version 1": {
		"fs/cgroup/cpu/pod/cpu.cfs_quota_us":                "-1\n",
		"fs/cgroup/cpu/pod/app.service/cpu.cfs_quota_us":    "50000\n",
		"fs/cgroup/cpu/pod/app.service/cpu.stat":            "nr_periods 40\nnr_throttled 10\nthrottled_time 2500000000\n",
		"fs/cgroup/memory/pod/memory.limit_in_bytes":        "1000\n",
		"fs/cgroup/memory/pod/memory.usage_in_bytes":        "900\n",
		"fs/cgroup/memory/pod/memory.stat":                  "inactive_file 1\ntotal_inactive_file 300\n",
		"fs/cgroup/memory/free/memory.limit_in_bytes":       "9223372036854771712\n",
		"fs/cgroup/memory/pod/app.service/memory.usage_bad": "",
	},
}

func TestRead(t *testing.T) {
	want := map[string]process.CgroupUsage{
		"/pod/app.service": {CPU: &process.CgroupCPU{Periods: 40, ThrottledPeriods: 10, Throttled: 2500 * time.Millisecond}},
		"/pod":             {Memory: &process.CgroupMemory{UsedBytes: 600, LimitBytes: 1000}},
	}
	for name, files := range trees {
		t.Run(name, func(t *testing.T) {
			sys := t.TempDir()
			hosttest.WriteFiles(t, sys, files)
			r, err := New(Config{SysPath: sys})
			if err != nil {
				t.Fatal(err)
			}
			paths := []string{"/pod/app.service/leaf", "/pod/app.service", "/free", "/gone", "/", "/../outside", ""}
			got, err := r.Read(now, processesIn(paths...))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v -want +got:\n%s", err, diff)
			}
		})
	}
}

// TestReadLooksAgain: a limit that is set later is found after a while, and one that is taken
// away is gone at once.
func TestReadLooksAgain(t *testing.T) {
	sys := t.TempDir()
	hosttest.WriteFiles(t, sys, map[string]string{
		"fs/cgroup/cgroup.controllers": "cpu\n", "fs/cgroup/a/cpu.max": "max 100000\n", "fs/cgroup/a/cpu.stat": statV2,
	})
	r, err := New(Config{SysPath: sys})
	if err != nil {
		t.Fatal(err)
	}
	limited := func(after time.Duration) bool {
		usage, err := r.Read(now.Add(after), processesIn("/a"))
		if err != nil {
			t.Error(err)
		}
		return len(usage) > 0
	}
	if limited(0) {
		t.Error("limited by max")
	}
	hosttest.WriteFiles(t, sys, map[string]string{"fs/cgroup/a/cpu.max": "1000 100000\n"})
	if limited(defaultRecheck - time.Second) {
		t.Error("looked again at once")
	}
	if !limited(defaultRecheck) {
		t.Error("did not look again")
	}
	hosttest.WriteFiles(t, sys, map[string]string{"fs/cgroup/a/cpu.max": "max 100000\n"})
	if limited(defaultRecheck) {
		t.Error("the limit that was taken away is still there")
	}
}

// TestReadOddFields: a line that is odd costs its value only.
func TestReadOddFields(t *testing.T) {
	for stat, want := range map[string]process.CgroupCPU{
		"nr_periods x\nnr_throttled 10\nthrottled_usec 2500000\n":  {ThrottledPeriods: 10, Throttled: 2500 * time.Millisecond, Unknown: process.QuotaPeriods},
		"nr_periods 40\nnr_throttled -1\nthrottled_usec 2500000\n": {Periods: 40, Throttled: 2500 * time.Millisecond, Unknown: process.QuotaThrottledPeriods},
		"nr_periods 40\nnr_throttled 10\nthrottled_usec 2500000":   {Periods: 40, ThrottledPeriods: 10, Unknown: process.QuotaThrottled},
		"nr_periods 40\nthrottled_usec 18446744073709551615\n":     {Periods: 40, Unknown: process.QuotaThrottledPeriods | process.QuotaThrottled},
	} {
		sys := t.TempDir()
		hosttest.WriteFiles(t, sys, map[string]string{"fs/cgroup/cgroup.controllers": "cpu\n", "fs/cgroup/pod/cpu.max": "50000 100000\n", "fs/cgroup/pod/cpu.stat": stat})
		r, err := New(Config{SysPath: sys})
		if err != nil {
			t.Fatal(err)
		}
		usage, err := r.Read(now, processesIn("/pod"))
		if partial, ok := errors.AsType[*procfile.PartialError](err); !ok || partial.Count != 1 {
			t.Errorf("%q: error %v", stat, err)
		}
		if got := usage["/pod"].CPU; got == nil || *got != want {
			t.Errorf("%q: %+v, want %+v", stat, got, want)
		}
	}
}

// TestReadOddFiles: a file that is odd costs its group's value, and is counted.
func TestReadOddFiles(t *testing.T) {
	for file, content := range map[string]string{
		"pod/cpu.max": "many 100000\n", "pod/cpu.stat": "nr_periods x\n", "pod/memory.max": "\n",
		"pod/memory.current": "-1\n", "pod/memory.stat": "anon 1\n",
	} {
		files := map[string]string{
			"fs/cgroup/cgroup.controllers": "cpu memory\n",
			"fs/cgroup/pod/cpu.max":        "50000 100000\n", "fs/cgroup/pod/cpu.stat": statV2,
			"fs/cgroup/pod/memory.max": "1000\n", "fs/cgroup/pod/memory.current": "900\n", "fs/cgroup/pod/memory.stat": "inactive_file 300\n",
			"fs/cgroup/other/cpu.max": "50000 100000\n", "fs/cgroup/other/cpu.stat": statV2,
		}
		files["fs/cgroup/"+file] = content
		sys := t.TempDir()
		hosttest.WriteFiles(t, sys, files)
		r, err := New(Config{SysPath: sys})
		if err != nil {
			t.Fatal(err)
		}
		usage, err := r.Read(now, processesIn("/pod", "/other"))
		if partial, ok := errors.AsType[*procfile.PartialError](err); !ok || partial.Count != 1 {
			t.Errorf("%s: error %v", file, err)
		}
		ofCPU := strings.Contains(file, "/cpu.")
		if usage["/other"].CPU == nil || (usage["/pod"].CPU == nil) != ofCPU || (usage["/pod"].Memory == nil) == ofCPU {
			t.Errorf("%s: %+v", file, usage)
		}
	}
}

func TestNoControlGroups(t *testing.T) {
	if _, err := New(Config{SysPath: filepath.Join(t.TempDir(), "sys")}); !errors.Is(err, errNone) {
		t.Errorf("error is %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"max 100000\n", "50000 100000\n", "-1\n", "9223372036854771712\n", "", " ", statV2, "nr_periods -1\n", "nr_periods 18446744073709551616"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if limit, ok, odd := parseLimit(file); ok && (limit >= unlimited || odd) {
			t.Errorf("%q limits to %d", file, limit)
		}
		_, _ = valueOf(file, "nr_periods")
	})
}
