package tree

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// treeOf builds the tree of one table of processes, without a scan before it.
func treeOf(tb testing.TB, processes ...process.Process) *Tree {
	tb.Helper()
	return Build(treetest.ReportOf(tb, hosttest.Snapshot(time.Hour, processes...)), nil)
}

// outline draws a tree as "1(2 3(4)) 7": PIDs with their children in brackets.
func outline(t *Tree, list []int32) string {
	parts := make([]string, 0, len(list))
	for _, i := range list {
		n := &t.Nodes[i]
		text := strconv.Itoa(n.Process.PID)
		if len(n.Children) > 0 {
			text += "(" + outline(t, n.Children) + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestBuildLinksParents(t *testing.T) {
	p := hosttest.Process
	same := hosttest.Started(time.Minute)
	for _, test := range []struct {
		name      string
		processes []process.Process
		want      string
	}{
		{"no process", nil, ""},
		{"a tree", []process.Process{p(1, 0, "init"), p(2, 0, "kthreadd"), p(3, 1, "a"), p(4, 3, "b"), p(5, 1, "c")}, "1(3(4) 5) 2"},
		{"a child with the lower PID", []process.Process{p(1, 0, "init"), p(2, 9, "late", same), p(9, 1, "parent")}, "1(9(2))"},
		{"a parent that is not there", []process.Process{p(1, 0, "init"), p(5, 4, "orphan")}, "1 5"},
		{"its own parent", []process.Process{p(1, 1, "init"), p(2, 1, "a")}, "1(2)"},
		{"a parent that started later", []process.Process{p(1, 0, "init"), p(2, 3, "old"), p(3, 1, "reused")}, "1(3) 2"},
		{"started in the same tick", []process.Process{p(1, 0, "a", same), p(2, 1, "b", same)}, "1(2)"},
		{"started in the same tick, the parent with the higher PID", []process.Process{p(1, 2, "a", same), p(2, 0, "b", same)}, "1 2"},
		{"a circle of two", []process.Process{p(1, 0, "init"), p(2, 3, "a", same), p(3, 2, "b", same)}, "1 2(3)"},
		{
			"a circle with a tail",
			[]process.Process{p(2, 4, "tail", same), p(3, 5, "c", same), p(4, 3, "a", same), p(5, 4, "b", same), p(6, 2, "leaf", same)},
			"2(6) 3(4(5))",
		},
		{"an excluded parent", []process.Process{p(1, 0, "init"), p(2, 1, "hidden"), p(3, 2, "a"), p(4, 2, "hidden"), p(5, 4, "b")}, "1(3 5)"},
		{"an excluded root", []process.Process{p(1, 0, "hidden"), p(2, 1, "a"), p(3, 1, "b"), p(4, 2, "c")}, "2(4) 3"},
		{"all excluded", []process.Process{p(1, 0, "hidden"), p(2, 1, "hidden")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := treeOf(t, test.processes...)
			if got := outline(tree, tree.Roots); got != test.want {
				t.Errorf("tree is %s, want %s", got, test.want)
			}
			checkLinks(t, tree)
		})
	}
}

// checkLinks holds that every node is reached from a root exactly once, and that parents
// and children agree.
func checkLinks(t *testing.T, tree *Tree) {
	t.Helper()
	order := tree.topDown()
	if len(order) != len(tree.Nodes) {
		t.Errorf("%d of %d nodes can be reached", len(order), len(tree.Nodes))
	}
	seen := map[int32]bool{}
	for _, i := range order {
		if seen[i] {
			t.Fatalf("PID %d is reached twice", tree.Nodes[i].Process.PID)
		}
		seen[i] = true
		if p := tree.Nodes[i].Parent; p != NoParent && !slices.Contains(tree.Nodes[p].Children, i) {
			t.Errorf("PID %d is not among its parent's children", tree.Nodes[i].Process.PID)
		}
	}
}

// FuzzBuild holds that any table of parents and starts gives a tree.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 1, 2, 2, 3, 1})
	f.Add([]byte{3, 1, 0, 1, 1, 0, 2, 1, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var processes []process.Process
		for row := range slices.Chunk(data, 3) {
			if len(row) < 3 {
				break
			}
			name := "shown"
			if row[2]%2 == 1 {
				name = "hidden"
			}
			pid := len(processes) + 1
			processes = append(processes, hosttest.Process(pid, int(row[0]), name,
				hosttest.Started(time.Duration(row[1]%4)*time.Second)))
		}
		tree := treeOf(t, processes...)
		checkLinks(t, tree)
		total := 0
		for _, i := range tree.Roots {
			total += tree.Nodes[i].Subtree.Processes
		}
		if total != len(tree.Nodes) {
			t.Errorf("the roots' subtrees hold %d of %d processes", total, len(tree.Nodes))
		}
	})
}

func TestLongChainOfHiddenIsWalkedOnce(t *testing.T) {
	const n = 20_000
	processes := []process.Process{hosttest.Process(1, 0, "init")}
	for pid := 2; pid <= n; pid++ {
		processes = append(processes, hosttest.Process(pid, pid-1, "hidden"))
	}
	for pid := n + 1; pid <= 2*n; pid++ {
		processes = append(processes, hosttest.Process(pid, n, "leaf"))
	}
	tree := treeOf(t, processes...)
	if got := len(tree.Nodes[0].Children); got != n {
		t.Errorf("init has %d children, want the %d below the hidden ones", got, n)
	}
}

func TestSubtreeSumsWhatIsKnown(t *testing.T) {
	const mb = 1 << 20
	memory := func(n uint64) hosttest.Option { return hosttest.Memory(n*mb, 0) }
	unknown := hosttest.Without(process.HasMemory | process.HasCPU)
	table := func(at time.Duration) *process.Snapshot {
		cpu := func(cores int) hosttest.Option { return hosttest.CPU(time.Duration(cores)*at, 0) }
		return hosttest.Snapshot(at,
			hosttest.Process(1, 0, "init", memory(1), cpu(1)),
			hosttest.Process(2, 1, "a", memory(2), cpu(2)),
			hosttest.Process(3, 2, "b", unknown),
			hosttest.Process(4, 2, "c", memory(4), cpu(3)),
			hosttest.Process(5, 1, "hidden", memory(8), cpu(4)),
			hosttest.Process(6, 0, "alone", unknown))
	}
	before, now := table(time.Minute), table(2*time.Minute)
	tree := Build(treetest.ReportOf(t, before, now), before)
	type sums struct {
		processes int
		known     map[string]float64
	}
	want := map[int]sums{
		1: {4, map[string]float64{"cpu": 6, "memory": 7 * mb}},
		2: {3, map[string]float64{"cpu": 5, "memory": 6 * mb}},
		3: {1, map[string]float64{}},
		4: {1, map[string]float64{"cpu": 3, "memory": 4 * mb}},
		6: {1, map[string]float64{}},
	}
	for pid, w := range want {
		i, ok := tree.Find(pid)
		if !ok {
			t.Fatalf("PID %d is not in the tree", pid)
		}
		s := tree.Nodes[i].Subtree
		got := map[string]float64{}
		for i, f := range plan.sums {
			if s.Known&(1<<i) != 0 {
				got[f.Name] = s.Sums[i]
			}
		}
		if s.Processes != w.processes || !maps.Equal(got, w.known) {
			t.Errorf("subtree of %d: %d processes, %v, want %+v", pid, s.Processes, got, w)
		}
	}
	if _, ok := tree.Find(5); ok {
		t.Error("an excluded process is found")
	}
}
