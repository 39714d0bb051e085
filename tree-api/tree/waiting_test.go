package tree

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// quota returns what a control group with a CPU quota did.
func quota(throttled time.Duration) process.CgroupUsage {
	return process.CgroupUsage{CPU: &process.CgroupCPU{Periods: 1000, ThrottledPeriods: 10, Throttled: throttled}}
}

func TestWaiting(t *testing.T) {
	const interval = 10 * time.Second
	ran := func(used, waited time.Duration) hosttest.Option {
		return func(p *process.Process) { p.UserTime, p.CPUWait = used, waited }
	}
	blocked := hosttest.InState(process.Blocked)
	inApp := hosttest.Facts(process.Facts{Cgroup: "/pod/app"})
	for _, test := range []struct {
		name    string
		options []hosttest.Option
		// then and now are the control groups in both scans.
		then, now map[string]process.CgroupUsage
		// new is set for a process that the scan before did not see.
		new  bool
		want string
	}{
		{name: "nothing", want: "none"},
		{name: "it runs and waits a little", options: []hosttest.Option{ran(interval, time.Second)}, want: "none"},
		{name: "it waits for less than a tenth of a CPU", options: []hosttest.Option{ran(0, time.Second-1)}, want: "none"},
		{name: "it waits as long as it runs", options: []hosttest.Option{ran(5*time.Second, 5*time.Second)}, want: "cpu"},
		{name: "it waits for a fifth of the time", options: []hosttest.Option{ran(8*time.Second, 2*time.Second)}, want: "cpu"},
		{name: "in state D", options: []hosttest.Option{blocked}, want: "disk"},
		{name: "in state D, and one of its threads waits for a CPU now and then", options: []hosttest.Option{blocked, ran(5*time.Second, 5*time.Second)}, want: "disk"},
		{name: "in state D, and many threads wait for a CPU", options: []hosttest.Option{blocked, ran(5*time.Second, time.Minute)}, want: "cpu"},
		{name: "the kernel does not count waits", options: []hosttest.Option{hosttest.Without(process.HasCPUWait)}, want: ""},
		{name: "the kernel does not count waits, in state D", options: []hosttest.Option{hosttest.Without(process.HasCPUWait), blocked}, want: "disk"},
		{name: "it waits for a disk now and then", options: []hosttest.Option{hosttest.Delays(process.Delays{BlockIO: 2 * time.Second})}, want: "disk"},
		{name: "the kernel books the time since the boot as a wait", options: []hosttest.Option{hosttest.Delays(process.Delays{BlockIO: time.Hour})}, want: "none"},
		{name: "it waits for a disk a little", options: []hosttest.Option{hosttest.Delays(process.Delays{BlockIO: time.Second / 2})}, want: "none"},
		{name: "it waits more for a CPU than for a disk", options: []hosttest.Option{ran(time.Second, 5*time.Second), hosttest.Delays(process.Delays{BlockIO: 3 * time.Second})}, want: "cpu"},
		{name: "it waits more for a disk than for a CPU", options: []hosttest.Option{ran(time.Second, 3*time.Second), hosttest.Delays(process.Delays{BlockIO: 5 * time.Second})}, want: "disk"},
		{name: "it waits for swap", options: []hosttest.Option{hosttest.Delays(process.Delays{BlockIO: 5 * time.Second, SwapIn: 4 * time.Second, Thrashing: 3 * time.Second})}, want: "memory"},
		{name: "it waits for swap in state D", options: []hosttest.Option{blocked, hosttest.Delays(process.Delays{BlockIO: 5 * time.Second, SwapIn: 4 * time.Second})}, want: "memory"},
		{name: "it frees memory", options: []hosttest.Option{ran(2*time.Second, 0), hosttest.Delays(process.Delays{Reclaim: 4 * time.Second})}, want: "memory"},
		{name: "it waits for disks, a little of it for swap", options: []hosttest.Option{hosttest.Delays(process.Delays{BlockIO: 5 * time.Second, SwapIn: time.Second})}, want: "disk"},
		{name: "not in the scan before", new: true, want: ""},
		{
			name: "its control group is throttled", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			then: map[string]process.CgroupUsage{"/pod/app": quota(0)}, now: map[string]process.CgroupUsage{"/pod/app": quota(9 * time.Second)}, want: "throttled",
		},
		{
			name: "one above it is throttled", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			then: map[string]process.CgroupUsage{"/pod": quota(0)}, now: map[string]process.CgroupUsage{"/pod": quota(9 * time.Second)}, want: "throttled",
		},
		{
			name: "throttled, and it does not want to run", options: []hosttest.Option{inApp},
			then: map[string]process.CgroupUsage{"/pod/app": quota(0)}, now: map[string]process.CgroupUsage{"/pod/app": quota(9 * time.Second)}, want: "none",
		},
		{
			name: "it was throttled earlier", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			then: map[string]process.CgroupUsage{"/pod/app": quota(9 * time.Second)}, now: map[string]process.CgroupUsage{"/pod/app": quota(9 * time.Second)}, want: "cpu",
		},
		{
			name: "the quota is new", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			now: map[string]process.CgroupUsage{"/pod/app": quota(9 * time.Second)}, want: "cpu",
		},
		{
			name: "another one is throttled", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			then: map[string]process.CgroupUsage{"/pod/other": quota(0)}, now: map[string]process.CgroupUsage{"/pod/other": quota(9 * time.Second)}, want: "cpu",
		},
		{
			name: "only its memory is limited", options: []hosttest.Option{inApp, ran(time.Second, 9*time.Second)},
			then: map[string]process.CgroupUsage{"/pod": {Memory: &process.CgroupMemory{}}}, now: map[string]process.CgroupUsage{"/pod": {Memory: &process.CgroupMemory{}}}, want: "cpu",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			then := hosttest.Snapshot(time.Minute, hosttest.Process(9, 0, "a", hosttest.Delays(process.Delays{})))
			if test.new {
				then = hosttest.Snapshot(time.Minute)
			}
			now := hosttest.Snapshot(time.Minute+interval, hosttest.Process(9, 0, "a", test.options...))
			then.Cgroups, now.Cgroups = test.then, test.now
			tree := Build(treetest.ReportOf(t, then, now), then)
			if got := tree.Nodes[0].Waiting.String(); got != test.want {
				t.Errorf("waits for %q, want %q", got, test.want)
			}
		})
	}
}

// TestFilterByWaiting asks for the processes that wait for one thing.
func TestFilterByWaiting(t *testing.T) {
	then := hosttest.Snapshot(time.Minute, hosttest.Process(1, 0, "a"), hosttest.Process(2, 0, "b"))
	now := hosttest.Snapshot(time.Minute+time.Second, hosttest.Process(1, 0, "a"), hosttest.Process(2, 0, "b", hosttest.InState(process.Blocked)))
	tree := Build(treetest.ReportOf(t, then, now), then)
	for _, test := range []struct {
		key, value string
		want       []int
	}{
		{"waiting", "disk", []int{2}},
		{"waiting", "none", []int{1}},
		{"waiting", "cpu", nil},
		{"q", "waiting=disk", []int{2}},
		{"q", "!waiting=disk", []int{1}},
	} {
		q, err := ParseQuery(url.Values{test.key: {test.value}}, Flat)
		if err != nil {
			t.Fatal(err)
		}
		if got := foundPIDs(t, viewOf(tree, access.Viewer), q); !slices.Equal(got, test.want) {
			t.Errorf("%s=%s selects %v, want %v", test.key, test.value, got, test.want)
		}
	}
}
