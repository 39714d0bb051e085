package treeapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/past/pasttest"
	"proctree/tree-api/rest"
	"proctree/tree-api/treetest"
)

// once hands over events, and then ends the reading.
type once struct {
	events []process.Event
	lost   [process.LossKinds]uint64
	stop   context.CancelFunc
}

func (o *once) Read(_ time.Duration, each func(*process.Event)) error {
	for i := range o.events {
		each(&o.events[i])
	}
	o.stop()
	return nil
}

func (o *once) Counts() (counted, lost [process.LossKinds]uint64, err error) {
	return counted, o.lost, nil
}

func (o *once) Close() error { return nil }

// logOf returns a log that has read events.
func logOf(tb testing.TB, policy func() *events.Policy, lost [process.LossKinds]uint64, list ...process.Event) *events.Log {
	tb.Helper()
	ctx, stop := context.WithCancel(tb.Context())
	l := events.New(events.Config{Reader: &once{list, lost, stop}, Policy: policy})
	if err := l.Run(ctx); err != nil {
		tb.Fatal(err)
	}
	return l
}

// lifeOf returns the events of a process, a second apart.
func lifeOf(pid int, at time.Time, name, user string, args ...string) []process.Event {
	facts := &process.Facts{User: user, Unit: name + ".service", Exe: "/opt/" + name, Cmdline: args}
	e := process.Event{Time: at, ID: process.ID{PID: pid, StartTicks: 500}, Parent: 1, Name: name, Facts: facts}
	list := []process.Event{e, e, e}
	for i, kind := range []process.EventKind{process.EventFork, process.EventExec, process.EventExit} {
		list[i].Kind, list[i].Time = kind, at.Add(time.Duration(i)*time.Second)
		list[i].Age = time.Duration(i) * time.Second
	}
	list[2].Ended, list[2].Known, list[2].CPUTime, list[2].PeakBytes = true, process.HasCPU|process.HasMemory, 1500*time.Microsecond, 4096
	return list
}

func testPolicy(tb testing.TB, config string) func() *events.Policy {
	tb.Helper()
	policy := &events.Policy{Rules: rulestest.Must(tb, config), Shown: &treetest.Masked}
	return func() *events.Policy { return policy }
}

func TestEvents(t *testing.T) {
	now := time.Now().Truncate(time.Second).Add(-time.Minute)
	ok := lifeOf(100, now, "works", "ann", "works", "--password=hunter2", "--fast")
	crash := lifeOf(200, now.Add(3*time.Second), "crashes", "bob", "crashes", strings.Repeat("x", 600))
	crash[2].Reason = "SIGSEGV"
	fails := lifeOf(300, now.Add(6*time.Second), "fails", "bob", "fails")
	fails[2].Reason, fails[2].Code = "exit_code", 3
	killed := lifeOf(400, now.Add(9*time.Second), "hungry", "bob", "hungry")
	killed[2].Reason = process.OOMKilled
	hidden := lifeOf(500, now.Add(12*time.Second), "hidden", "vault", "hidden")
	var all []process.Event
	for _, life := range [][]process.Event{ok, crash, fails, killed, hidden} {
		all = append(all, life...)
	}
	log := logOf(t, testPolicy(t, "exclude: [{user: vault}]\ngroups: [{group: tools, name: works}]"), [process.LossKinds]uint64{process.EventExit: 7}, all...)
	api := apiOf(t, func(cfg *Config) { cfg.Events = log })
	schemas := treetest.NewSchemas(t)
	for query, want := range map[string]string{
		"":                                        "lost exit/hungry oom_kill/hungry exec/hungry fork/hungry exit/fails exec/fails fork/fails exit/crashes exec/crashes fork/crashes exit/works exec/works fork/works",
		"?kind=exec&kind=fork&user=ann":           "exec/works fork/works",
		"?kind=exec&match=FAST":                   "exec/works",
		"?kind=exec&match=hunter2":                "",
		"?kind=exec&match=bob&limit=2":            "exec/hungry exec/fails",
		"?kind=exec&pid=200&pid=300":              "exec/fails exec/crashes",
		"?kind=exec&unit=fails.service":           "exec/fails",
		"?kind=exec&group=tools":                  "exec/works",
		"?kind=exec&user=vault":                   "",
		"?kind=exit&status=abnormal":              "lost exit/hungry exit/fails exit/crashes",
		"?kind=exit&status=SIGSEGV&status=normal": "lost exit/crashes exit/works",
		"?kind=exit&status=signal":                "lost exit/crashes",
		"?kind=exit&status=3":                     "lost exit/fails",
		"?kind=exit&status=4":                     "lost",
		"?kind=exit&status=0":                     "lost exit/works",
		"?kind=oom_kill&status=oom_kill":          "oom_kill/hungry",
		"?kind=lost":                              "lost",
		fmt.Sprintf("?kind=exec&from=%d&to=%d", now.Unix()+4, now.Unix()+7): "exec/fails exec/crashes",
		"?to=2001-01-01T00:00:00Z": "",
	} {
		got := Data(t, ask(t, api, "/api/v1/events"+query), schemas, "EventsAnswer")
		var list []string
		for _, e := range got["events"].([]any) {
			e := e.(map[string]any)
			text := e["kind"].(string)
			if name, ok := e["name"]; ok {
				text += "/" + name.(string)
			}
			list = append(list, text)
		}
		if text := strings.Join(list, " "); text != want {
			t.Errorf("%s is answered with\n%s, want\n%s", query, text, want)
		}
	}
	got := Data(t, ask(t, api, "/api/v1/events?pid=100&kind=exit"), schemas, "EventsAnswer")["events"].([]any)[1].(map[string]any)
	for key, want := range map[string]any{
		"id": "100-500", "ppid": 1.0, "user": "ann", "group": "tools", "reason": "normal", "run_seconds": 2.0, "cpu_seconds": 0.0015, "peak_bytes": 4096.0, "exe": "/opt/works",
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	long := Data(t, ask(t, api, "/api/v1/events?pid=200&kind=exec"), schemas, "EventsAnswer")["events"].([]any)[0].(map[string]any)
	if args := long["cmdline"].([]any); len(args) != 1 || long["truncated"] != true {
		t.Errorf("more than 512 bytes are shown as %v", long)
	}
}

// TestEventsByRole: viewers see no command lines and no paths, and find nothing by them.
func TestEventsByRole(t *testing.T) {
	log := logOf(t, testPolicy(t, ""), [process.LossKinds]uint64{}, lifeOf(100, time.Now().Add(-time.Minute), "works", "ann", "works", "--name=SECRET")...)
	with := func(cfg *Config) { cfg.Events = log }
	body := string(ask(t, apiOf(t, with, asViewer(t)), "/api/v1/events").Body)
	if !strings.Contains(body, `"name":"works"`) || strings.Contains(body, "SECRET") || strings.Contains(body, "/opt") {
		t.Errorf("a viewer sees %s", body)
	}
	if body := string(ask(t, apiOf(t, with, asViewer(t)), "/api/v1/events?match=secret").Body); !strings.Contains(body, `"matched":0`) {
		t.Errorf("a viewer finds %s", body)
	}
	nobody, err := access.New(access.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, apiOf(t, with, func(cfg *Config) { cfg.Access = nobody }), "/api/v1/events", fromAfar); got.StatusCode < 400 {
		t.Errorf("somebody without a role gets %d", got.StatusCode)
	}
}

func fromAfar(r *http.Request) { r.RemoteAddr = "192.0.2.1:4242" }

// TestEventsOfAStricterConfiguration: what was excluded or masked since is not shown either.
func TestEventsOfAStricterConfiguration(t *testing.T) {
	lax := &events.Policy{Rules: &rules.Rules{}, Shown: &rules.Shown{Cmdline: func(args []string) []string { return args }}}
	current := lax
	list := append(lifeOf(100, time.Now().Add(-time.Minute), "works", "ann", "works", "plain"), lifeOf(200, time.Now().Add(-time.Minute), "hides", "vault", "hides")...)
	log := logOf(t, func() *events.Policy { return current }, [process.LossKinds]uint64{}, list...)
	api := apiOf(t, func(cfg *Config) { cfg.Events = log })
	if body := string(ask(t, api, "/api/v1/events").Body); !strings.Contains(body, "plain") || !strings.Contains(body, "hides") {
		t.Fatalf("shown at first: %s", body)
	}
	current = &events.Policy{Rules: rulestest.Must(t, "exclude: [{user: vault}]"), Shown: &rules.Shown{}}
	if body := string(ask(t, api, "/api/v1/events").Body); strings.Contains(body, "plain") || strings.Contains(body, "hides") {
		t.Errorf("shown after a reload: %s", body)
	}
}

// TestRecordedEvents asks for events from before the exporter was started: each comes once, newest first.
func TestRecordedEvents(t *testing.T) {
	began := time.Now().Truncate(time.Second).Add(-time.Hour)
	recording := pasttest.New(t)
	var all []process.GroupedEvent
	for i := range 20 {
		for _, e := range lifeOf(100+i, began.Add(time.Duration(i)*time.Minute), "works", "ann", "works", "--token=hunter2") {
			all = append(all, process.GroupedEvent{Event: e, Group: "tools"})
		}
	}
	all[2].Facts = &process.Facts{User: "vault"}
	table := hosttest.Snapshot(time.Hour, hosttest.Process(1, 0, "init"))
	table.Taken = began.Add(20 * time.Minute)
	recording.Events = all
	recording.Add(t, treetest.ReportOf(t, table))
	log := logOf(t, testPolicy(t, "exclude: [{user: vault}]"), [process.LossKinds]uint64{}, lifeOf(500, time.Now(), "lives", "ann", "lives")...)
	api := apiOf(t, func(cfg *Config) { cfg.Events, cfg.Past = log, recording.Past(t) })
	schemas := treetest.NewSchemas(t)
	get := func(query string) (pids []int, matched float64) {
		data := Data(t, ask(t, api, "/api/v1/events"+query), schemas, "EventsAnswer")
		for _, e := range data["events"].([]any) {
			pids = append(pids, int(e.(map[string]any)["pid"].(float64)))
		}
		return pids, data["matched"].(float64)
	}
	from := fmt.Sprintf("?from=%d&to=%d", began.Unix()-1, time.Now().Unix()+60)
	if pids, matched := get(from + "&kind=exit"); matched != 20 || len(pids) != 20 || pids[0] != 500 || pids[1] != 119 || pids[19] != 101 {
		t.Errorf("%g exits: %v", matched, pids)
	}
	if pids, matched := get(from + "&kind=exec&limit=3"); matched != 21 || !slices.Equal(pids, []int{500, 119, 118}) {
		t.Errorf("%g execs: %v", matched, pids)
	}
	if pids, _ := get(from + "&match=hunter2"); len(pids) != 0 {
		t.Errorf("a secret is found in %v", pids)
	}
	for q, want := range map[string]float64{
		"name=works": 19, "works": 19, "!name:work": 1, "user:ann pid:119": 1, "pid>117 pid<500": 2, `"lives"`: 1, "/^wo.ks$/": 19, "!/^wo.ks$/ group:o": 0,
		"hunter2": 0, "cmd:hunter2": 0, "cmdline:token": 19, "user=an": 0,
	} {
		if _, matched := get(from + "&kind=exit&q=" + url.QueryEscape(q)); matched != want {
			t.Errorf("%s: %g exits, want %g", q, matched, want)
		}
	}
	viewer := apiOf(t, func(cfg *Config) { cfg.Events, cfg.Past = log, recording.Past(t) }, asViewer(t))
	for _, q := range []string{"cmd:token", "!cmd:token", "exe:x", "!exe:x", "/token/"} {
		if body := string(ask(t, viewer, "/api/v1/events"+from+"&q="+url.QueryEscape(q)).Body); !strings.Contains(body, `"matched":0`) {
			t.Errorf("a viewer learns something by %s: %.200s", q, body)
		}
	}
	if pids, _ := get(fmt.Sprintf("?from=%d&to=%d", began.Unix()+15*60, began.Unix()+15*60+2)); !slices.Equal(pids, []int{115, 115, 115}) {
		t.Errorf("a span of 2 s has %v", pids)
	}
}

func TestEventsRefusals(t *testing.T) {
	log := logOf(t, testPolicy(t, ""), [process.LossKinds]uint64{})
	api, schemas := apiOf(t, func(cfg *Config) { cfg.Events = log }), treetest.NewSchemas(t)
	for query, want := range map[string]string{
		"kind=birth": "the kinds are fork, exec", "pid=0": "whole number from 1", "pid=x": "whole number", "status=256": "exit code from 0 to 255",
		"status=bad": "exit code from 0 to 255", "limit=0": "from 1 to 10000", "limit=10001": "from 1 to 10000", "from=now": "must be a time",
		"from=2&to=1": "after the end", "from=1&from=2": "given 2 times", "since=1": "unknown; there are from", "match=" + strings.Repeat("x", 257): "longer than 256",
		"q=cpu%3E1": "events have no \"cpu\"; they have pid, name", "q=port:80": "no ports and no files", "q=state:run": "events have no", "q=%22x": "closing quotation mark",
		"q=/(/": "not valid", "user=" + strings.Repeat("x", 257): "longer than 256", strings.Repeat("pid=1&", 65) + "pid=2": "more than 64 times", "status=03": "exit code from 0 to 255",
	} {
		checkFailure(t, schemas, ask(t, api, "/api/v1/events?"+query), http.StatusBadRequest, rest.ErrorBadData, want)
	}
	checkFailure(t, schemas, ask(t, apiOf(t), "/api/v1/events"), http.StatusNotFound, rest.ErrorNotFound, "--events.source=off")
}
