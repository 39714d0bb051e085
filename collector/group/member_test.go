package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// TestExecMovesAProcess: the growth goes to the new group, and no start or exit is made
// of it.
func TestExecMovesAProcess(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(hosttest.Snapshot(at(0), proc(10, 1, "sh", before, cpuOf(5))))
	tracker.Observe(hosttest.Snapshot(at(15*time.Second), proc(10, 1, "sh", before, cpuOf(6))))
	r := tracker.Observe(hosttest.Snapshot(at(30*time.Second), proc(10, 1, "app", before, cpuOf(9))))
	wantCounts(t, r, "sh", counts{1, 0, 0, 0})
	wantCounts(t, r, "app", counts{3, 0, 0, 0})
}

// TestExecMovesAProcessOfTheSameName: the name need not change, the facts do.
func TestExecMovesAProcessOfTheSameName(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, `groups: [{group: "{{.Exe}}", exe: .+}]`), Shown: everything})
	for i, exe := range []string{"/old/app", "/new/app", "/new/app"} {
		p := proc(10, 1, "app", before, cpuOf(time.Duration(i)), hosttest.Facts(process.Facts{Exe: exe}))
		tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), p))
	}
	wantCounts(t, tracker.Report(), "/old/app", counts{})
	wantCounts(t, tracker.Report(), "/new/app", counts{2, 0, 0, 0})
}

// TestImpossibleParents: whatever a table claims, a scan ends.
func TestImpossibleParents(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "process_names: [{comm: [none]}]")})
	for i := range 3 {
		busy := cpuOf(time.Duration(i))
		tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second),
			proc(10, 10, "itself", before, busy), proc(20, 21, "a", before, busy), proc(21, 20, "b", before, busy),
			proc(30, -1, "negative", before, busy), proc(31, 99, "nobody", before, busy)))
	}
	r := tracker.Observe(hosttest.Snapshot(at(time.Minute), proc(21, 20, "b", before, reaped(5))))
	if got := pids(r); len(got) != 1 {
		t.Errorf("shown are %v", got)
	}
}
