package treeapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"proctree/collector/metric"
	"proctree/tree-api/treetest"
)

// sums writes a list of groups as "name:processes".
func sums(tb testing.TB, data map[string]any) string {
	tb.Helper()
	var parts []string
	for _, one := range data["groups"].([]any) {
		g := one.(map[string]any)
		name, _ := g["name"].(string)
		parts = append(parts, fmt.Sprintf("%s:%v", name, g["processes"]))
	}
	return strings.Join(parts, " ")
}

func TestGroups(t *testing.T) {
	api, schemas := apiOf(t), treetest.NewSchemas(t)
	list := Data(t, ask(t, api, "/api/v1/processes"), schemas, "ProcessesAnswer")["processes"].([]any)
	for _, by := range []string{"name", "user", "unit", "container", "pod_uid", "state", "group"} {
		want := map[string]float64{}
		memory := map[string]float64{}
		for _, one := range list {
			p := one.(map[string]any)
			name, _ := p[by].(string)
			want[name]++
			if m, ok := p["memory"].(map[string]any); ok {
				resident, _ := m["resident_bytes"].(float64)
				memory[name] += resident
			}
		}
		got := Data(t, ask(t, api, "/api/v1/groups?sort=memory&by="+by), schemas, "GroupsAnswer")
		groups := got["groups"].([]any)
		if len(groups) != len(want) || got["by"] != by || got["group_by"] != by {
			t.Errorf("by %s: %d groups, want %d: %v", by, len(groups), len(want), got)
		}
		for i, one := range groups {
			g := one.(map[string]any)
			name, _ := g["name"].(string)
			bytes, _ := g["memory_bytes"].(float64)
			if g["processes"] != want[name] || bytes != memory[name] {
				t.Errorf("by %s, %q: %v, want %v processes with %v bytes", by, name, g, want[name], memory[name])
			}
			if kind, ok := g["memory_kind"]; ok && kind != "rss" {
				t.Errorf("by %s, %q: memory is %v", by, name, kind)
			}
			if before := bytes; i > 0 {
				last, _ := groups[i-1].(map[string]any)["memory_bytes"].(float64)
				if last < before {
					t.Errorf("by %s: %v comes before %v", by, last, before)
				}
			}
		}
	}
}

func TestGroupsOfMatches(t *testing.T) {
	api, schemas := apiOf(t), treetest.NewSchemas(t)
	for target, want := range map[string]string{
		"by=name&q=post&sort=name":               "postgres:2",
		"by=user&user=ann":                       "ann:3",
		"group_by=user&user=ann":                 "ann:3",
		"by=user&sort=processes&limit=1&q=kernl": "",
		"by=user&root=31&sort=name":              "ann:3",
	} {
		got := Data(t, ask(t, api, "/api/v1/groups?"+target), schemas, "GroupsAnswer")
		if s := sums(t, got); s != want {
			t.Errorf("%s: %q, want %q", target, s, want)
		}
	}
}

func TestGroupsInCSV(t *testing.T) {
	api := apiOf(t)
	names, lines := readCSV(t, ask(t, api, "/api/v1/groups?by=user&sort=name&format=csv"))
	if got := strings.Join(names, " "); got != "name processes threads cores memory_bytes memory_kind read_bytes_per_second written_bytes_per_second open_fds" {
		t.Errorf("the columns are %s", got)
	}
	if len(lines) == 0 || lines[0]["processes"] == "" {
		t.Errorf("%v", lines)
	}
}

func TestGroupsRefuse(t *testing.T) {
	api, viewer, schemas := apiOf(t), apiOf(t, asViewer(t)), treetest.NewSchemas(t)
	var texts []string
	for _, m := range metric.All() {
		if (m.Choice || m.Name == "name") && m.Role != metric.Operator {
			texts = append(texts, m.Name)
		}
	}
	keys := strings.Join(texts, ", ")
	const sorts = "name, processes, threads, cpu, memory, read, written, open_fds"
	for target, want := range map[string]string{
		"":                        `parameter "by": must be one of ` + keys + `, not ""`,
		"by=cmdline":              `parameter "by": must be one of ` + keys + `, not "cmdline"`,
		"by=user&by=unit":         `parameter "by": given 2 times`,
		"by=user&group_by=user":   `parameter "group_by": given beside by, its newer name`,
		"by=user&sort=heat":       `parameter "sort": must be one of ` + sorts + `, not "heat"`,
		"by=user&order=up":        `parameter "order": must be asc or desc, not "up"`,
		"by=user&limit=0":         `parameter "limit": must be a whole number from 1 up, not "0"`,
		"by=user&format=xml":      `parameter "format": must be json or csv, not "xml"`,
		"by=user&min_memory=lots": `parameter "min_memory": must be bytes, a number from 0 up, not "lots"`,
		"by=user&limit=1&limit=2": `parameter "limit": given 2 times`,
	} {
		checkFailure(t, schemas, ask(t, api, "/api/v1/groups?"+target), http.StatusBadRequest, "bad_data", want)
	}
	checkFailure(t, schemas, ask(t, viewer, "/api/v1/groups?by=user&in=cmdline&match=x"), http.StatusForbidden, "forbidden", "")
}
