package control

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// TestAncestors: whoever the kernel names as a parent is an ancestor, in whatever order the PIDs and
// the start times are.
func TestAncestors(t *testing.T) {
	const own = 20
	started := func(pid, ppid int, after time.Duration) process.Process {
		return hosttest.Process(pid, ppid, "p", hosttest.Started(after))
	}
	for _, test := range []struct {
		name      string
		processes []process.Process
		want      []int
	}{
		{"in order", []process.Process{started(1, 0, 0), started(10, 1, 1), started(own, 10, 2), started(30, 1, 3)}, []int{1, 10}},
		{"a parent of the same tick with a higher PID", []process.Process{started(1, 0, 0), started(30, 1, 0), started(own, 30, 0)}, []int{1, 30}},
		{
			"two such ancestors",
			[]process.Process{started(1, 0, 0), started(40, 1, time.Second), started(30, 40, time.Second), started(own, 30, 2*time.Second)},
			[]int{1, 30, 40},
		},
		{"descendants and siblings are none", []process.Process{started(1, 0, 0), started(own, 1, 1), started(21, own, 2), started(22, 1, 2)}, []int{1}},
		{"a ring, of a scan that is not one instant", []process.Process{started(10, 11, 0), started(11, 10, 0), started(own, 10, 0)}, []int{10, 11}},
		{"its own parent", []process.Process{started(own, own, 0), started(30, own, 0)}, []int{own}},
		{"a parent that is not in the table", []process.Process{started(1, 0, 0), started(own, 15, 0)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := group.NewTracker(group.Config{Rules: rulestest.Must(t, "{}")}).Observe(hosttest.Snapshot(time.Hour, test.processes...))
			table, err := newTable(report, own)
			if err != nil {
				t.Fatal(err)
			}
			want := map[int]bool{}
			for _, pid := range test.want {
				want[pid] = true
			}
			for i := range test.processes {
				p := &test.processes[i]
				if _, subject, refusal := table.find(p.ID); refusal != nil || subject.Ancestor != want[p.PID] {
					t.Errorf("PID %d is an ancestor: %t, want %t; %v", p.PID, subject.Ancestor, want[p.PID], refusal)
				}
			}
		})
	}
}
