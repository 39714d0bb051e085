package treeapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// incident is a recorded one, with addresses that ask for it.
type incident struct{ *pasttest.Incident }

func newIncident(tb testing.TB) incident {
	tb.Helper()
	return incident{pasttest.NewIncident(tb)}
}

// over is an address with the bounds of the incident.
func (in incident) over(path string, more ...string) string {
	values := url.Values{
		"from": {fmt.Sprintf("%.3f", float64(in.From.UnixMilli())/1e3)}, "to": {in.To.UTC().Format(time.RFC3339)},
	}
	for _, m := range more {
		name, value, _ := strings.Cut(m, "=")
		values.Set(name, value)
	}
	return "/api/v1" + path + "?" + values.Encode()
}

// processesOf are the entries of a list by their names.
func processesOf(tb testing.TB, list any) map[string]map[string]any {
	tb.Helper()
	named := map[string]map[string]any{}
	for _, e := range list.(map[string]any)["processes"].([]any) {
		entry := e.(map[string]any)
		named[entry["name"].(string)] = entry
	}
	return named
}

func TestTopAnswers(t *testing.T) {
	in := newIncident(t)
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	for _, by := range []string{"cpu", "memory", "read", "written"} {
		for _, groupBy := range []string{"process", "group", "user", "unit", "subtree"} {
			got := Data(t, ask(t, api, in.over("/top", "by="+by, "group_by="+groupBy)), schemas, "TopAnswer")
			if got["by"] != by || got["group_by"] != groupBy || got["tables"] != pasttest.Seconds+1.0 || got["from"] != in.At(0) || got["to"] != in.At(pasttest.Seconds) {
				t.Errorf("by %s and %s: %v", by, groupBy, got)
			}
		}
	}
	largest := func(groupBy string) map[string]any {
		t.Helper()
		got := Data(t, ask(t, api, in.over("/top", "group_by="+groupBy, "limit=1")), schemas, "TopAnswer")
		if list := got["top"].([]any); len(list) == 1 && got["total"] == 5.0 {
			return list[0].(map[string]any)
		}
		t.Fatalf("by %s: %v", groupBy, got)
		return nil
	}
	for groupBy, want := range map[string]struct {
		name             any
		value, processes float64
	}{"group": {"burner", 3, 1}, "user": {"ann", 3, 1}, "unit": {"job.service", 3, 1}} {
		if got := largest(groupBy); got["name"] != want.name || got["value"] != want.value || got["processes"] != want.processes {
			t.Errorf("most by %s: %v, want %v", groupBy, got, want)
		}
	}
	if got := largest("process"); got["process"].(map[string]any)["id"] != "20-361000" || got["value"] != 3.0 {
		t.Errorf("most by process: %v", got)
	}
	if got := largest("subtree"); got["process"].(map[string]any)["pid"] != 1.0 || got["value"] != 5.0 {
		t.Errorf("most by subtree: %v", got)
	}
}

func TestReportAnswers(t *testing.T) {
	in := newIncident(t)
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	got := Data(t, ask(t, api, in.over("/report")), schemas, "ReportAnswer")
	for list, want := range map[string]struct {
		name, reason string
		end, pid     float64
		parent       string
	}{
		"crashed": {"server", "SIGSEGV", 20, 30, "init"}, "oom_kills": {"eater", "oom_kill", 30, 40, "sh"},
	} {
		e := processesOf(t, got[list])[want.name]
		if e["reason"] != want.reason || e["end_time"] != in.At(want.end) || e["pid"] != want.pid || e["parent"] != want.parent {
			t.Errorf("%s: %v", list, got[list])
		}
	}
	if e := got["top_cpu"].([]any)[0].(map[string]any); e["value"] != 3.0 || e["process"].(map[string]any)["name"] != "burner" {
		t.Errorf("most CPU time: %v", e)
	}
	if e := got["most_started"].([]any)[0].(map[string]any); e["name"] != "storm" || e["processes"] != 200.0 || e["first"] != in.At(40) {
		t.Errorf("most started: %v", e)
	}
	if e := got["restarted"].([]any)[0].(map[string]any); e["before"].(map[string]any)["pid"] != 30.0 || e["after"].(map[string]any)["pid"] != 31.0 {
		t.Errorf("restarted: %v", e)
	}
	for format, contentType := range map[string]string{"text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"} {
		reply := ask(t, api, in.over("/report", "format="+format))
		body := string(reply.Body)
		if reply.StatusCode != http.StatusOK || reply.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %s", format, reply.StatusCode, reply.Header.Get("Content-Type"))
		}
		if policy := reply.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script") {
			t.Errorf("%s has the policy %s", format, policy)
		}
		for _, want := range []string{"burner", "storm", "SIGSEGV", "OOM kill", "office"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not name %s:\n%s", format, want, body)
			}
		}
		if strings.Contains(body, "hunter2") || (strings.Contains(body, "<b>") && format == "html") {
			t.Errorf("%s shows a secret, or markup of a command line:\n%s", format, body)
		}
	}
}

func TestDiffAnswers(t *testing.T) {
	in := newIncident(t)
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	got := Data(t, ask(t, api, in.over("/diff", "limit=300")), schemas, "DiffAnswer")
	for list, want := range map[string][]string{"started": {"server"}, "ended": {"server"}, "short_lived": {"burner", "eater", "storm"}} {
		if names := slices.Sorted(maps.Keys(processesOf(t, got[list]))); !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v", list, names, want)
		}
	}
	if n := got["short_lived"].(map[string]any)["count"]; n != 202.0 {
		t.Errorf("%v short-lived processes", n)
	}
	before := Data(t, ask(t, api, in.over("/diff", fmt.Sprintf("from=%.3f", in.At(25)), fmt.Sprintf("to=%.3f", in.At(29)))), schemas, "DiffAnswer")
	e := processesOf(t, before["grew"])["eater"]
	if e["memory_before_bytes"] != float64(25<<24) || e["memory_after_bytes"] != float64(29<<24) {
		t.Errorf("grew: %v", before["grew"])
	}
}

func TestHistoryAnswers(t *testing.T) {
	in := newIncident(t)
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	got := Data(t, ask(t, api, "/api/v1/history"), schemas, "HistoryAnswer")
	spans := got["spans"].([]any)
	if got["from"] != in.At(0) || got["to"] != in.At(pasttest.Seconds) || len(spans) != 1 || spans[0].(map[string]any)["interval_seconds"] != 1.0 {
		t.Errorf("the spans are %v, from %v to %v", spans, got["from"], got["to"])
	}
	if bytes := got["bytes"].(float64); bytes < 1000 || bytes > 1<<20 {
		t.Errorf("%v bytes", bytes)
	}
	for points, want := range map[int]int{1: 1, 7: 7, 2000: pasttest.Seconds + 1} {
		got := Data(t, ask(t, api, in.over("/history", fmt.Sprintf("points=%d", points))), schemas, "HistoryAnswer")
		if n := len(got["points"].([]any)); n != want {
			t.Errorf("%d points, want %d", n, want)
		}
	}

	// In a day, the overview has what is known of each minute.
	day := Data(t, ask(t, api, in.over("/history", fmt.Sprintf("from=%d", in.From.AddDate(0, 0, -1).Unix()))), schemas, "HistoryAnswer")
	mark := func(kind string, since, until float64) any {
		return map[string]any{"kind": kind, "time": in.At(since), "until": in.At(until), "count": 1.0}
	}
	for _, tt := range []struct {
		marks any
		want  []any
	}{
		{got["marks"], []any{mark("crash", 19, 20), mark("oom_kill", 29, 30)}},
		{day["marks"], []any{mark("crash", 0, pasttest.Seconds), mark("oom_kill", 0, pasttest.Seconds)}},
	} {
		if diff := cmp.Diff(tt.want, tt.marks); diff != "" {
			t.Errorf("the marks differ (-want +got):\n%s", diff)
		}
	}

	track := Data(t, ask(t, api, in.over("/processes/20-361000/history", "step=1")), schemas, "TrackAnswer")
	points := track["points"].([]any)
	process := track["process"].(map[string]any)
	if len(points) != 2 || points[1].(map[string]any)["cpu"].(map[string]any)["cores"] != 1.0 {
		t.Errorf("the course is %v", points)
	}
	if process["parent"] != "sh" || process["end_time"] != in.At(13) || process["reason"] != "normal" || process["start_time"] != in.At(10) {
		t.Errorf("the process is %v", process)
	}
}

// TestEndIsThatOfTheEvent holds that the end of a process is the recorded moment, and not that of the table
// without it: its parent takes two seconds to ask for the zombie.
func TestEndIsThatOfTheEvent(t *testing.T) {
	recording := pasttest.New(t)
	tracker := group.NewTracker(group.Config{Shown: treetest.Masked})
	start := time.Hour
	child := hosttest.Process(20, 1, "child", hosttest.Started(start))
	var first time.Time
	for second := range 6 {
		table := []process.Process{hosttest.Process(1, 0, "init")}
		switch {
		case second == 3, second == 4:
			child.State = process.Zombie
			fallthrough
		case second < 3:
			table = append(table, child)
		}
		s := hosttest.Snapshot(start+time.Duration(second)*time.Second, table...)
		if second == 0 {
			first = s.Taken
		}
		if second == 3 {
			recording.Events = []process.GroupedEvent{{Event: process.Event{
				Kind: process.EventExit, ID: child.ID, Name: "child", Time: s.Taken.Add(-250 * time.Millisecond), Ended: true, Reason: "SIGKILL",
			}}}
		}
		recording.Add(t, tracker.Observe(s))
	}
	api := apiOf(t, func(cfg *Config) { cfg.Past = recording.Past(t) })
	span := fmt.Sprintf("?from=%d&to=%d", first.Unix(), first.Unix()+9)
	track := Data(t, ask(t, api, "/api/v1/processes/"+child.String()+"/history"+span), treetest.NewSchemas(t), "TrackAnswer")
	got := track["process"].(map[string]any)
	if want := float64(first.UnixMilli())/1e3 + 2.75; got["end_time"] != want || got["reason"] != "SIGKILL" || got["run_seconds"] != 2.75 {
		t.Errorf("the process is %v, want its end at %v by SIGKILL", got, want)
	}
}

func TestSpanRefusals(t *testing.T) {
	in := newIncident(t)
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	none := apiOf(t)
	paths := []string{"/history", "/top", "/diff", "/report", "/processes/1-1/history"}
	for _, path := range paths {
		checkFailure(t, schemas, ask(t, none, in.over(path)), 404, "not_found", "this exporter records nothing: start it with --history.dir")
		for more, want := range map[string]string{
			"from=yesterday": `parameter "from": must be a time such as`,
			"to=":            `parameter "to": must be a time such as`,
			"from=9e9":       `parameter "from": must be a time before that of "to"`,
			"when=5":         `parameter "when": unknown; there are from, to`,
		} {
			checkFailure(t, schemas, ask(t, api, in.over(path, more)), 400, "bad_data", want)
		}
		checkFailure(t, schemas, ask(t, api, in.over(path)+"&from=5"), 400, "bad_data", `parameter "from": given 2 times`)
		if path != "/history" && path != "/processes/1-1/history" {
			checkFailure(t, schemas, ask(t, api, in.over(path, "from=5", "to=6")), 404, "not_found", "nothing was recorded from 1970-01-01T00:00:05Z to 1970-01-01T00:00:06Z; the first table is of ")
		}
		if got := ask(t, api, in.over(path), func(r *http.Request) { r.Method = http.MethodPost }); got.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, got.StatusCode)
		}
	}
	for address, want := range map[string]string{
		in.over("/top", "by=heat"):                            `parameter "by": must be cpu, memory, read, written, not "heat"`,
		in.over("/top", "group_by=color"):                     `parameter "group_by": must be process, group, user, unit, subtree, not "color"`,
		in.over("/top", "limit=0"):                            `parameter "limit": must be a whole number from 1 to 1000, not "0"`,
		in.over("/diff", "limit=1001"):                        `parameter "limit": must be a whole number from 1 to 1000`,
		in.over("/history", "points=2001"):                    `parameter "points": must be a whole number from 1 to 2000`,
		in.over("/report", "format=pdf"):                      `parameter "format": must be json, text, html, not "pdf"`,
		in.over("/processes/1/history"):                       `parameter "id": "1" is not an id such as 4321-98765`,
		in.over("/processes/1-1/history", "step=x"):           `parameter "step": must be a whole number from 1 to 86400, not "x"`,
		in.over("/processes/1-1/history", "from=5", "step=1"): `parameter "step": more than 2000 points`,
	} {
		checkFailure(t, schemas, ask(t, api, address), 400, "bad_data", want)
	}
	checkFailure(t, schemas, ask(t, api, in.over("/processes/4711-1/history")), 404, "not_found", "process 4711-1: not recorded from ")
}

// TestSpansBeforeTheFirstTable asks an exporter that has just started.
func TestSpansBeforeTheFirstTable(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "not-yet")} {
		reader := past.New(past.Config{Dir: dir, Policy: func() *past.Policy { return &past.Policy{Shown: &treetest.Masked} }})
		t.Cleanup(reader.Close)
		api := apiOf(t, func(cfg *Config) { cfg.Past = reader })
		for _, path := range []string{"/top", "/diff", "/report", "/processes/1-1/history", "/tree?time=5"} {
			checkFailure(t, schemas, ask(t, api, "/api/v1"+path), 404, "not_found", "the recording is empty")
		}
	}
}

// TestSpansKeepToRoles holds that answers over a span show no role what the live tree hides from it.
func TestSpansKeepToRoles(t *testing.T) {
	in := newIncident(t)
	change, viewer, operator := withTokens(t, access.Config{})
	api := apiOf(t, change, func(cfg *Config) { cfg.Past = in.Past(t) })
	by := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	for _, address := range []string{
		in.over("/top", "by=memory"), in.over("/diff"), in.over("/report"), in.over("/report", "format=text"), in.over("/report", "format=html"),
		in.over("/processes/10-10/history"), in.over("/history"),
	} {
		if got := ask(t, api, address); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", address, got.StatusCode)
		}
		if got := ask(t, api, address, by(viewer)); got.StatusCode != http.StatusOK || strings.Contains(string(got.Body), pasttest.Secret) {
			t.Errorf("%s for a viewer: %d %s", address, got.StatusCode, got.Body)
		}
		got := ask(t, api, address, by(operator))
		if strings.Contains(address, "/history?") && !strings.Contains(address, "/processes/") {
			continue
		}
		if got.StatusCode != http.StatusOK || !strings.Contains(string(got.Body), pasttest.Secret) || strings.Contains(string(got.Body), "hunter2") {
			t.Errorf("%s for an operator: %d %s", address, got.StatusCode, got.Body)
		}
	}
	public := apiOf(t, asPublic(t), func(cfg *Config) { cfg.Past = in.Past(t) })
	for _, what := range []string{"read", "written"} {
		checkFailure(t, treetest.NewSchemas(t), ask(t, public, in.over("/top", "by="+what)), 403, "forbidden", "require a token")
	}
	for _, address := range []string{in.over("/report"), in.over("/diff"), in.over("/top"), in.over("/processes/10-10/history")} {
		got := ask(t, public, address)
		if body := string(got.Body); got.StatusCode != http.StatusOK || strings.Contains(body, "read_bytes") || strings.Contains(body, "open_fds") || strings.Contains(body, pasttest.Secret) {
			t.Errorf("%s for an account of the host: %d %s", address, got.StatusCode, body)
		}
	}
}

// TestSpansKeepToTheConfiguration applies one that became stricter after the recording.
func TestSpansKeepToTheConfiguration(t *testing.T) {
	in := newIncident(t)
	policy := &past.Policy{Shown: &rules.Shown{}, Rules: rulestest.Must(t, "exclude: [{name: burner}, {name: server}, {name: storm}]")}
	reader := past.New(past.Config{Dir: in.Dir, Policy: func() *past.Policy { return policy }})
	t.Cleanup(reader.Close)
	api := apiOf(t, func(cfg *Config) { cfg.Past = reader })
	for _, address := range []string{in.over("/top"), in.over("/top", "group_by=group"), in.over("/top", "group_by=subtree"), in.over("/diff"), in.over("/report"), in.over("/processes/10-10/history")} {
		got := ask(t, api, address)
		for _, hidden := range []string{"burner", "server", "storm", "cmdline", pasttest.Secret} {
			if got.StatusCode != http.StatusOK || strings.Contains(string(got.Body), hidden) {
				t.Errorf("%s shows %s: %d %s", address, hidden, got.StatusCode, got.Body)
			}
		}
	}
	if got := ask(t, api, in.over("/processes/20-361000/history")); got.StatusCode != http.StatusNotFound {
		t.Errorf("the course of an excluded process: %d %s", got.StatusCode, got.Body)
	}
}

// TestSpanTags holds that answers over a span have strong tags, which differ where the bytes do.
func TestSpanTags(t *testing.T) {
	in := newIncident(t)
	api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
	tags := map[string]string{}
	for _, address := range []string{in.over("/top"), in.over("/top", "by=memory"), in.over("/diff"), in.over("/history"), in.over("/report"), in.over("/report", "format=text"), in.over("/processes/1-1/history")} {
		first := ask(t, api, address)
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || tags[tag] != "" {
			t.Errorf("%s has the tag %s, as %s", address, tag, tags[tag])
		}
		tags[tag] = address
		if compressed := ask(t, api, address, header("Accept-Encoding", "gzip")).Header.Get("ETag"); compressed == tag {
			t.Errorf("%s has the same strong tag compressed", address)
		}
		again := ask(t, api, address, header("If-None-Match", tag))
		if again.StatusCode != http.StatusNotModified || len(again.Body) > 0 {
			t.Errorf("%s: who has the answer gets %d", address, again.StatusCode)
		}
	}
}
