package treetest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// CheckColumns holds a full message in columns against the one in nodes.
func CheckColumns(tb testing.TB, columns, nodes []byte) {
	tb.Helper()
	var got struct{ Columns map[string]any }
	if err := json.Unmarshal(columns, &got); err != nil {
		tb.Fatalf("%v: %s", err, columns)
	}
	want := Decode(tb, nodes)
	if diff := cmp.Diff(want.Processes, rowsOf(tb, got.Columns)); diff != "" {
		tb.Errorf("the columns say something else than the nodes (-nodes +columns):\n%s", diff)
	}
	head := Decode(tb, columns)
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
