package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

func reaped(d time.Duration) hosttest.Option { return hosttest.ChildCPU(d, 0) }

// TestChildrenTimes follows one table through scans: what each group has after each.
func TestChildrenTimes(t *testing.T) {
	initProcess := func(cpu time.Duration) process.Process { return proc(1, 0, "init", before, reaped(cpu)) }
	mother := func(own, children time.Duration) process.Process {
		return proc(10, 1, "make", before+time.Second, cpuOf(own), reaped(children))
	}
	child := func(cpu time.Duration) process.Process { return proc(20, 10, "cc", before+2*time.Second, cpuOf(cpu)) }
	type scan struct {
		table     []process.Process
		init, mom time.Duration
	}
	table := func(list ...process.Process) []process.Process { return list }
	tests := []struct {
		name  string
		scans []scan
	}{
		{"unseen children are their parent's", []scan{
			{table(initProcess(5), mother(7, 9)), 0, 0},
			{table(initProcess(5), mother(8, 19)), 0, 11},
		}},
		{"what was counted of a child is deducted", []scan{
			{table(initProcess(0), mother(0, 0), child(100)), 0, 0},
			{table(initProcess(0), mother(0, 130)), 0, 30},
		}},
		{"a parent read before it reaped shows it one scan later", []scan{
			{table(initProcess(0), mother(0, 0), child(100)), 0, 0},
			{table(initProcess(0), mother(0, 0)), 0, 0},
			{table(initProcess(0), mother(0, 130)), 0, 30},
		}},
		{"a child that nobody waits for leaves no debt for ever", []scan{
			{table(initProcess(0), mother(0, 0), child(100)), 0, 0},
			{table(initProcess(0), mother(0, 0)), 0, 0},
			{table(initProcess(0), mother(0, 0)), 0, 0},
			{table(initProcess(0), mother(0, 0)), 0, 0},
			{table(initProcess(0), mother(0, 50)), 0, 50},
		}},
		{"parent and child are reaped by init", []scan{
			{table(initProcess(0), mother(40, 7), child(100)), 0, 0},
			{table(initProcess(160)), 160 - 147, 0},
		}},
		{"an orphan is reaped by init", []scan{
			{table(initProcess(0), mother(40, 0), child(100)), 0, 0},
			{table(initProcess(45), proc(20, 1, "cc", before+2*time.Second, cpuOf(110))), 5, 0},
			{table(initProcess(45 + 120)), 15, 0},
		}},
		{"a zombie counts when it is reaped", []scan{
			{table(initProcess(0), mother(0, 0), child(100)), 0, 0},
			{table(initProcess(0), mother(0, 0), proc(20, 10, "cc", before+2*time.Second, cpuOf(105), hosttest.InState(process.Zombie))), 0, 0},
			{table(initProcess(0), mother(0, 106)), 0, 1},
		}},
		{"an overlooked child has not ended", []scan{
			{table(initProcess(0), mother(0, 0), child(100)), 0, 0},
			{table(initProcess(0), mother(0, 30)), 0, 0},
			{table(initProcess(0), mother(0, 30), child(110)), 0, 30},
			{table(initProcess(0), mother(0, 150)), 0, 40},
		}},
		{"an overlooked parent goes on", []scan{
			{table(initProcess(0), mother(0, 50), child(100)), 0, 0},
			{table(initProcess(0), child(105)), 0, 0},
			{table(initProcess(0), mother(3, 180)), 0, 28},
		}},
		{"a growth too small for a child that had been read is of others", []scan{
			{table(initProcess(0), proc(30, 1, "make", before+time.Second), proc(20, 30, "cc", before+2*time.Second, cpuOf(100))), 0, 0},
			{table(initProcess(0), proc(30, 1, "make", before+time.Second, reaped(99)), proc(20, 30, "cc", before+2*time.Second, cpuOf(100))), 0, 99},
		}},
		{"a parent read after a child that had been read", []scan{
			{table(initProcess(0), proc(30, 1, "make", before+time.Second), proc(20, 30, "cc", before+2*time.Second, cpuOf(100))), 0, 0},
			{table(initProcess(0), proc(30, 1, "make", before+time.Second, reaped(115)), proc(20, 30, "cc", before+2*time.Second, cpuOf(110))), 0, 5},
			{table(initProcess(0), proc(30, 1, "make", before+time.Second, reaped(115))), 0, 5},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := rulestest.Must(t, "groups: [{group: make, name: make}, {group: init, name: init}]")
			tracker := group.NewTracker(group.Config{Rules: rules})
			for i, scan := range test.scans {
				r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), scan.table...))
				if got := groupNamed(t, r, "init").UserTime; got != scan.init {
					t.Errorf("scan %d: init has %d, want %d", i, got, scan.init)
				}
				if got := groupNamed(t, r, "make").UserTime; got != scan.mom {
					t.Errorf("scan %d: make has %d, want %d", i, got, scan.mom)
				}
			}
		})
	}
}

// TestExcludedChildren: what scans saw of an excluded process reaches nobody, what they
// did not see cannot be told from others, and an excluded parent keeps what it reaps.
func TestExcludedChildren(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "exclude: [{name: secret}]")})
	tracker.Observe(hosttest.Snapshot(at(0), proc(1, 0, "init", before),
		proc(10, 1, "secret", before+time.Second, cpuOf(100)), proc(11, 1, "secret", before+time.Second)))
	r := tracker.Observe(hosttest.Snapshot(at(15*time.Second), proc(1, 0, "init", before, reaped(107)),
		proc(11, 1, "secret", before+time.Second, reaped(50))))
	if got := groupNamed(t, r, "init").UserTime; got != 7 || len(r.Groups) != 1 {
		t.Errorf("init has %d, groups are %q", got, names(r))
	}
}

func TestRecordsReplaceChildrenTimes(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(hosttest.Snapshot(at(0), proc(1, 0, "init", before)))
	table := func(children time.Duration) []process.Process {
		return []process.Process{proc(1, 0, "init", before, reaped(children))}
	}
	cc := process.Exit{Name: "cc", Processes: 1, Known: process.HasCPU, UserTime: 90}
	r := recorded(tracker, 15, table(100), cc)
	wantCounts(t, r, "init", counts{})
	wantCounts(t, r, "cc", counts{90, 1, 1, 1})
	// And when the records fail, the children's times go on from where they are now.
	r = tracker.Observe(hosttest.Snapshot(at(30*time.Second), table(110)...))
	wantCounts(t, r, "init", counts{10, 0, 0, 0})
}
