//go:build linux

package plugin

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// TestHistoryIsRebuiltFromPrometheus has the real Prometheus scrape the real exporter, and
// looks back by more than what still means now.
func TestHistoryIsRebuiltFromPrometheus(t *testing.T) {
	address := startExporter(t, "--process.top=3", "--collector.process.cmdline")
	prometheus := startPrometheus(t, staticConfig(strconv.Quote(address)))
	d := open(t, object{"prometheusUrl": prometheus, "scrapeInterval": "200ms", "refreshSeconds": 5}, nil)
	var table *processes.Table
	eventually(t, "history with rates", func() bool {
		var err error
		table, _, err = d.past.At(t.Context(), address, time.Now())
		return err == nil && slices.ContainsFunc(table.Numbers[processes.CPU], processes.Known)
	})

	// Prometheus looks back five minutes for a series that is not stale, so two minutes
	// ahead are a moment with processes and without rates.
	d.now = func() time.Time { return time.Now().Add(4 * time.Minute) }
	frame := frameAt(t, d, "Admin", object{"instance": address}, time.Now().Add(2*time.Minute))
	a := about(t, frame)
	if a.Mode != processes.History || !a.Partial || a.Total <= frame.Rows() || a.Host != address {
		t.Errorf("meta.custom = %+v, %d rows", a, frame.Rows())
	}
	if len(frame.Meta.Notices) != 1 || !strings.Contains(frame.Meta.Notices[0].Text, "of "+strconv.Itoa(a.Total)+" processes") {
		t.Errorf("notices %+v", frame.Meta.Notices)
	}
	ids := column(t, frame, "id")
	for i, parent := range column(t, frame, "parent") {
		if parent != "" && !slices.Contains(ids, parent) {
			t.Errorf("the parent %v of %v is missing", parent, ids[i])
		}
	}
	at := slices.Index(column(t, frame, "pid"), any(int64(1)))
	if at < 0 || column(t, frame, "parent")[at] != "" || column(t, frame, "memory")[at] == nil {
		t.Errorf("PID 1, an ancestor of all, is at %d", at)
	}
	if !slices.ContainsFunc(column(t, frame, "cmdline"), func(v any) bool { return v != nil }) {
		t.Error("no command line, which the exporter has in a label")
	}
}

// TestHistoryOfViewersHasNoCommandLines: labels are no way around the rule.
func TestHistoryOfViewersHasNoCommandLines(t *testing.T) {
	address := startExporter(t, "--collector.process.cmdline")
	d := open(t, object{"prometheusUrl": startPrometheus(t, staticConfig(strconv.Quote(address)))}, nil)
	d.now = func() time.Time { return time.Now().Add(4 * time.Minute) }
	eventually(t, "history", func() bool {
		return ask(t, d, "Viewer", object{"instance": address}, time.Now().Add(2*time.Minute)).Error == nil
	})
	frame := frameAt(t, d, "Viewer", object{"instance": address}, time.Now().Add(2*time.Minute))
	for _, name := range []string{"exe", "cmdline"} {
		if field, _ := frame.FieldByName(name); field != nil {
			t.Errorf("a viewer sees %s", name)
		}
	}
	if role := about(t, frame).Role; role != "viewer" {
		t.Errorf("role %q", role)
	}
}

func TestHistoryOfNobody(t *testing.T) {
	address := startExporter(t)
	d := open(t, object{"prometheusUrl": startPrometheus(t, staticConfig(strconv.Quote(address)))}, nil)
	before := time.Now().Add(-time.Hour)
	response := ask(t, d, "Admin", object{"instance": address}, before)
	if response.Error == nil || !strings.Contains(response.Error.Error(), "no processes of this host at that time") {
		t.Errorf("an hour before Prometheus was there: %v", response.Error)
	}
	// A label value is data, not PromQL.
	response = ask(t, d, "Admin", object{"instance": `x"} or up{job="proctree`}, before)
	if response.Error == nil || !strings.Contains(response.Error.Error(), "no processes of this host at that time") {
		t.Errorf("an instance with quotes: %v", response.Error)
	}
	alone := open(t, object{"discovery": "static", "targets": []string{address}}, nil)
	response = ask(t, alone, "Admin", object{"instance": address}, before)
	if response.Error == nil || !strings.Contains(response.Error.Error(), "no Prometheus is configured") {
		t.Errorf("without Prometheus: %v", response.Error)
	}
}
