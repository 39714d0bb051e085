package process_test

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/process"
)

func TestCgroupsAbove(t *testing.T) {
	for path, want := range map[string][]string{
		"/": nil, "": nil, "a": nil, "/../a": nil, "/a/../../b": nil,
		"/a": {"/a"}, "/a/b/": {"/a/b", "/a"}, "/a/b.slice/c": {"/a/b.slice/c", "/a/b.slice", "/a"},
	} {
		if got := process.CgroupsAbove(path); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

// TestCgroupCPUSince: a new control group of the same path begins at 0.
func TestCgroupCPUSince(t *testing.T) {
	last := process.CgroupCPU{Periods: 100, ThrottledPeriods: 20, Throttled: time.Second}
	for _, test := range []struct{ now, want process.CgroupCPU }{
		{last, process.CgroupCPU{}},
		{process.CgroupCPU{Periods: 110, ThrottledPeriods: 21, Throttled: 3 * time.Second}, process.CgroupCPU{Periods: 10, ThrottledPeriods: 1, Throttled: 2 * time.Second}},
		{process.CgroupCPU{Periods: 10, ThrottledPeriods: 4}, process.CgroupCPU{Periods: 10, ThrottledPeriods: 4}},
		{process.CgroupCPU{Periods: 200, ThrottledPeriods: 19, Throttled: time.Second}, process.CgroupCPU{Periods: 200, ThrottledPeriods: 19, Throttled: time.Second}},
	} {
		if got := test.now.Since(last); got != test.want {
			t.Errorf("%+v since %+v is %+v, want %+v", test.now, last, got, test.want)
		}
	}
}
