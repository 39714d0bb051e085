package treeapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
)

// message is one of a stream, as a client reads it.
type message struct {
	Type     string
	Seq      uint64
	Time     float64
	Interval float64 `json:"interval_seconds"`
	Role     string
	Host     map[string]any
	Total    int
	Matched  int

	Processes, Added, Changed []map[string]any
	Removed                   []string
}

// screen is what a client shows: the fields of each process by id.
type screen map[string]map[string]any

// apply does with a message what a client does.
func (s screen) apply(tb testing.TB, m message) {
	tb.Helper()
	if m.Type == "full" {
		clear(s)
	}
	for _, id := range m.Removed {
		if s[id] == nil {
			tb.Errorf("%s is removed but was not there", id)
		}
		delete(s, id)
	}
	for _, node := range slices.Concat(m.Processes, m.Added) {
		id := node["id"].(string)
		if s[id] != nil {
			tb.Errorf("%s is added twice", id)
		}
		s[id] = node
	}
	for _, change := range m.Changed {
		node := s[change["id"].(string)]
		if node == nil || len(change) < 2 {
			tb.Errorf("a change of nothing: %v", change)
		}
		for field, value := range change {
			if value == nil {
				delete(node, field)
				continue
			}
			// Two texts that are no UTF-8 may differ and yet be shown alike.
			if field != "id" && cmp.Equal(node[field], value) && !strings.ContainsRune(fmt.Sprint(value), utf8.RuneError) {
				tb.Errorf("%s of %s is sent although it is still %v", field, change["id"], value)
			}
			node[field] = value
		}
	}
}

func decode(tb testing.TB, data []byte) message {
	tb.Helper()
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		tb.Fatalf("%v: %s", err, data)
	}
	return m
}

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
	cache, shown := newFactsCache(Privacy{}), screen{}
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
			d := differ{before: before, now: now}
			diff := d.appendDiff(nil, uint64(step))
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
	cache := newFactsCache(Privacy{})
	build := func(at time.Duration) *frame {
		s := hosttest.Snapshot(at, table...)
		// The clock is being slewed.
		s.Clock.Epoch = s.Clock.Epoch.Add(at / 2000)
		return frameOf(t, Build(reportOf(t, s), nil), access.Operator, cache, "")
	}
	d := differ{before: build(time.Hour), now: build(time.Hour + time.Second)}
	m := decode(t, d.appendDiff(nil, 2))
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
