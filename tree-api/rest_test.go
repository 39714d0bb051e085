package treeapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
)

func checkSame(tb testing.TB, what string, got, want []string) {
	tb.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		tb.Errorf("%s: %q, want %q", what, got, want)
	}
}

// officeHost is a small host on which every filter finds something.
func officeHost(tb testing.TB) *group.Report {
	tb.Helper()
	table := func(at time.Duration) *host.Snapshot {
		return hosttest.Snapshot(at,
			hosttest.Process(1, 0, "systemd", hosttest.Memory(12<<20, 160<<20)),
			hosttest.Process(2, 0, "kthreadd", hosttest.Kernel()),
			hosttest.Process(10, 2, "kworker/0:1", hosttest.Kernel(), hosttest.InState(host.Blocked)),
			hosttest.Process(20, 1, "postgres", hosttest.User(70, "postgres"), hosttest.Memory(400<<20, 1<<30),
				hosttest.CPU(at/2, at/4), hosttest.IO(uint64(at), uint64(at/2)), hosttest.Cmdline("/usr/lib/postgres", "-D", "/var/lib/DB")),
			hosttest.Process(21, 20, "postgres", hosttest.User(70, "postgres"), hosttest.Memory(100<<20, 1<<30), hosttest.CPU(at/8, 0)),
			hosttest.Process(30, 1, "sshd", hosttest.Memory(5<<20, 20<<20)),
			hosttest.Process(31, 30, "bash", hosttest.User(1000, "ann"), hosttest.Memory(6<<20, 20<<20), hosttest.Without(host.HasIO|host.HasOpenFDs)),
			hosttest.Process(32, 31, "vi", hosttest.User(1000, "ann"), hosttest.Memory(9<<20, 20<<20), hosttest.Without(host.HasCPU)),
			hosttest.Process(40, 31, "hidden", hosttest.User(1000, "ann")),
			hosttest.Process(41, 40, "make", hosttest.User(1000, "ann"), hosttest.InState(host.Running), hosttest.Memory(2<<20, 5<<20)),
		)
	}
	return reportOf(tb, table(time.Hour), table(time.Hour+4*time.Second))
}

func apiOf(tb testing.TB, change ...func(*Config)) *API {
	tb.Helper()
	cfg := Config{
		Host:    HostInfo{Name: "office", OS: "linux", Kernel: "6.12.1", Arch: "amd64"},
		Version: "1.2.3",
	}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.Source == nil {
		cfg.Source = fixed{report: officeHost(tb)}
	}
	api, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return api
}

// reply is an answer that has arrived.
type reply struct {
	StatusCode int
	Header     http.Header
	Body       []byte
	// Path is where redirects led to.
	Path string
}

// ask sends a GET from this host, changed by edit.
func ask(tb testing.TB, api *API, target string, edit ...func(*http.Request)) reply {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "http://localhost:10056"+target, http.NoBody)
	r.RemoteAddr = "127.0.0.1:4242"
	return answerTo(api, r, edit...)
}

// answerTo lets the API answer a request without a connection.
func answerTo(api *API, r *http.Request, edit ...func(*http.Request)) reply {
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return reply{StatusCode: w.Code, Header: w.Header(), Body: w.Body.Bytes(), Path: r.URL.Path}
}

// send sends a request over a connection.
func send(tb testing.TB, client *http.Client, r *http.Request) reply {
	tb.Helper()
	response, err := client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		tb.Fatal(err)
	}
	return reply{StatusCode: response.StatusCode, Header: response.Header, Body: body, Path: response.Request.URL.Path}
}

// asViewer makes a viewer of everybody.
func asViewer(tb testing.TB) func(*Config) {
	tb.Helper()
	control, err := access.New(access.Config{FrontRole: access.Viewer})
	if err != nil {
		tb.Fatal(err)
	}
	return func(cfg *Config) { cfg.Access = control }
}

type listAnswer struct {
	Data struct {
		Total, Matched int
		Role           string
		Tree           []wireNode
		Processes      []wireNode
	}
}

// drawn draws nodes as "1(2 3*)" by PID; * marks context.
func drawn(nodes []wireNode) string {
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
	schemas := newSchemas(t)
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
				schemas.check(t, name, body)
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
	api, schemas := apiOf(t), newSchemas(t)
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

// checkFailure holds a refusal against what was expected, and its text to one line.
func checkFailure(tb testing.TB, schemas *schemas, response reply, status int, kind, want string) {
	tb.Helper()
	body := response.Body
	schemas.check(tb, "Error", body)
	var got struct{ ErrorType, Error string }
	if err := json.Unmarshal(body, &got); err != nil {
		tb.Fatal(err)
	}
	if response.StatusCode != status || got.ErrorType != kind || !strings.Contains(got.Error, want) {
		tb.Errorf("got %d %s %q, want %d %s with %s", response.StatusCode, got.ErrorType, got.Error, status, kind, want)
	}
	if strings.Contains(got.Error, "\n") || strings.Contains(got.Error, "goroutine") {
		tb.Errorf("the error is not one line for a person: %q", got.Error)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		tb.Errorf("Cache-Control is %q", got)
	}
}

func TestOtherMethods(t *testing.T) {
	api, schemas := apiOf(t), newSchemas(t)
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
	schemas := newSchemas(t)
	for name, test := range map[string]struct {
		source Source
		status int
		kind   string
		want   string
	}{
		"scan failed":  {fixed{err: errors.New("open /proc: too many open files")}, 503, "unavailable", "too many open files"},
		"scan is slow": {fixed{}, 503, "timeout", "deadline"},
		"panic":        {panicking{}, 500, "internal", "log"},
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
