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

// sameFacts are shared by the scans of a test, as a Reader does while nothing changes.
var sameFacts = &process.Facts{User: "root"}

// apps builds one process for each name; the same name has the same PID every time.
func apps(cpu time.Duration, list ...string) []process.Process {
	var table []process.Process
	for _, name := range list {
		p := proc(100+int(name[0]), 1, name, before, cpuOf(cpu))
		p.Facts = sameFacts
		table = append(table, p)
	}
	return table
}

func TestGroupsBeyondTheBudgetOverflow(t *testing.T) {
	rules := rulestest.Must(t, `groups: [{group: named, name: z}, {group: idle, name: y}]`)
	tracker := group.NewTracker(group.Config{Rules: rules, MaxGroups: 4, Expire: time.Minute})
	observe := func(after time.Duration, cpu time.Duration, list ...string) *group.Report {
		return tracker.Observe(hosttest.Snapshot(at(after), apps(cpu, list...)...))
	}
	check := func(r *group.Report, overflow int, want ...string) {
		t.Helper()
		if got := names(r); !slices.Equal(got, want) || r.OverflowProcesses != overflow {
			t.Errorf("groups are %q, %d overflow; want %q, %d", got, r.OverflowProcesses, want, overflow)
		}
	}

	// The first two by PID take the room that the named ones leave.
	check(observe(0, 0, "a", "b", "c", "d", "z"), 2, "a", "b", "idle", "named", "other")
	r := observe(15*time.Second, 5, "a", "b", "c", "d", "z")
	check(r, 2, "a", "b", "idle", "named", "other")
	for _, g := range r.Groups {
		if want := g.Name == "idle" || g.Name == "named"; g.Configured != want {
			t.Errorf("%s: configured %v, want %v", g.Name, g.Configured, want)
		}
	}
	if other := groupNamed(t, r, group.Overflow); other.UserTime != 10 || other.Processes() != 2 {
		t.Errorf("other has %d processes and %v", other.Processes(), other.UserTime)
	}
	if name, _ := r.GroupOf(2); name != group.Overflow {
		t.Errorf("c is in %q", name)
	}

	// A group keeps its place while it is empty, until it expires; then the next one by
	// PID of those that overflowed has it, and other keeps what it had counted.
	check(observe(30*time.Second, 5, "b", "c", "d"), 2, "a", "b", "idle", "named", "other")
	check(observe(80*time.Second, 5, "b", "c", "d"), 2, "a", "b", "idle", "named", "other")
	check(observe(90*time.Second, 6, "b", "c", "d"), 2, "b", "idle", "named", "other")
	r = observe(91*time.Second, 9, "b", "c", "d")
	check(r, 1, "b", "c", "idle", "named", "other")
	if got := groupNamed(t, r, group.Overflow).UserTime; got != 10+2+3 {
		t.Errorf("other has %d", got)
	}
	if got := groupNamed(t, r, "c").UserTime; got != 3 {
		t.Errorf("c has %d", got)
	}

	// What is dead expires, but not what is named, nor other.
	check(observe(time.Hour, 9), 0, "b", "c", "idle", "named", "other")
	check(observe(2*time.Hour, 9), 0, "idle", "named", "other")
	if got := groupNamed(t, tracker.Report(), group.Overflow).UserTime; got != 15 {
		t.Errorf("other fell to %d", got)
	}
}

func TestNamedGroupsAreAlwaysAdmitted(t *testing.T) {
	rules := rulestest.Must(t, `groups: [{group: a, name: a}, {group: b, name: b}]`)
	tracker := group.NewTracker(group.Config{Rules: rules, MaxGroups: 1})
	r := tracker.Observe(hosttest.Snapshot(at(0), apps(0, "a", "b", "c")...))
	if got := names(r); !slices.Equal(got, []string{"a", "b", "other"}) || r.OverflowProcesses != 1 {
		t.Errorf("groups are %q", got)
	}
	none := group.NewTracker(group.Config{MaxGroups: -1})
	if got := names(none.Observe(hosttest.Snapshot(at(0), apps(0, "a")...))); !slices.Equal(got, []string{"other"}) {
		t.Errorf("without room groups are %q", got)
	}
}

func TestAGroupMayBeCalledOther(t *testing.T) {
	rules := rulestest.Must(t, `groups: [{group: a, name: a}, {group: other, name: ".*"}]`)
	tracker := group.NewTracker(group.Config{Rules: rules, MaxGroups: 2})
	r := tracker.Observe(hosttest.Snapshot(at(0), apps(0, "a", "b", "c")...))
	if got := groupNamed(t, r, "other"); got.Processes() != 2 || r.OverflowProcesses != 0 {
		t.Errorf("other has %d processes, %d overflow", got.Processes(), r.OverflowProcesses)
	}
}

// TestAGroupThatOnlyGrowsDoesNotExpire: a parent's children may be all that a group has.
func TestAGroupThatOnlyGrowsDoesNotExpire(t *testing.T) {
	tracker := group.NewTracker(group.Config{Expire: 20 * time.Second})
	tracker.Observe(hosttest.Snapshot(at(0)))
	for i := range 5 {
		s := hosttest.Snapshot(at(time.Duration(i+1) * 15 * time.Second))
		s.ExitSource = process.ExitsBPF
		s.Exits = []process.Exit{{Name: "sh", Processes: 1, Known: process.HasCPU, UserTime: 1}}
		r := tracker.Observe(s)
		if got := groupNamed(t, r, "sh"); got.UserTime != time.Duration(i+1) || got.ShortLived != uint64(i+1) {
			t.Errorf("after %d: %v, %d short-lived", i, got.UserTime, got.ShortLived)
		}
	}
}

// TestReportsKeepTheirGroups: a report names the groups of its processes as they were, whatever
// groups come and go later.
func TestReportsKeepTheirGroups(t *testing.T) {
	tracker := group.NewTracker(group.Config{Expire: 20 * time.Second})
	lists := [][]string{{"c", "d"}, {"c", "d"}, {"b", "d"}, {"a", "d", "e"}, {"d"}, {"d"}, {"d"}, {"a", "d"}}
	var reports []*group.Report
	for i, list := range lists {
		reports = append(reports, tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), apps(0, list...)...)))
	}
	for i, r := range reports {
		for n, want := range lists[i] {
			if got, ok := r.GroupOf(n); got != want || !ok {
				t.Errorf("report %d: process %d is in %q, want %q", i, n, got, want)
			}
		}
	}
}

func TestReload(t *testing.T) {
	tracker := group.NewTracker(group.Config{
		Rules: rulestest.Must(t, `groups: [{group: web, name: a}, {group: old, name: x}]`), Expire: time.Minute,
	})
	tracker.Observe(hosttest.Snapshot(at(0), apps(5, "a", "b")...))
	tracker.Observe(hosttest.Snapshot(at(15*time.Second), apps(8, "a", "b")...))
	tracker.Reload(group.Config{Rules: rulestest.Must(t, `groups: [{group: both, name: a|b}, {group: new, name: x}]`), Expire: time.Minute})
	r := tracker.Report()
	if got := names(r); !slices.Equal(got, []string{"both", "new"}) {
		t.Errorf("after the reload there are %q", got)
	}
	if g := groupNamed(t, r, "both"); g.Processes() != 2 || g.UserTime != 0 || r.Previous == nil || len(r.Top) != 2 {
		t.Errorf("after the reload both has %d processes and %d; shown are %v", g.Processes(), g.UserTime, r.Top)
	}
	// What was counted before is not counted twice.
	r = tracker.Observe(hosttest.Snapshot(at(30*time.Second), apps(10, "a", "b")...))
	for name, want := range map[string]time.Duration{"both": 4, "new": 0} {
		if g := groupNamed(t, r, name); g.UserTime != want || g.Starts+g.Exits != 0 {
			t.Errorf("%s has %d, %d starts, %d exits; want %d", name, g.UserTime, g.Starts, g.Exits, want)
		}
	}
}

// TestReloadKeepsTheBudget: groups that the new configuration names take the places of others.
func TestReloadKeepsTheBudget(t *testing.T) {
	tracker := group.NewTracker(group.Config{MaxGroups: 3})
	tracker.Observe(hosttest.Snapshot(at(0), apps(5, "a", "b", "c")...))
	tracker.Reload(group.Config{MaxGroups: 3, Rules: rulestest.Must(t, "groups: [{group: x, name: x}, {group: y, name: y}]")})
	r := tracker.Report()
	if got := names(r); !slices.Equal(got, []string{"a", group.Overflow, "x", "y"}) || r.OverflowProcesses != 2 {
		t.Errorf("groups are %q, %d processes in other", got, r.OverflowProcesses)
	}
}

// TestReloadKeepsCounters of a group that goes on to exist.
func TestReloadKeepsCounters(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(hosttest.Snapshot(at(0), apps(5, "a", "b")...))
	tracker.Observe(hosttest.Snapshot(at(15*time.Second), apps(8, "a", "b")...))
	tracker.Reload(group.Config{Rules: rulestest.Must(t, `exclude: [{name: b}]`)})
	r := tracker.Report()
	if got := names(r); !slices.Equal(got, []string{"a"}) || groupNamed(t, r, "a").UserTime != 3 {
		t.Errorf("after the reload there are %+v", r.Groups)
	}
	if _, ok := r.GroupOf(1); ok || len(r.Top) != 1 {
		t.Errorf("the excluded process is shown: %v", r.Top)
	}
	// What ended before the reload leaves no trace by its old name either.
	s := hosttest.Snapshot(at(30*time.Second), apps(9, "a")...)
	tracker.Observe(s)
	tracker.Reload(group.Config{Rules: rulestest.Must(t, `groups: [{group: kept, name: b}]`)})
	s = hosttest.Snapshot(at(45*time.Second), apps(10, "a")...)
	s.ExitSource = process.ExitsBPF
	s.Exits = []process.Exit{{ID: apps(0, "a", "b")[1].ID, Name: "b", Processes: 1, Known: process.HasCPU, UserTime: 20}}
	r = tracker.Observe(s)
	if got := names(r); !slices.Equal(got, []string{"a", "kept"}) || groupNamed(t, r, "kept").UserTime != 12 {
		t.Errorf("in the end there are %+v", r.Groups)
	}
}

func TestObserveReportAndReloadAtOnce(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			tracker.Reload(group.Config{Rules: rulestest.Must(t, "groups: [{group: web, name: a}]")})
			if r := tracker.Report(); r != nil {
				_ = groupNamed(t, r, "c").AbnormalExits["SIGSEGV"]
			}
		}
	}()
	for i := range 200 {
		s := hosttest.Snapshot(at(time.Duration(i)*time.Second), apps(time.Duration(i), "a", "b", "c")...)
		s.ExitSource = process.ExitsBPF
		s.Exits = []process.Exit{{Name: "c", Processes: 1, Reason: "SIGSEGV"}}
		tracker.Observe(s)
	}
	<-done
}
