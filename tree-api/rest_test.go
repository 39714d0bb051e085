package treeapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

type listAnswer struct {
	Data struct {
		Total, Matched int
		Role           string
		Tree           []treetest.WireNode
		Processes      []treetest.WireNode
	}
}

// drawn draws nodes as "1(2 3*)" by PID; * marks context.
func drawn(nodes []treetest.WireNode) string {
	parts := make([]string, 0, len(nodes))
	for _, n := range nodes {
		text := strconv.Itoa(n.PID)
		if n.Context {
			text += "*"
		}
		if len(n.Children) > 0 {
			text += "(" + drawn(n.Children) + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestFilters(t *testing.T) {
	operator, viewer := apiOf(t), apiOf(t, asViewer(t))
	schemas := treetest.NewSchemas(t)
	const all = "1(20(21) 30(31(32 41))) 2(10)"
	for _, test := range []struct {
		target, want, viewer string
		matched              int
	}{
		{"/tree", all, all, 9},
		{"/processes", "1 2 10 20 21 30 31 32 41", "", 9},
		{"/tree?match=POSTGRES", "1*(20(21))", "1*(20(21))", 2},
		{"/tree?match=/var/lib/db", "1*(20)", "", 1},
		{"/tree?match=usr/bin", "1(20(21) 30(31(32 41)))", "", 7},
		{"/processes?match=post&in=name", "20 21", "20 21", 2},
		{"/tree?match=", all, all, 9},
		{"/processes?match=ANN", "31 32 41", "31 32 41", 3},
		{"/processes?match=41", "41", "41", 1},
		{"/processes?match=1&in=pid", "1 10 21 31 41", "1 10 21 31 41", 5},
		{"/processes?regexp=^3.$&in=pid", "30 31 32", "30 31 32", 3},
		{"/processes?match=bash&in=group", "31", "31", 1},
		{"/processes?min_virtual=1000000000", "20 21", "", 2},
		{"/processes?min_open_fds=0", "1 2 10 20 21 30 32 41", "", 8},
		{"/processes?sort=virtual_memory&limit=2", "20 21", "", 9},
		{"/processes?sort=virtual&limit=2", "20 21", "", 9},
		{"/processes?sort=fds&order=desc&limit=8", "1 2 10 20 21 30 32 41", "", 9},
		{"/processes?sort=write&limit=1", "20", "", 9},
		{"/processes?sort=start&order=desc&limit=1", "41", "", 9},
		{"/processes?sort=nice&limit=1", "1", "", 9},
		{"/processes?regexp=^post", "20 21", "20 21", 2},
		{"/processes?regexp=lib.*DB", "20", "", 1},
		{"/processes?match=i&regexp=^v", "32", "32", 1},
		{"/tree?user=ann", "1*(30*(31(32 41)))", "", 3},
		{"/processes?user=ann&user=postgres", "20 21 31 32 41", "", 5},
		{"/tree?state=blocked&state=running", "1*(30*(31*(41))) 2*(10)", "", 2},
		{"/processes?group=bash", "31", "", 1},
		{"/processes?group=bash&state=blocked", "", "", 0},
		{"/processes?min_cpu=0.125", "20 21", "", 2},
		{"/processes?min_cpu=0", "1 2 10 20 21 30 31 41", "", 8},
		{"/processes?min_memory=104857600", "20 21", "", 2},
		{"/processes?sort=memory&limit=3", "20 21 1", "", 9},
		{"/processes?sort=memory&order=asc&limit=3", "2 10 41", "", 9},
		{"/processes?sort=cpu&limit=2", "20 21", "", 9},
		{"/processes?sort=cpu&order=asc", "1 2 10 30 31 41 21 20 32", "", 9},
		{"/processes?order=desc&limit=2", "41 32", "", 9},
		{"/processes?sort=name&limit=2", "31 2", "", 9},
		{"/processes?sort=open_fds&order=desc&limit=8", "1 2 10 20 21 30 32 41", "", 9},
		{"/tree?sort=memory", "1(20(21) 30(31(32 41))) 2(10)", "", 9},
		{"/tree?sort=memory&order=asc", "2(10) 1(30(31(41 32)) 20(21))", "", 9},
		{"/tree?sort=subtree_processes&limit=2", "1(30)", "", 9},
		{"/tree?root=30", "30(31(32 41))", "", 4},
		{"/tree?root=30&match=make", "30*(31*(41))", "30*(31*(41))", 1},
		{"/processes?root=31", "31 32 41", "", 3},
		{"/tree?depth=0", "1 2", "", 9},
		{"/tree?root=1&depth=1", "1(20 30)", "", 7},
		{"/tree?match=nothing-has-this", "", "", 0},
	} {
		t.Run(test.target, func(t *testing.T) {
			check := func(api *API, want string) listAnswer {
				response := ask(t, api, "/api/v1"+test.target)
				body := response.Body
				var got listAnswer
				if err := json.Unmarshal(body, &got); err != nil || response.StatusCode != http.StatusOK {
					t.Fatalf("%d: %v: %s", response.StatusCode, err, body)
				}
				name := "TreeAnswer"
				if strings.HasPrefix(test.target, "/processes") {
					name = "ProcessesAnswer"
				}
				schemas.Check(t, name, body)
				if tree := drawn(append(got.Data.Tree, got.Data.Processes...)); tree != want {
					t.Errorf("%s sees %s, want %s", got.Data.Role, tree, want)
				}
				return got
			}
			got := check(operator, test.want)
			if got.Data.Matched != test.matched || got.Data.Total != 9 {
				t.Errorf("%d of %d match, want %d of 9", got.Data.Matched, got.Data.Total, test.matched)
			}
			if strings.Contains(test.target, "match") || strings.Contains(test.target, "regexp") {
				check(viewer, test.viewer)
			}
		})
	}
}

func TestBadRequests(t *testing.T) {
	api, schemas := apiOf(t), treetest.NewSchemas(t)
	long := strings.Repeat("x", 300)
	for _, test := range []struct {
		target, want string
		status       int
		kind         string
	}{
		{"/tree?min_cpu=much", `"min_cpu"`, 400, "bad_data"},
		{"/tree?min_cpu=NaN", `"min_cpu"`, 400, "bad_data"},
		{"/tree?min_cpu=-1", `"min_cpu"`, 400, "bad_data"},
		{"/tree?min_memory=1.5", `"min_memory"`, 400, "bad_data"},
		{"/tree?min_memory=-1", `"min_memory"`, 400, "bad_data"},
		{"/tree?limit=0", `"limit"`, 400, "bad_data"},
		{"/tree?limit=99999999999", `"limit"`, 400, "bad_data"},
		{"/tree?limit=1&limit=2", `"limit"`, 400, "bad_data"},
		{"/tree?depth=-1", `"depth"`, 400, "bad_data"},
		{"/tree?by=colour", `"by": must be parent, cgroup, user or group`, 400, "bad_data"},
		{"/tree?by=", `"by"`, 400, "bad_data"},
		{"/tree?by=user&by=user", `"by"`, 400, "bad_data"},
		{"/tree?by=user&depth=1", `"depth"`, 400, "bad_data"},
		{"/tree?by=user&format=csv", `"by": CSV`, 400, "bad_data"},
		{"/processes?by=user", `"by"`, 400, "bad_data"},
		{"/processes?layout=rows", `"layout": must be nodes or columns`, 400, "bad_data"},
		{"/processes?layout=nodes&layout=nodes", `"layout": given 2 times`, 400, "bad_data"},
		{"/processes?layout=columns&format=csv", `"layout": CSV`, 400, "bad_data"},
		{"/tree?layout=columns", `"layout"`, 400, "bad_data"},
		{"/tree?root=x", `"root"`, 400, "bad_data"},
		{"/tree?root=999", "root 999", 404, "not_found"},
		{"/tree?root=40", "root 40", 404, "not_found"},
		{"/tree?state=tired", `"state"`, 400, "bad_data"},
		{"/tree?match=x&in=args", `"in"`, 400, "bad_data"},
		{"/tree?sort=beauty", `"sort"`, 400, "bad_data"},
		{"/tree?order=up", `"order"`, 400, "bad_data"},
		{"/tree?regexp=(", `"regexp"`, 400, "bad_data"},
		{"/tree?match=" + long, `"match"`, 400, "bad_data"},
		{"/tree?regexp=" + long, `"regexp"`, 400, "bad_data"},
		{"/tree?" + strings.Repeat("user=x&", 65), `"user"`, 400, "bad_data"},
		{"/tree?" + strings.Repeat("user=x&", 1000), `"query"`, 400, "bad_data"},
		{"/tree?name=x", `"name"`, 400, "bad_data"},
		{"/tree?user=x;y", `"query"`, 400, "bad_data"},
		{"/tree?match=%zz", `"query"`, 400, "bad_data"},
		{"/processes?depth=1", `"depth"`, 400, "bad_data"},
		{"/host?x=1", `"x"`, 400, "bad_data"},
		{"/processes/0", `"pid"`, 400, "bad_data"},
		{"/processes/abc", `"pid"`, 400, "bad_data"},
		{"/processes/20?x=1", `"x"`, 400, "bad_data"},
		{"/processes/999", "pid 999", 404, "not_found"},
		{"/processes/40", "pid 40", 404, "not_found"},
		{"/nothing", "/api/v1/nothing", 404, "not_found"},
	} {
		t.Run(test.target[:min(len(test.target), 40)], func(t *testing.T) {
			response := ask(t, api, "/api/v1"+test.target)
			checkFailure(t, schemas, response, test.status, test.kind, test.want)
		})
	}
}

func TestOtherMethods(t *testing.T) {
	api, schemas := apiOf(t), treetest.NewSchemas(t)
	for _, path := range []string{"/tree", "/processes", "/processes/1", "/host", "/openapi.json"} {
		for _, method := range []string{http.MethodPost, http.MethodDelete, "BREW"} {
			response := ask(t, api, "/api/v1"+path, func(r *http.Request) { r.Method = method })
			checkFailure(t, schemas, response, http.StatusMethodNotAllowed, "method_not_allowed", method)
			if got := response.Header.Get("Allow"); got != "GET, HEAD" {
				t.Errorf("%s %s: Allow is %q", method, path, got)
			}
		}
	}
}

func TestFailures(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	for name, test := range map[string]struct {
		source tree.Source
		status int
		kind   string
		want   string
	}{
		"scan failed":  {treetest.Fixed{Err: errors.New("open /proc: too many open files")}, 503, "unavailable", "too many open files"},
		"scan is slow": {treetest.Fixed{}, 503, "timeout", "deadline"},
		"panic":        {treetest.Panicking{}, 500, "internal", "log"},
	} {
		t.Run(name, func(t *testing.T) {
			api := apiOf(t, func(cfg *Config) {
				cfg.Source = test.source
				cfg.Limits.RequestTimeout = 10 * time.Millisecond
			})
			for _, path := range []string{"/tree", "/processes", "/processes/1", "/host"} {
				checkFailure(t, schemas, ask(t, api, "/api/v1"+path), test.status, test.kind, test.want)
			}
		})
	}
}
