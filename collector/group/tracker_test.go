package group_test

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

const before = -10 * time.Minute

func TestGroupsByProcessNameWithoutRules(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	if tracker.Report() != nil {
		t.Error("there is a report before the first snapshot")
	}
	s := hosttest.Snapshot(at(0),
		proc(1, 0, "init", before),
		proc(2, 0, "kthreadd", before, hosttest.Kernel()),
		proc(30, 2, "kworker/0:1-events", before, hosttest.Kernel()),
		proc(31, 2, "kworker/u8:3", before, hosttest.Kernel()),
		proc(40, 1, "bash", before), proc(41, 1, "bash", before, hosttest.InState(process.Zombie)),
		proc(50, 1, "", before), proc(51, 1, "a\xffb", before))
	r := tracker.Observe(s)
	if r != tracker.Report() || r.Snapshot != s || r.Previous != nil {
		t.Error("the report is not of this snapshot alone")
	}
	want := []string{"a\uFFFDb", "bash", "init", "kthreadd", "kworker", "unknown"}
	if got := names(r); !slices.Equal(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
	bash := groupNamed(t, r, "bash")
	if bash.States[process.Zombie] != 1 || bash.States[process.Sleeping] != 1 || bash.Processes() != 2 {
		t.Errorf("bash has states %v", bash.States)
	}
	if name, ok := r.GroupOf(4); name != "bash" || !ok {
		t.Errorf("PID 40 is in %q, %v", name, ok)
	}
	if next := tracker.Observe(s); next.Previous != s {
		t.Error("the second report does not hold the first snapshot")
	}
}

func TestCounters(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	old := func(user time.Duration) process.Process {
		return proc(10, 1, "app", before, hosttest.CPU(user, 0))
	}
	steps := []struct {
		name         string
		processes    []process.Process
		cpu          time.Duration
		starts, exit uint64
	}{
		{"what ran before is the baseline", []process.Process{old(time.Minute)}, 0, 0, 0},
		{"growth counts", []process.Process{old(61 * time.Second)}, time.Second, 0, 0},
		{
			"a new one counts from its own start",
			[]process.Process{old(61 * time.Second), proc(20, 1, "app", time.Second, hosttest.CPU(5*time.Second, 0))},
			6 * time.Second, 1, 0,
		},
		{
			"an old one that was overlooked is a baseline",
			[]process.Process{
				old(61 * time.Second), proc(15, 1, "app", before, hosttest.CPU(time.Hour, 0)),
				proc(20, 1, "app", time.Second, hosttest.CPU(5*time.Second, 0)),
			},
			6 * time.Second, 1, 0,
		},
		{"what ends leaves its part", []process.Process{old(61 * time.Second)}, 6 * time.Second, 1, 2},
		{"a metric that falls does not count", []process.Process{old(31 * time.Second)}, 6 * time.Second, 1, 2},
		{"nor its way back", []process.Process{old(62 * time.Second)}, 7 * time.Second, 1, 2},
		{
			"a reused PID is an exit and a start",
			[]process.Process{proc(10, 1, "app", time.Minute, hosttest.CPU(time.Second, 0))},
			8 * time.Second, 2, 3,
		},
	}
	for i, step := range steps {
		r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.processes...))
		g := groupNamed(t, r, "app")
		if g.UserTime != step.cpu || g.Starts != step.starts || g.Exits != step.exit {
			t.Errorf("%s: cpu %v, starts %d, exits %d; want %v, %d, %d",
				step.name, g.UserTime, g.Starts, g.Exits, step.cpu, step.starts, step.exit)
		}
	}
}

func TestRulesNameGroups(t *testing.T) {
	rules := rulestest.Must(t, `
groups:
  - group: "shell-{{.User}}"
    name: (ba|z)?sh
  - group: idle
    name: nothing-like-this
exclude:
  - user: secret
`)
	tracker := group.NewTracker(group.Config{Rules: rules})
	r := tracker.Observe(hosttest.Snapshot(at(0), proc(1, 0, "init", before),
		proc(5, 1, "zsh", before), proc(6, 1, "zsh", before, hosttest.User(7, "secret"))))
	if got, want := names(r), []string{"idle", "init", "shell-root"}; !slices.Equal(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
	if _, ok := r.GroupOf(2); ok {
		t.Error("an excluded process has not gone")
	}
	if g := groupNamed(t, r, "idle"); g.Processes() != 0 || !g.Known.Has(hosttest.AllFields) {
		t.Errorf("the named group is %+v, want one that knows its zeros", g)
	}
}

func TestANamedGroupKnowsWhatItsMembersKnow(t *testing.T) {
	rules := rulestest.Must(t, `groups: [{group: app, name: app}]`)
	tracker := group.NewTracker(group.Config{Rules: rules})
	recorded(tracker, 0, nil)
	// Of what no scan saw no gauge is known, and 0 is what it is.
	r := recorded(tracker, 15, nil, process.Exit{Name: "app", Processes: 1, Known: process.HasCPU})
	if g := groupNamed(t, r, "app"); !g.Known.Has(hosttest.AllFields) {
		t.Errorf("after a short-lived process known are %b", g.Known)
	}
	r = recorded(tracker, 30, []process.Process{proc(10, 1, "app", before, hosttest.Without(process.HasIO))})
	if g := groupNamed(t, r, "app"); g.Known.Has(process.HasIO) || !g.Known.Has(process.HasMemory) {
		t.Errorf("with a member known are %b", g.Known)
	}
}

func TestWhatTheFirstScanSeesHasNotStarted(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	// It began while the scan ran.
	p := proc(10, 1, "app", 0, cpuOf(time.Second))
	tracker.Observe(hosttest.Snapshot(at(0), p))
	wantCounts(t, tracker.Observe(hosttest.Snapshot(at(15*time.Second), p)), "app", counts{})
}
