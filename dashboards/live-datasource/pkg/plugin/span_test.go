//go:build linux

package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// crash starts a program that a signal ends, under a name of its own, and waits for its end.
func crash(t *testing.T, name string) {
	t.Helper()
	victim := sleeper(t, name)
	if out, err := exec.Command("kill", "-SEGV", strconv.Itoa(victim.Process.Pid)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_ = victim.Wait()
}

// recording is what the real exporter recorded of the host web1.
type recording struct {
	*Datasource
	// child runs, and id is its own; another process crashed before the time.
	child *exec.Cmd
	id    string
	at    time.Time
}

func record(t *testing.T) *recording {
	t.Helper()
	r := &recording{Datasource: open(t, object{"discovery": "static", "targets": []string{"web1=" + startRecorder(t)}}, nil)}
	r.child = sleeper(t, "live-child")
	recordedAt(t, r.Datasource, "web1")
	crash(t, "live-crash")
	r.at = recordedAt(t, r.Datasource, "web1")
	tree := frameAt(t, r.Datasource, "Admin", object{"instance": "web1"}, r.at)
	row := slices.Index(column(t, tree, "pid"), any(int64(r.child.Process.Pid)))
	if row < 0 {
		t.Fatal("the child was not recorded")
	}
	r.id, _ = column(t, tree, "id")[row].(string)
	return r
}

// TestSpanOfARecording asks for all that is about a whole range.
func TestSpanOfARecording(t *testing.T) {
	r := record(t)
	d, child, id, at := r.Datasource, r.child, r.id, r.at

	t.Run("process", func(t *testing.T) {
		frame := frameAt(t, d, "Viewer", object{"queryType": "process", "instance": "web1", "process": id}, at)
		if frame.Meta.Type != data.FrameTypeTimeSeriesWide || frame.Fields[0].Type() != data.FieldTypeTime || frame.Rows() == 0 {
			t.Errorf("%v, %v, %d rows", frame.Meta.Type, frame.Fields[0].Type(), frame.Rows())
		}
		if memory := column(t, frame, "memory"); !slices.ContainsFunc(memory, func(v any) bool { return v != nil }) {
			t.Errorf("memory %v", memory)
		}
		one := frameAt(t, d, "Viewer", object{"queryType": "process", "instance": "web1", "process": id, "metric": "threads"}, at)
		if n, others := numbers(one); n != 1 || len(others) != 1 || one.Fields[1].Labels["name"] != "live-child" {
			t.Errorf("one metric: %d numbers, %v, %v", n, others, one.Fields[1].Labels)
		}
		if none := frameAt(t, d, "Viewer", object{"queryType": "process", "instance": "web1", "process": ""}, at); len(none.Fields) != 0 {
			t.Errorf("no process is chosen, and there are %d fields", len(none.Fields))
		}
		response := ask(t, d, "Viewer", object{"queryType": "process", "instance": "web1", "process": "1-9"}, at)
		if response.Error == nil || response.Error.Error() != "The exporter has no recording of this process in that time." {
			t.Errorf("a process that never was: %v", response.Error)
		}
	})
	t.Run("used", func(t *testing.T) {
		query := object{"queryType": "used", "instance": "web1", "sort": "memory", "limit": 3}
		frame := frameAt(t, d, "Admin", query, at)
		n, others := numbers(frame)
		if n != 1 || frame.Rows() != 3 || frame.Meta.Type != data.FrameTypeNumericLong ||
			slices.ContainsFunc(others, func(f data.FieldType) bool { return f != data.FieldTypeString }) {
			t.Errorf("%d numbers, %v, %d rows, %v", n, others, frame.Rows(), frame.Meta.Type)
		}
		query["groupBy"] = "user"
		if frame := frameAt(t, d, "Admin", query, at); frame.Rows() == 0 || len(frame.Fields) != 2 {
			t.Errorf("by user: %d rows, %d fields", frame.Rows(), len(frame.Fields))
		}
	})
	t.Run("events", func(t *testing.T) {
		query := object{"queryType": "events", "instance": "web1", "kind": "exit", "status": "abnormal", "match": "live-crash"}
		frame := frameAt(t, d, "Admin", query, at)
		if frame.Meta.Type != data.FrameTypeLogLines || frame.Rows() == 0 {
			t.Fatalf("%v, %d rows", frame.Meta.Type, frame.Rows())
		}
		if body := fmt.Sprint(column(t, frame, "body")[0]); !strings.HasPrefix(body, "exit live-crash (") || !strings.Contains(body, "SIGSEGV") {
			t.Errorf("body %q", body)
		}
		if column(t, frame, "severity")[0] != "error" {
			t.Errorf("severity %v", column(t, frame, "severity")[0])
		}
		var labels map[string]string
		raw, _ := column(t, frame, "labels")[0].(json.RawMessage)
		if err := json.Unmarshal(raw, &labels); err != nil || labels["name"] != "live-crash" || labels["reason"] != "SIGSEGV" {
			t.Errorf("labels %v, %v", labels, err)
		}
		query["format"] = "annotations"
		frame = frameAt(t, d, "Viewer", query, at)
		if title := fmt.Sprint(column(t, frame, "title")[0]); !strings.HasPrefix(title, "exit live-crash (") || column(t, frame, "tags")[0] != "exit,web1" {
			t.Errorf("title %q, tags %v", title, column(t, frame, "tags"))
		}
	})
	t.Run("report", func(t *testing.T) {
		frame := frameAt(t, d, "Admin", object{"queryType": "report", "instance": "web1", "section": "crashed"}, at)
		if !slices.Contains(column(t, frame, "name"), any("live-crash")) || !slices.Contains(column(t, frame, "reason"), any("SIGSEGV")) {
			t.Errorf("crashed: %s", frameText(t, frame))
		}
		// What a reader needs to name a culprit is seen first, without scrolling.
		var first []string
		for _, field := range frame.Fields[:6] {
			first = append(first, field.Name)
		}
		if got := strings.Join(first, " "); got != "name reason end_time parent user cmdline" {
			t.Errorf("the first columns are %s", got)
		}
		empty := frameAt(t, d, "Admin", object{"queryType": "report", "instance": "web1", "section": "limits_nearly_reached"}, at)
		if empty.Fields[0].Name != "name" && empty.Rows() == 0 {
			t.Errorf("a section without rows: %s", frameText(t, empty))
		}
		whole := ask(t, d, "Admin", object{"queryType": "report", "instance": "web1"}, at)
		if whole.Error != nil || len(whole.Frames) < 4 {
			t.Errorf("%v, %d sections", whole.Error, len(whole.Frames))
		}
	})
	t.Run("viewers see no command lines", func(t *testing.T) {
		for _, query := range []object{
			{"queryType": "report"},
			{"queryType": "used"},
			{"queryType": "used", "groupBy": "subtree"},
			{"queryType": "events"},
			{"queryType": "events", "format": "annotations"},
			{"queryType": "process", "process": id},
		} {
			query["instance"] = "web1"
			response := ask(t, d, "Viewer", query, at)
			if response.Error != nil {
				t.Errorf("%v: %v", query, response.Error)
			}
			for _, frame := range response.Frames {
				if text := frameText(t, frame); strings.Contains(text, child.Path) || strings.Contains(text, "cmdline") {
					t.Errorf("%v: a command line in %s", query, frame.Name)
				}
			}
		}
		search := object{"queryType": "events", "instance": "web1", "match": "86399"}
		if frame := frameAt(t, d, "Viewer", search, at); frame.Rows() != 0 {
			t.Error("a viewer finds arguments by searching them")
		}
		if frame := frameAt(t, d, "Admin", search, at); frame.Rows() == 0 {
			t.Error("an administrator does not find arguments")
		}
	})
}

// TestSpanWithoutARecording says so.
func TestSpanWithoutARecording(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startExporter(t)}}, nil)
	for _, query := range []object{{"queryType": "report"}, {"queryType": "used"}} {
		query["instance"] = "web1"
		if got := failureOf(t, d, query); got != "The exporter has no recording of that time." {
			t.Errorf("%v: %s", query, got)
		}
	}
	if frame := frameOf(t, d, "Viewer", object{"queryType": "events", "instance": "web1", "kind": "oom_kill"}); len(frame.Fields) == 0 {
		t.Error("events of the last minutes need no recording")
	}
}

// TestRankingOverSeveralHosts asks each, a few at once, and names those that are missing.
func TestRankingOverSeveralHosts(t *testing.T) {
	var now, most atomic.Int64
	host := func(name string, memory int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			_, _ = fmt.Fprintf(w, `{"status":"success","data":{"time":1700000000,"role":"operator","total":2,"processes":[`+
				`{"id":"1-1","pid":1,"name":%q,"memory":{"resident_bytes":%d}},{"id":"2-1","pid":2,"name":"small","memory":{"resident_bytes":1}}]}}`, name, memory)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	targets, chosen := []string{}, []string{}
	for i := range 10 {
		name := fmt.Sprintf("web%d", i)
		targets, chosen = append(targets, name+"="+host("big-of-"+name, 1000+i)), append(chosen, name)
	}
	targets, chosen = append(targets, "down=127.0.0.1:1"), append(chosen, "down")
	d := open(t, object{"discovery": "static", "targets": targets, "maxConcurrency": 2}, nil)
	frame := frameOf(t, d, "Viewer", object{"queryType": "top", "instance": chosen, "sort": "memory", "limit": 3})
	if got := fmt.Sprint(column(t, frame, "instance"), column(t, frame, "name"), column(t, frame, "memory")); got !=
		"[web9 web8 web7] [big-of-web9 big-of-web8 big-of-web7] [1009 1008 1007]" {
		t.Error(got)
	}
	if n, _ := numbers(frame); n != 1 || frame.Meta.Type != data.FrameTypeNumericLong {
		t.Errorf("%d numbers, %v", n, frame.Meta.Type)
	}
	if len(frame.Meta.Notices) != 1 || frame.Meta.Notices[0].Text != "1 of 11 hosts are missing. down: The exporter refuses the connection; perhaps it does not run." {
		t.Errorf("%+v", frame.Meta.Notices)
	}
	if most.Load() > 2 {
		t.Errorf("%d hosts were asked at once", most.Load())
	}
	ascending := frameOf(t, d, "Viewer", object{"queryType": "top", "instance": chosen[8:], "sort": "nice", "limit": 3})
	if ascending.Rows() != 0 {
		t.Errorf("nice is not known, and there are %d rows", ascending.Rows())
	}
	if got := failureOf(t, d, object{"queryType": "top", "instance": []string{"down", "nobody"}}); got != "The exporter refuses the connection; perhaps it does not run." {
		t.Errorf("no host answers: %s", got)
	}
}

// TestRankingOfNoHost asks nobody: "All" of a variable is no error of a panel.
func TestRankingOfNoHost(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + server.URL}}, nil)
	for _, queryType := range []string{"top", "used"} {
		for _, none := range []any{"", []string{}, nil} {
			frame := frameOf(t, d, "Viewer", object{"queryType": queryType, "instance": none, "sort": "memory"})
			if len(frame.Fields) != 0 || len(frame.Meta.Notices) != 1 || !strings.Contains(frame.Meta.Notices[0].Text, "Choose up to 100 hosts") {
				t.Errorf("%s of %v: %d fields, %+v", queryType, none, len(frame.Fields), frame.Meta.Notices)
			}
		}
	}
	if asked.Load() != 0 {
		t.Errorf("the exporter was asked %d times", asked.Load())
	}
	for _, queryType := range []string{"tree", "count", "host", "process", "events", "report"} {
		if got := failureOf(t, d, object{"queryType": queryType, "instance": ""}); got != "instance: missing; choose a host" {
			t.Errorf("%s: %s", queryType, got)
		}
	}
}

// TestReportRowsCanBeLinked: dashboards link from each row of processes, whatever is known of them.
func TestReportRowsCanBeLinked(t *testing.T) {
	for _, s := range sections {
		for _, rows := range [][]reportRow{nil, make([]reportRow, 1)} {
			frame := sectionFrame(s.name, rows, viewers)
			for _, name := range []string{"name", "id", "group"} {
				if field, _ := frame.FieldByName(name); (field != nil) != (s.name != "peaks") {
					t.Errorf("%s with %d rows: the field %s is there: %v", s.name, len(rows), name, field != nil)
				}
			}
		}
	}
}

// FuzzQuery: whatever a browser sends is a query within its bounds, or an error.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		`{"instance":"web1"}`, `{"instance":["a","b"],"queryType":"top","sort":"nice"}`, `{"queryType":"process","process":"1-2","instance":"a"}`,
		`{"queryType":"events","kind":["exit"],"status":"SIGSEGV","instance":"a"}`, `{"queryType":"report","section":"peaks","instance":"a"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := readQuery(backend.DataQuery{JSON: []byte(text)})
		if err != nil {
			return
		}
		if q.Instance == "" && (!q.ranks() || len(q.Instances) > 0) || len(q.Instances) > maxHosts || q.Limit < 0 || q.Limit > maxLimit {
			t.Fatalf("%+v", q)
		}
		if q.Type == typeProcess && strings.ContainsAny(q.Process, "/?#.%") {
			t.Fatalf("the path has %q", q.Process)
		}
		if (q.Type == typeTree || q.Type == typeTop) && q.ranking == nil {
			t.Fatalf("no ranking: %+v", q)
		}
	})
}

// TestSpanAnswersThatAreNone: what is no answer of an exporter is refused, and nothing of it is shown.
func TestSpanAnswersThatAreNone(t *testing.T) {
	for _, body := range []string{"", "{", `{"status":"error"}`, `{"status":"success"}`, `{"status":"success","data":[]}`, "<html>secret</html>"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		d := open(t, object{"discovery": "static", "targets": []string{"web1=" + server.URL}}, nil)
		for _, kind := range []string{"used", "events", "report", "process"} {
			got := failureOf(t, d, object{"queryType": kind, "instance": "web1", "process": "1-2"})
			if got != "The exporter does not answer as one does; perhaps something else listens there." {
				t.Errorf("%s, %q: %s", kind, body, got)
			}
		}
		server.Close()
	}
}

// TestSpanIsInWholeSeconds, so that people who look at the same range share an answer.
func TestSpanIsInWholeSeconds(t *testing.T) {
	asked := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RequestURI()
		_, _ = w.Write([]byte(`{"status":"success","data":{"top":[]}}`))
	}))
	defer server.Close()
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + server.URL}}, nil)
	frameAt(t, d, "Admin", object{"queryType": "used", "instance": "web1"}, time.UnixMilli(1700003600700))
	if got := <-asked; got != "/api/v1/top?by=cpu&from=1700000000&group_by=process&limit=10&to=1700003601" {
		t.Error(got)
	}
}
