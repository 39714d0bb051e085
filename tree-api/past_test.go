package treeapi

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/past/pasttest"
	"proctree/tree-api/treetest"
)

// replay makes so many scans of a host on which processes come and go, and records them.
func replay(tb testing.TB, scans int, see func(*group.Report)) *pasttest.Recording {
	tb.Helper()
	recording := pasttest.New(tb)
	tracker := group.NewTracker(treetest.HidingConfig(tb))
	random := rand.New(rand.NewPCG(1, 2))
	table := []process.Process{
		hosttest.Process(1, 0, "init"),
		hosttest.Process(20, 1, "hidden"),
		hosttest.Process(21, 20, "app", hosttest.User(1000, "ann"), hosttest.Cmdline("app", "--password=hunter2", "-x")),
	}
	for i := range scans {
		at := time.Hour + time.Duration(i)*time.Second
		table = append(table[:1:1], treetest.Drift(random, table[1:], at)...)
		table = slices.DeleteFunc(table, func(p process.Process) bool { return p.PID == 1 && p.Name != "init" })
		for i := range table {
			p := &table[i]
			p.UserTime, p.SystemTime = p.UserTime.Truncate(time.Millisecond), p.SystemTime.Truncate(time.Millisecond)
		}
		snapshot := hosttest.Snapshot(at, table...)
		snapshot.System.CPUBusy += time.Duration(i) * 700 * time.Millisecond
		snapshot.System.CPUIdle += time.Duration(i) * 300 * time.Millisecond
		report := tracker.Observe(snapshot)
		recording.Add(tb, report)
		see(report)
	}
	return recording
}

// atTime is an address with the time of a table, in milliseconds as answers give it.
func atTime(path string, taken time.Time) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return fmt.Sprintf("%s%stime=%.3f", path, separator, float64(taken.UnixMilli())/1e3)
}

// TestPastIsAsThePresentWas holds every answer of a run against what the recording says of that second,
// byte for byte.
func TestPastIsAsThePresentWas(t *testing.T) {
	paths := []string{
		"/api/v1/tree", "/api/v1/processes", "/api/v1/host", "/api/v1/tree?match=new&sort=cpu", "/api/v1/tree?root=1&depth=1",
		"/api/v1/processes?sort=memory&limit=5&min_memory=1", "/api/v1/processes?q=state:running", "/api/v1/processes/1",
		"/api/v1/processes?layout=columns",
	}
	// Only who records can lead to the recording.
	link := []byte(`,"links":{"history":"api/v1/history"}`)
	type seen struct {
		path  string
		taken time.Time
		reply reply
	}
	for role, change := range map[string]func(*Config){"operator": func(*Config) {}, "viewer": asViewer(t)} {
		t.Run(role, func(t *testing.T) {
			var list []seen
			recording := replay(t, 130, func(report *group.Report) {
				live := apiOf(t, change, func(cfg *Config) { cfg.Source = treetest.Fixed{Newest: report} })
				for _, path := range paths {
					list = append(list, seen{path, report.Snapshot.Taken, ask(t, live, path)})
				}
			})
			api := apiOf(t, change, func(cfg *Config) { cfg.Past = recording.Past(t) })
			for _, was := range list {
				got := ask(t, api, atTime(was.path, was.taken))
				if got.StatusCode != was.reply.StatusCode || !bytes.Equal(bytes.Replace(got.Body, link, nil, 1), was.reply.Body) {
					t.Fatalf("%s at %v:\n%d %s\nthe present was\n%d %s", was.path, was.taken, got.StatusCode, got.Body, was.reply.StatusCode, was.reply.Body)
				}
			}
		})
	}
}

// TestColumnsOfAList holds that a list in columns has the processes of the one in nodes, in their order.
func TestColumnsOfAList(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	var taken time.Time
	recording := replay(t, 3, func(report *group.Report) { taken = report.Snapshot.Taken })
	api := apiOf(t, func(cfg *Config) { cfg.Past = recording.Past(t) })
	for _, query := range []string{"?sort=memory&limit=5", "?sort=pid&order=desc", "?match=nothing-has-this"} {
		path := atTime("/api/v1/processes"+query, taken)
		var want, got []any
		for _, node := range Data(t, ask(t, api, path), schemas, "ProcessesAnswer")["processes"].([]any) {
			want = append(want, node.(map[string]any)["id"])
		}
		reply := ask(t, api, path+"&layout=columns")
		got = append(got, Data(t, reply, schemas, "ProcessesAnswer")["columns"].(map[string]any)["id"].([]any)...)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the columns have %v, the nodes %v", path, got, want)
		}
		if nodes := ask(t, api, path); nodes.Header.Get("ETag") == reply.Header.Get("ETag") {
			t.Errorf("%s: both layouts have the tag %s", path, reply.Header.Get("ETag"))
		}
	}
}

func TestPastRefusals(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	var first, last time.Time
	recording := replay(t, 3, func(report *group.Report) {
		if first.IsZero() {
			first = report.Snapshot.Taken
		}
		last = report.Snapshot.Taken
	})
	api := apiOf(t, func(cfg *Config) { cfg.Past = recording.Past(t) })
	none := apiOf(t)
	for _, test := range []struct {
		api         *API
		query       string
		status      int
		kind, want  string
		everySingle bool
	}{
		{none, "time=1767225600", 404, "not_found", "this exporter records nothing: start it with --history.dir", true},
		{api, "time=yesterday", 400, "bad_data", `parameter "time": must be a time such as`, true},
		{api, "time=", 400, "bad_data", `parameter "time"`, true},
		{api, "time=1&time=2", 400, "bad_data", `parameter "time": given 2 times`, true},
		{api, "time=-5", 400, "bad_data", `parameter "time"`, true},
		{api, "when=5", 400, "bad_data", `parameter "when": unknown`, true},
		{api, "time=5", 404, "not_found", "nothing was recorded at 1970-01-01T00:00:05Z; the first table is of " + first.UTC().Format(time.RFC3339), true},
		{api, "time=2100-01-01T00:00:00Z", 404, "not_found", "; the last table is of " + last.UTC().Format(time.RFC3339), true},
		{api, "q=port:443&time=" + last.UTC().Format(time.RFC3339), 400, "bad_data", "port: and file: are not recorded", false},
		{api, "root=999&time=" + last.UTC().Format(time.RFC3339), 404, "not_found", "root 999", false},
	} {
		for _, path := range []string{"/api/v1/tree", "/api/v1/processes", "/api/v1/processes/1", "/api/v1/host"} {
			if !test.everySingle && strings.HasSuffix(path, "1") || !test.everySingle && strings.HasSuffix(path, "host") {
				continue
			}
			checkFailure(t, schemas, ask(t, test.api, path+"?"+test.query), test.status, test.kind, test.want)
		}
	}
	gone := ask(t, api, atTime("/api/v1/processes/4711", last))
	checkFailure(t, schemas, gone, http.StatusNotFound, "not_found", "pid 4711")
}

// TestPastTags holds that the answers of the past have strong tags, which differ where the bytes do.
func TestPastTags(t *testing.T) {
	var taken []time.Time
	recording := replay(t, 3, func(report *group.Report) { taken = append(taken, report.Snapshot.Taken) })
	api := apiOf(t, func(cfg *Config) { cfg.Past = recording.Past(t) })
	gzipped := func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }
	tags := map[string]bool{}
	for _, path := range []string{"/api/v1/tree", "/api/v1/tree?sort=cpu", "/api/v1/processes", "/api/v1/host", "/api/v1/processes/1"} {
		for _, at := range taken {
			plain, compressed := ask(t, api, atTime(path, at)), ask(t, api, atTime(path, at), gzipped)
			for _, got := range []reply{plain, compressed} {
				tag := got.Header.Get("ETag")
				if !strings.HasPrefix(tag, `"`) || tags[path+tag] {
					t.Errorf("%s at %v has the tag %s", path, at, tag)
				}
				tags[path+tag] = true
			}
			again := ask(t, api, atTime(path, at.Add(900*time.Millisecond)), func(r *http.Request) { r.Header.Set("If-None-Match", plain.Header.Get("ETag")) })
			if again.StatusCode != http.StatusNotModified || len(again.Body) > 0 {
				t.Errorf("%s: who has the answer gets %d", path, again.StatusCode)
			}
		}
	}
}

// TestPastKeepsToTheConfiguration applies one that became stricter after the recording.
func TestPastKeepsToTheConfiguration(t *testing.T) {
	var last time.Time
	recording := pasttest.New(t)
	tracker := group.NewTracker(group.Config{Shown: treetest.Masked})
	recording.Add(t, tracker.Observe(hosttest.Snapshot(time.Hour,
		hosttest.Process(1, 0, "init"),
		hosttest.Process(2, 1, "app", hosttest.Cmdline("app", "--password=hunter2", "VISIBLE")),
		hosttest.Process(3, 2, "secret"), hosttest.Process(4, 3, "child"))))
	last = tracker.Report().Snapshot.Taken
	policy := &past.Policy{Shown: &treetest.Masked}
	reader := past.New(past.Config{Dir: recording.Dir, Policy: func() *past.Policy { return policy }})
	t.Cleanup(reader.Close)
	api := apiOf(t, func(cfg *Config) { cfg.Past = reader })
	look := func(contains map[string]bool) {
		t.Helper()
		body := string(ask(t, api, atTime("/api/v1/tree", last)).Body)
		for text, want := range contains {
			if strings.Contains(body, text) != want {
				t.Errorf("%q is shown: %v, want %v: %s", text, !want, want, body)
			}
		}
	}
	look(map[string]bool{"VISIBLE": true, "hunter2": false, `"name":"secret"`: true, `"ppid":3`: true})
	policy = &past.Policy{Shown: &rules.Shown{}, Rules: rulestest.Must(t, "exclude: [{name: secret}]")}
	look(map[string]bool{"VISIBLE": false, "cmdline": false, `"name":"secret"`: false, `"name":"child"`: true, `"ppid":3`: false})
}

// TestPastIsForThoseWhoMayAsk holds that the past is no way around the roles.
func TestPastIsForThoseWhoMayAsk(t *testing.T) {
	var last time.Time
	recording := replay(t, 2, func(report *group.Report) { last = report.Snapshot.Taken })
	change, viewer, operator := withTokens(t, access.Config{})
	api := apiOf(t, change, func(cfg *Config) { cfg.Past = recording.Past(t) })
	by := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	if got := ask(t, api, atTime("/api/v1/tree", last)); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %d", got.StatusCode)
	}
	for _, path := range []string{"/api/v1/tree", "/api/v1/processes", "/api/v1/processes/1"} {
		if got := ask(t, api, atTime(path, last), by(viewer)); got.StatusCode != http.StatusOK || strings.Contains(string(got.Body), "cmdline") {
			t.Errorf("%s for a viewer: %d %s", path, got.StatusCode, got.Body)
		}
	}
	if got := ask(t, api, atTime("/api/v1/tree?in=cmdline&match=app", last), by(viewer)); got.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer who searches command lines gets %d", got.StatusCode)
	}
	if got := ask(t, api, atTime("/api/v1/tree?in=cmdline&match=app", last), by(operator)); got.StatusCode != http.StatusOK {
		t.Errorf("an operator who searches command lines gets %d", got.StatusCode)
	}
	local := "/api/v1/tree?time=" + url.QueryEscape(last.In(time.FixedZone("", 7200)).Format(time.RFC3339))
	if got := ask(t, api, local, by(operator)); got.StatusCode != http.StatusOK {
		t.Errorf("%s: %d %s", local, got.StatusCode, got.Body)
	}
}
