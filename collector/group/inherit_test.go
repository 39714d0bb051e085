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

// TestUnmatchedChildrenJoinTheirParent: process-exporter's -children, which is on by
// default.
func TestUnmatchedChildrenJoinTheirParent(t *testing.T) {
	rules := rulestest.Must(t, `
process_names:
  - name: web
    comm: [nginx, hidden]
  - name: db
    comm: [postgres]
exclude:
  - user: secret
`)
	tracker := group.NewTracker(group.Config{Rules: rules})
	table := []process.Process{
		proc(1, 0, "init", before), proc(2, 1, "cron", before+1),
		// A child may have the lower PID.
		proc(40, 50, "logger", before+3*time.Second), proc(50, 1, "nginx", before+2*time.Second),
		proc(51, 40, "gzip", before+4*time.Second), proc(52, 50, "postgres", before+4*time.Second),
		proc(53, 52, "wal", before+5*time.Second),
		proc(60, 1, "hidden", before, hosttest.User(7, "secret")), proc(61, 60, "child", before+time.Second),
	}
	groups := func(r *group.Report) []string {
		list := make([]string, len(r.Snapshot.Processes))
		for i := range list {
			list[i], _ = r.GroupOf(i)
		}
		return list
	}
	r := tracker.Observe(hosttest.Snapshot(at(0), table...))
	want := []string{"", "", "web", "web", "web", "db", "db", "", ""}
	if got := groups(r); !slices.Equal(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
	if got := names(r); !slices.Equal(got, []string{"db", "web"}) {
		t.Errorf("the report has groups %q", got)
	}

	// An orphan keeps its group; the CPU of a short-lived child counts for its parent.
	table[2].PPID = 1
	s := hosttest.Snapshot(at(15*time.Second), table...)
	s.ExitSource = process.ExitsBPF
	s.Exits = []process.Exit{
		{ID: process.ID{PID: 70, StartTicks: hosttest.Ticks(at(time.Second))}, Parent: 53, Name: "sh", Known: process.HasCPU, UserTime: time.Second},
		{Parent: 53, Name: "sh", Processes: 3, Known: process.HasCPU, UserTime: time.Second},
		{Parent: 1, Name: "sh", Processes: 3, Known: process.HasCPU, UserTime: time.Hour},
	}
	r = tracker.Observe(s)
	if got := groups(r); !slices.Equal(got, want) {
		t.Errorf("then groups are %q, want %q", got, want)
	}
	if db := groupNamed(t, r, "db"); db.UserTime != 2*time.Second || db.ShortLived != 4 {
		t.Errorf("db has %v of %d short-lived processes", db.UserTime, db.ShortLived)
	}
}

// TestNeverMatchingRulesAreNotExpected: their groups are not reported as configured.
func TestNeverMatchingRulesAreNotExpected(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "process_names: [{name: all, cmdline: ['']}, {name: docker, comm: [docker]}]")})
	r := tracker.Observe(hosttest.Snapshot(at(0), proc(1, 0, "init", before)))
	if got := names(r); !slices.Equal(got, []string{"all"}) {
		t.Errorf("groups are %q", got)
	}
}
