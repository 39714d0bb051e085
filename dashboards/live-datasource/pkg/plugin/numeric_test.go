//go:build linux

package plugin

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// numbers are the fields of a frame that an alert rule can take.
func numbers(frame *data.Frame) (count int, others []data.FieldType) {
	for _, field := range frame.Fields {
		if field.Type().Numeric() {
			count++
		} else {
			others = append(others, field.Type())
		}
	}
	return count, others
}

// TestNumericFramesAreForAlerting: one number beside texts, or numbers alone with labels.
func TestNumericFramesAreForAlerting(t *testing.T) {
	sleeper(t, "live-figure")
	sleeper(t, "live-figure")
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startExporter(t)}}, nil)

	count := frameOf(t, d, "", object{"queryType": "count", "instance": "web1", "match": "live-figure"})
	if n, others := numbers(count); n != 1 || len(others) > 0 || count.Rows() != 1 || count.Meta.Type != data.FrameTypeNumericWide {
		t.Errorf("count: %d numbers, %v, %d rows, %v", n, others, count.Rows(), count.Meta.Type)
	}
	if got := column(t, count, "processes")[0]; got != 2.0 || count.Fields[0].Labels["instance"] != "web1" {
		t.Errorf("count = %v %v", got, count.Fields[0].Labels)
	}

	top := frameOf(t, d, "", object{"queryType": "top", "instance": "web1", "sort": "memory", "limit": 3})
	n, others := numbers(top)
	if n != 1 || top.Rows() != 3 || top.Meta.Type != data.FrameTypeNumericLong ||
		slices.ContainsFunc(others, func(f data.FieldType) bool { return f != data.FieldTypeString }) {
		t.Errorf("top: %d numbers, %v, %d rows, %v", n, others, top.Rows(), top.Meta.Type)
	}
	memory := column(t, top, "memory")
	if memory[0].(float64) < memory[1].(float64) || memory[1].(float64) < memory[2].(float64) {
		t.Errorf("top = %v", memory)
	}

	host := frameOf(t, d, "", object{"queryType": "host", "instance": "web1"})
	if n, others := numbers(host); n < 6 || len(others) > 0 || host.Rows() != 1 {
		t.Errorf("host: %d numbers, %v, %d rows", n, others, host.Rows())
	}
	if total := column(t, host, "memory_total")[0].(float64); total < 1<<20 {
		t.Errorf("the host has %v bytes of memory", total)
	}
	labels := make(map[string]bool)
	for _, field := range host.Fields {
		labels[field.Labels.String()] = true
	}
	if len(labels) != len(host.Fields) {
		t.Errorf("labels do not tell numbers apart, as alert rules want: %v", labels)
	}
	for _, key := range []string{"metric", "figure"} { // The second is the former name.
		one := frameOf(t, d, "", object{"queryType": "host", "instance": "web1", key: "memory_available"})
		if len(one.Fields) != 1 || one.Fields[0].Name != "memory_available" {
			t.Errorf("one metric of the host by %q: %v", key, one.Fields)
		}
	}
	past := ask(t, d, "", object{"queryType": "host", "instance": "web1"}, time.Now().Add(-time.Hour))
	if past.Error == nil {
		t.Error("the host's numbers of an hour ago: no error")
	}
}

func TestBadQueriesAreNamed(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=127.0.0.1:1"}}, nil)
	_, noRanking := processes.FindRanking("pid")
	for _, test := range []struct {
		want  string
		query object
	}{
		{"instance: missing; choose a host", object{}},
		{`queryType: must be tree, host, top, count, process, used, events or report, not "x"`, object{"instance": "web1", "queryType": "x"}},
		{"sort: " + noRanking.Error(), object{"instance": "web1", "sort": "pid"}},
		{`metric: a host has no "x"`, object{"instance": "web1", "queryType": "host", "metric": "x"}},
		{"process: must be an id of a process such as 4711-981234, not \"1/../2\"", object{"instance": "web1", "queryType": "process", "process": "1/../2"}},
		{`metric: the course of a process has no "x"`, object{"instance": "web1", "queryType": "process", "process": "1-2", "metric": "x"}},
		{`sort: must be one of cpu, memory, read, written, not "threads"`, object{"instance": "web1", "queryType": "used", "sort": "threads"}},
		{`groupBy: must be one of process, group, user, unit, subtree, not "x"`, object{"instance": "web1", "queryType": "used", "groupBy": "x"}},
		{"kind: must be one of fork, exec, exit, oom_kill, control, lost, not \"x\"", object{"instance": "web1", "queryType": "events", "kind": "x"}},
		{"status: must be an exit code, a signal, normal, abnormal, exit_code, signal or oom_kill, not \"a&b\"", object{"instance": "web1", "queryType": "events", "status": "a&b"}},
		{`format: must be annotations or absent, not "x"`, object{"instance": "web1", "queryType": "events", "format": "x"}},
		{"instance: only queries of types top and used can be about several hosts", object{"instance": []string{"web1", "web2"}}},
		{"instance: 101 hosts; choose at most 100", object{"instance": slices.Repeat([]string{"web1"}, 101), "queryType": "top"}},
		{"limit: must be a number from 0 to 100000", object{"instance": "web1", "limit": -1}},
		{"match: longer than 512 bytes", object{"instance": "web1", "match": string(make([]byte, 513))}},
		{"the query is not understood: must be a text or a list of texts", object{"instance": "web1", "user": 7}},
	} {
		if got := failureOf(t, d, test.query); got != test.want {
			t.Errorf("%v: %q, want %q", test.query, got, test.want)
		}
	}
}

// TestVariables asks as templates do.
func TestVariables(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web2=127.0.0.1:1", "web1=" + startExporter(t)}}, nil)
	list := func(path string) (values []string) {
		t.Helper()
		code, body := resource(t, d, http.MethodGet, path)
		if err := json.Unmarshal(body, &values); err != nil || code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, code, body)
		}
		return values
	}
	if got := list("instances"); !slices.Equal(got, []string{"web1", "web2"}) {
		t.Errorf("instances %q", got)
	}
	if got := list("users?instance=web1"); !slices.Contains(got, "root") || slices.Contains(got, "") {
		t.Errorf("users %q", got)
	}
	if got := list("groups?instance=web1"); len(got) == 0 || !slices.IsSorted(got) {
		t.Errorf("groups %q", got)
	}
	for path, want := range map[string]int{
		"groups": http.StatusNotFound, "groups?instance=nobody": http.StatusNotFound,
		"users?instance=web2": http.StatusBadGateway, "other": http.StatusNotFound, "instances/../groups": http.StatusNotFound,
	} {
		if code, body := resource(t, d, http.MethodGet, path); code != want && code != http.StatusTemporaryRedirect && code != http.StatusMovedPermanently {
			t.Errorf("%s: %d %s, want %d", path, code, body, want)
		}
	}
	if code, _ := resource(t, d, http.MethodPost, "instances"); code != http.StatusMethodNotAllowed {
		t.Errorf("POST instances: %d", code)
	}
}
