package treeapi

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
)

// checkColumns holds a full message in columns against the one in nodes.
func checkColumns(tb testing.TB, columns, nodes []byte) {
	tb.Helper()
	var got struct{ Columns map[string]any }
	if err := json.Unmarshal(columns, &got); err != nil {
		tb.Fatalf("%v: %s", err, columns)
	}
	want := decode(tb, nodes)
	if diff := cmp.Diff(want.Processes, rowsOf(tb, got.Columns)); diff != "" {
		tb.Errorf("the columns say something else than the nodes (-nodes +columns):\n%s", diff)
	}
	head := decode(tb, columns)
	want.Processes = nil
	if diff := cmp.Diff(want, head); diff != "" {
		tb.Errorf("the head differs (-nodes +columns):\n%s", diff)
	}
}

// rowsOf makes nodes of columns, as docs/api.md says.
func rowsOf(tb testing.TB, columns map[string]any) []map[string]any {
	tb.Helper()
	rows := []map[string]any{}
	for _, id := range columns["id"].([]any) {
		rows = append(rows, map[string]any{"id": id})
	}
	for name, column := range columns {
		values, ok := column.(map[string]any)
		switch {
		case !ok:
			fill(tb, rows, name, column.([]any))
		case values["index"] != nil:
			var list []any
			for _, place := range values["index"].([]any) {
				list = append(list, values["values"].([]any)[int(place.(float64))])
			}
			fill(tb, rows, name, list)
		default:
			inner := make([]map[string]any, len(rows))
			for i := range inner {
				inner[i] = map[string]any{}
			}
			for member, list := range values {
				fill(tb, inner, member, list.([]any))
			}
			for i := range rows {
				if len(inner[i]) > 0 {
					rows[i][name] = inner[i]
				}
			}
		}
	}
	return rows
}

// fill writes a column into its rows, null nowhere.
func fill(tb testing.TB, rows []map[string]any, name string, column []any) {
	tb.Helper()
	if len(column) != len(rows) {
		tb.Fatalf("column %s has %d values for %d processes", name, len(column), len(rows))
	}
	for i, value := range column {
		if value != nil {
			rows[i][name] = value
		}
	}
}

func TestColumnsEqualNodes(t *testing.T) {
	var table []host.Process
	for i, text := range hostile {
		table = append(table, hosttest.Process(i+1, i/2, text, hosttest.Facts(host.Facts{
			Exe: "/" + text, Cmdline: []string{text, "", text + text}, User: text,
			Cgroup: "/" + text, Unit: text, Container: text, PodUID: text,
		})))
	}
	for bit := range 11 {
		table = append(table, hosttest.Process(100+bit, 1, "partial", hosttest.Without(host.Fields(1)<<bit)))
	}
	table = append(table,
		hosttest.Process(200, 2, "kworker/0:0", hosttest.Kernel(), hosttest.InState(host.Blocked)),
		hosttest.Process(201, 200, "nothing", hosttest.Without(^host.Fields(0)), hosttest.Facts(host.Facts{})),
		hosttest.Process(202, 200, "no arguments", hosttest.Cmdline([]string{}...)))
	before := hosttest.Snapshot(time.Minute, table...)
	report := reportOf(t, before, hosttest.Snapshot(63*time.Second, table...))
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		for _, previous := range []*host.Snapshot{nil, before} {
			for _, filter := range []string{"", "partial", "matches nothing"} {
				t.Run(fmt.Sprintf("%s %v %q", role, previous == nil, filter), func(t *testing.T) {
					f := frameOf(t, Build(report, previous), role, newFactsCache(Privacy{}), filter)
					checkColumns(t, f.full(7, inColumns), f.full(7, inNodes))
				})
			}
		}
	}
}

// TestLayoutsShareTheDifferences holds that only the first messages are made twice.
func TestLayoutsShareTheDifferences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) })
		nodes := listen(t, api, 1, access.Operator, "")
		columns := join(t, api, &subscription{feedKey: nodes.wish.feedKey, query: nodes.wish.query, layout: inColumns})
		checkColumns(t, <-columns.messages, <-nodes.messages)
		for range 3 {
			if a, b := <-nodes.messages, <-columns.messages; &a[0] != &b[0] {
				t.Error("the same difference was made twice")
			}
		}
	})
}
