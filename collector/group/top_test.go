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

func pids(r *group.Report) []int {
	list := make([]int, len(r.Top))
	for i, top := range r.Top {
		list[i] = top.Process.PID
	}
	return list
}

func cpuOf(d time.Duration) hosttest.Option { return hosttest.CPU(d, 0) }

func memory(n uint64) hosttest.Option { return hosttest.Memory(n, n) }

func TestTop(t *testing.T) {
	idle := []process.Process{
		proc(1, 0, "init", before),
		proc(10, 1, "a", before+1), proc(11, 1, "b", before+1), proc(12, 1, "c", before+1),
		proc(20, 10, "a1", before+2), proc(21, 20, "a2", before+3),
	}
	with := func(changes map[int]hosttest.Option) []process.Process {
		table := slices.Clone(idle)
		for i := range table {
			if change := changes[table[i].PID]; change != nil {
				change(&table[i])
			}
		}
		return table
	}
	tests := []struct {
		name    string
		cfg     group.Config
		changes map[int]hosttest.Option
		want    []int
	}{
		{"nothing happens", group.Config{}, nil, nil},
		{"CPU time, with all ancestors", group.Config{}, map[int]hosttest.Option{21: cpuOf(time.Second)}, []int{1, 10, 20, 21}},
		{"resident memory", group.Config{}, map[int]hosttest.Option{12: memory(1)}, []int{1, 12}},
		{"input and output together", group.Config{Top: 1}, map[int]hosttest.Option{11: hosttest.IO(2, 2), 12: hosttest.IO(3, 0)}, []int{1, 11}},
		{"memory that is not known is none", group.Config{}, map[int]hosttest.Option{12: func(p *process.Process) {
			p.ResidentBytes = 7
			p.Known &^= process.HasMemory
		}}, nil},
		{
			"one by each metric",
			group.Config{Top: 1},
			map[int]hosttest.Option{10: cpuOf(2), 11: memory(9), 12: hosttest.IO(1, 0), 20: cpuOf(1), 21: memory(1)},
			[]int{1, 10, 11, 12},
		},
		{"of equals the lower PID", group.Config{Top: 2}, map[int]hosttest.Option{10: cpuOf(1), 11: cpuOf(1), 12: cpuOf(1)}, []int{1, 10, 11}},
		{"none are wanted", group.Config{Top: -1}, map[int]hosttest.Option{10: cpuOf(1)}, nil},
		{
			"who does not fit with all ancestors is left out",
			group.Config{MaxProcesses: 3},
			map[int]hosttest.Option{21: cpuOf(9), 11: cpuOf(1)},
			[]int{1, 11},
		},
		{
			"ancestors count once",
			group.Config{MaxProcesses: 5},
			map[int]hosttest.Option{21: cpuOf(9), 20: cpuOf(8), 11: cpuOf(7), 12: cpuOf(1)},
			[]int{1, 10, 11, 20, 21},
		},
		{
			"the first by each metric before the second by any",
			group.Config{MaxProcesses: 3},
			map[int]hosttest.Option{10: cpuOf(9), 11: cpuOf(8), 12: memory(1)},
			[]int{1, 10, 12},
		},
		{"none have room", group.Config{MaxProcesses: -1}, map[int]hosttest.Option{10: cpuOf(1)}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracker := group.NewTracker(test.cfg)
			tracker.Observe(hosttest.Snapshot(at(0), idle...))
			r := tracker.Observe(hosttest.Snapshot(at(15*time.Second), with(test.changes)...))
			if got := pids(r); !slices.Equal(got, test.want) {
				t.Errorf("shown are %v, want %v", got, test.want)
			}
			for _, top := range r.Top {
				if top.Group != top.Process.Name || r.Snapshot.ByID(top.Process.ID) != top.Process {
					t.Errorf("PID %d is in group %q", top.Process.PID, top.Group)
				}
			}
		})
	}
}

func TestTopIsHeld(t *testing.T) {
	tracker := group.NewTracker(group.Config{Top: 1, MaxProcesses: 4, Hold: 30 * time.Second})
	scans := []struct {
		name string
		cpu  map[int]time.Duration
		dead []int
		want []int
	}{
		{"the first scan knows no growth", nil, nil, nil},
		{"a top", map[int]time.Duration{10: 1}, nil, []int{1, 10}},
		{"another, and the first is held", map[int]time.Duration{11: 1}, nil, []int{1, 10, 11}},
		{"a third: the room is full", map[int]time.Duration{12: 1}, nil, []int{1, 10, 11, 12}},
		{"a fourth: the latest are held, the first is past its time", map[int]time.Duration{13: 1}, nil, []int{1, 11, 12, 13}},
		{"a fifth, and what is dead is not held", map[int]time.Duration{14: 1}, []int{13}, []int{1, 12, 14}},
		{"quiet", nil, []int{13}, []int{1, 14}},
		{"quiet", nil, []int{13}, []int{1, 14}},
		{"quiet for too long", nil, []int{13}, nil},
	}
	total := map[int]time.Duration{}
	for i, scan := range scans {
		table := []process.Process{proc(1, 0, "init", before)}
		for pid := 10; pid < 15; pid++ {
			total[pid] += scan.cpu[pid]
			if !slices.Contains(scan.dead, pid) {
				table = append(table, proc(pid, 1, "app", before+1, cpuOf(total[pid])))
			}
		}
		r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), table...))
		if got := pids(r); !slices.Equal(got, scan.want) {
			t.Errorf("%s: shown are %v, want %v", scan.name, got, scan.want)
		}
	}
}

// TestExcludedIsNeverShown: neither by itself nor as an ancestor, be it held or not.
func TestExcludedIsNeverShown(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	table := func(n time.Duration) []process.Process {
		return []process.Process{
			proc(1, 0, "init", before), proc(10, 1, "shell", before+1, cpuOf(n)),
			proc(11, 10, "secret", before+2, cpuOf(n)), proc(12, 11, "tool", before+3, cpuOf(n)),
		}
	}
	tracker.Observe(hosttest.Snapshot(at(0), table(1)...))
	r := tracker.Observe(hosttest.Snapshot(at(15*time.Second), table(2)...))
	if got := pids(r); !slices.Equal(got, []int{1, 10, 11, 12}) {
		t.Errorf("shown are %v", got)
	}
	tracker.Reload(group.Config{Rules: rulestest.Must(t, "exclude: [{name: secret}]")})
	for i := range 2 {
		r = tracker.Observe(hosttest.Snapshot(at(time.Duration(i+2)*15*time.Second), table(3)...))
		if got := pids(r); !slices.Equal(got, []int{1, 10, 12}) {
			t.Errorf("shown are %v", got)
		}
	}
}

// TestTopOfManyIsTheTop compares the selection with sorting everything.
func TestTopOfManyIsTheTop(t *testing.T) {
	const n = 3_000
	table := func(factor uint64) []process.Process {
		list := make([]process.Process, n)
		for i := range list {
			list[i] = proc(i+1, 0, "app", before, memory(uint64(i)*7919%1000), cpuOf(time.Duration(uint64(i)*104729%500*factor)))
		}
		return list
	}
	tracker := group.NewTracker(group.Config{Top: 50})
	tracker.Observe(hosttest.Snapshot(at(0), table(1)...))
	r := tracker.Observe(hosttest.Snapshot(at(15*time.Second), table(2)...))
	want := map[int]bool{}
	for _, by := range []func(*process.Process) uint64{
		func(p *process.Process) uint64 { return p.ResidentBytes },
		func(p *process.Process) uint64 { return uint64(p.UserTime) },
	} {
		all := slices.Clone(r.Snapshot.Processes)
		slices.SortStableFunc(all, func(a, b *process.Process) int { return int(by(b)) - int(by(a)) })
		for _, p := range all[:50] {
			want[p.PID] = true
		}
	}
	got := pids(r)
	if len(got) != len(want) || slices.ContainsFunc(got, func(pid int) bool { return !want[pid] }) {
		t.Errorf("%d shown, of whom some are not of the top; want %d", len(got), len(want))
	}
}
