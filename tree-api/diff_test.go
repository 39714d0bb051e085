package treeapi

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
)

func frameOf(tb testing.TB, tree *Tree, role access.Role, cache *factsCache, filter string) *frame {
	tb.Helper()
	q := &query{depth: -1}
	if filter != "" {
		q.match = filter
	}
	f, err := newFrame(tb.Context(), (&model{tree: tree, facts: cache.of(tree.Nodes)}).as(role), q)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestDiffsLeadToTheSameTable follows a host through many scans by diffs alone, and holds
// what a client then shows against a full message.
func TestDiffsLeadToTheSameTable(t *testing.T) {
	schemas := newSchemas(t)
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		for _, filter := range []string{"", "e"} {
			t.Run(fmt.Sprintf("%s %q", role, filter), func(t *testing.T) { checkDiffs(t, schemas, 1, role, filter) })
		}
	}
}

func FuzzDiff(f *testing.F) {
	schemas := newSchemas(f)
	f.Add(uint64(7), true)
	f.Fuzz(func(t *testing.T, seed uint64, filtered bool) {
		filter := ""
		if filtered {
			filter = "e"
		}
		checkDiffs(t, schemas, seed, access.Operator, filter)
	})
}

func checkDiffs(t *testing.T, schemas *schemas, seed uint64, role access.Role, filter string) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	cache, shown := newFactsCache(masked), screen{}
	table := hosttest.Many(40, time.Hour)
	var before *frame
	var last *host.Snapshot
	for step := 1; step <= 40; step++ {
		at := time.Hour + time.Duration(step)*time.Second
		snapshot := hosttest.Snapshot(at, table...)
		now := frameOf(t, Build(reportOf(t, snapshot), last), role, cache, filter)
		full := now.full(uint64(step), inNodes)
		columns := now.full(uint64(step), inColumns)
		checkColumns(t, columns, full)
		if before == nil {
			shown.apply(t, decode(t, full))
		} else {
			diff := now.difference(before, uint64(step))
			if step%8 == 0 {
				schemas.check(t, "StreamFull", full)
				schemas.check(t, "StreamFull", columns)
				schemas.check(t, "StreamDiff", diff)
			}
			shown.apply(t, decode(t, diff))
		}
		want := screen{}
		want.apply(t, decode(t, full))
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Fatalf("after scan %d the client is wrong (-want +got):\n%s", step, diff)
		}
		before, last, table = now, snapshot, drift(random, table, at)
	}
}

func TestDiffOfNothingIsEmpty(t *testing.T) {
	table := hosttest.Many(100, time.Hour)
	cache := newFactsCache(masked)
	build := func(at time.Duration) *frame {
		s := hosttest.Snapshot(at, table...)
		// The clock is being slewed.
		s.Clock.Epoch = s.Clock.Epoch.Add(at / 2000)
		return frameOf(t, Build(reportOf(t, s), nil), access.Operator, cache, "")
	}
	before := build(time.Hour)
	m := decode(t, build(time.Hour+time.Second).difference(before, 2))
	if len(m.Changed)+len(m.Added)+len(m.Removed) != 0 {
		t.Errorf("nothing changed, and yet: %+v", m)
	}
	if m.Type != "diff" || m.Seq != 2 || m.Total != 100 || m.Matched != 100 || len(m.Host) == 0 {
		t.Errorf("the head of the message is %+v", m)
	}
}

// TestDepthOfStream holds that what lies too deep is not shown, and its parents are.
func TestDepthOfStream(t *testing.T) {
	v := viewOf(Build(officeHost(t), nil), access.Operator)
	for query, want := range map[string][]int{
		"depth=0": {1, 2}, "depth=1": {1, 2, 10, 20, 30}, "depth=1&root=30": {30, 31}, "root=999": nil, "depth=0&match=vi": {1},
	} {
		values, err := parseValues(query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := parseQuery(values, nested)
		if err != nil {
			t.Fatal(err)
		}
		f, err := nextFrame(t.Context(), v, q)
		if err != nil {
			t.Fatal(err)
		}
		shown := screen{}
		shown.apply(t, decode(t, f.full(1, inNodes)))
		var pids []int
		for node := range maps.Values(shown) {
			pids = append(pids, int(node["pid"].(float64)))
		}
		if slices.Sort(pids); !slices.Equal(pids, want) {
			t.Errorf("%s shows %v, want %v", query, pids, want)
		}
	}
}
