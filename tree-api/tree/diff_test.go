package tree

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func frameOf(tb testing.TB, tree *Tree, role access.Role, cache *factsCache, filter string) *Frame {
	tb.Helper()
	q := &Query{Depth: -1}
	if filter != "" {
		q.texts = []textTerm{newText(filter)}
	}
	f, err := NewFrame(tb.Context(), newModel(tree, cache.shownOf(tree.Nodes, masked), 0).As(role), q)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestDiffsLeadToTheSameTable follows a host through many scans by diffs alone, and holds
// what a client then shows against a full message.
func TestDiffsLeadToTheSameTable(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		for _, filter := range []string{"", "e"} {
			t.Run(fmt.Sprintf("%s %q", role, filter), func(t *testing.T) { checkDiffs(t, schemas, 1, role, filter) })
		}
	}
}

func FuzzDiff(f *testing.F) {
	schemas := treetest.NewSchemas(f)
	f.Add(uint64(7), true)
	f.Fuzz(func(t *testing.T, seed uint64, filtered bool) {
		filter := ""
		if filtered {
			filter = "e"
		}
		checkDiffs(t, schemas, seed, access.Operator, filter)
	})
}

func checkDiffs(t *testing.T, schemas *treetest.Schemas, seed uint64, role access.Role, filter string) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	cache, shown := newFactsCache(), treetest.Screen{}
	table := hosttest.Many(40, time.Hour)
	var before *Frame
	var last *process.Snapshot
	for step := 1; step <= 40; step++ {
		at := time.Hour + time.Duration(step)*time.Second
		snapshot := hosttest.Snapshot(at, table...)
		now := frameOf(t, Build(treetest.ReportOf(t, snapshot), last), role, cache, filter)
		full := now.Full(uint64(step), InNodes)
		columns := now.Full(uint64(step), InColumns)
		treetest.CheckColumns(t, columns, full)
		if before == nil {
			shown.Apply(t, treetest.Decode(t, full))
		} else {
			diff := now.Difference(before, uint64(step))
			if step%8 == 0 {
				schemas.Check(t, "StreamFull", full)
				schemas.Check(t, "StreamFull", columns)
				schemas.Check(t, "StreamDiff", diff)
			}
			shown.Apply(t, treetest.Decode(t, diff))
		}
		want := treetest.Screen{}
		want.Apply(t, treetest.Decode(t, full))
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Fatalf("after scan %d the client is wrong (-want +got):\n%s", step, diff)
		}
		before, last, table = now, snapshot, treetest.Drift(random, table, at)
	}
}

func TestDiffOfNothingIsEmpty(t *testing.T) {
	table := hosttest.Many(100, time.Hour)
	cache := newFactsCache()
	build := func(at time.Duration) *Frame {
		s := hosttest.Snapshot(at, table...)
		// The clock is being slewed.
		s.Clock.Epoch = s.Clock.Epoch.Add(at / 2000)
		return frameOf(t, Build(treetest.ReportOf(t, s), nil), access.Operator, cache, "")
	}
	before := build(time.Hour)
	m := treetest.Decode(t, build(time.Hour+time.Second).Difference(before, 2))
	if len(m.Changed)+len(m.Added)+len(m.Removed) != 0 {
		t.Errorf("nothing changed, and yet: %+v", m)
	}
	if m.Type != "diff" || m.Seq != 2 || m.Total != 100 || m.Matched != 100 || len(m.Host) == 0 {
		t.Errorf("the head of the message is %+v", m)
	}
}

// TestDepthOfStream holds that what lies too deep is not shown, and its parents are.
func TestDepthOfStream(t *testing.T) {
	v := viewOf(Build(treetest.Office(t), nil), access.Operator)
	for query, want := range map[string][]int{
		"depth=0": {1, 2}, "depth=1": {1, 2, 10, 20, 30}, "depth=1&root=30": {30, 31}, "root=999": nil, "depth=0&match=vi": {1},
	} {
		values, err := ParseValues(query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(values, Nested)
		if err != nil {
			t.Fatal(err)
		}
		f, err := NextFrame(t.Context(), v, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		shown := treetest.Screen{}
		shown.Apply(t, treetest.Decode(t, f.Full(1, InNodes)))
		var pids []int
		for node := range maps.Values(shown) {
			pids = append(pids, int(node["pid"].(float64)))
		}
		if slices.Sort(pids); !slices.Equal(pids, want) {
			t.Errorf("%s shows %v, want %v", query, pids, want)
		}
	}
}
