//go:build linux

package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// startRecorder runs the real exporter, which records each second, and returns HOST:PORT.
func startRecorder(t *testing.T, args ...string) string {
	t.Helper()
	return startExporter(t, append([]string{"--history.dir=" + t.TempDir(), "--history.interval=1s"}, args...)...)
}

// recordedAt waits until the exporter has recorded a moment, and returns it. The data source's clock is
// put forward, so that the moment is the past.
func recordedAt(t *testing.T, d *Datasource, instance string) time.Time {
	t.Helper()
	at := time.Now().Add(time.Second)
	eventually(t, "recorded moment", func() bool {
		if time.Now().Before(at.Add(time.Second)) {
			return false
		}
		_, err := d.recorded(t.Context(), instance, at)
		return err == nil
	})
	d.now = func() time.Time { return time.Now().Add(2 * nowish) }
	return at
}

// TestPastIsCompleteWhereItWasRecorded looks for a process that has ended by now.
func TestPastIsCompleteWhereItWasRecorded(t *testing.T) {
	gone := sleeper(t, "live-gone")
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startRecorder(t)}, "pageUrl": "https://{instance}/"}, nil)
	at := recordedAt(t, d, "web1")
	if err := gone.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = gone.Wait()

	frame := frameAt(t, d, "Admin", object{"instance": "web1"}, at)
	a := about(t, frame)
	if a.Mode != processes.History || a.Source != processes.Recording || a.Partial || a.Total != frame.Rows() || a.Role != "operator" {
		t.Errorf("meta.custom = %+v, %d rows", a, frame.Rows())
	}
	if scan := time.UnixMilli(a.Time); scan.After(at) || at.Sub(scan) > 10*time.Second {
		t.Errorf("the table is of %v, asked for %v", scan, at)
	}
	if len(frame.Meta.Notices) != 1 || !strings.HasPrefix(frame.Meta.Notices[0].Text, "Every process, as recorded by the exporter at ") {
		t.Errorf("notices %+v", frame.Meta.Notices)
	}
	row := slices.Index(column(t, frame, "pid"), any(int64(gone.Process.Pid)))
	if row < 0 || column(t, frame, "cmdline")[row] != gone.Path+" 86399" || column(t, frame, "ppid")[row] != int64(os.Getpid()) {
		t.Fatalf("the process that has ended is at %d", row)
	}
	name, _ := frame.FieldByName("name")
	if want := "https://web1/#time=" + strconv.FormatInt(a.Time, 10) + "&process=${__data.fields.id:percentencode}"; name.Config.Links[0].URL != want {
		t.Errorf("the link is %q, want %q", name.Config.Links[0].URL, want)
	}

	viewer := frameAt(t, d, "Viewer", object{"instance": "web1"}, at)
	if text := frameText(t, viewer); strings.Contains(text, gone.Path) || about(t, viewer).Role != "viewer" {
		t.Error("a viewer sees command lines of the past")
	}
	count := frameAt(t, d, "Viewer", object{"queryType": "count", "instance": "web1", "match": "live-gone"}, at)
	if got := column(t, count, "processes")[0]; got != 1.0 {
		t.Errorf("%v processes match", got)
	}
	host := frameAt(t, d, "Viewer", object{"queryType": "host", "instance": "web1", "metric": "memory_total"}, at)
	if memory, ok := column(t, host, "memory_total")[0].(float64); !ok || memory < 1<<20 {
		t.Errorf("memory of the host: %v", column(t, host, "memory_total"))
	}
}

// TestMoments steps from table to table, while the range ends now.
func TestMoments(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startRecorder(t)}}, nil)
	first := recordedAt(t, d, "web1")
	d.now = time.Now
	tableAt := func(at int64) int64 {
		t.Helper()
		a := about(t, frameOf(t, d, "Viewer", object{"instance": "web1", "time": at, "stream": true}))
		if a.Mode != processes.History || a.Source != processes.Recording || a.Channel != "" {
			t.Fatalf("a moment that is seconds old: %+v", a)
		}
		return a.Time
	}
	start := tableAt(first.UnixMilli())
	var near struct{ Previous, Next int64 }
	eventually(t, "a table after it", func() bool {
		code, body := resource(t, d, http.MethodGet, "moments?instance=web1&time="+strconv.FormatInt(start, 10))
		if code != http.StatusOK {
			t.Fatalf("%d %s", code, body)
		}
		if err := json.Unmarshal(body, &near); err != nil {
			t.Fatal(err)
		}
		return near.Next != 0
	})
	if next := tableAt(near.Next); next <= start || next > near.Next || near.Next%1000 != 0 {
		t.Errorf("after %d, at %d: %d", start, near.Next, next)
	}
	if near.Previous >= start || near.Previous != 0 && tableAt(near.Previous) >= start {
		t.Errorf("before %d: %d", start, near.Previous)
	}
	for address, want := range map[string]int{
		"moments?instance=web1": http.StatusBadRequest, "moments?instance=web1&time=-1": http.StatusBadRequest,
		"moments?instance=web1&time=1e3": http.StatusBadRequest, "moments?instance=nobody&time=1000": http.StatusNotFound,
	} {
		if code, body := resource(t, d, http.MethodGet, address); code != want {
			t.Errorf("%s: %d %s, want %d", address, code, body, want)
		}
	}
	if got := failureOf(t, d, object{"instance": "web1", "time": -1}); got != "time: must be in milliseconds since 1970" {
		t.Error(got)
	}
}

// TestPastFallsBack to Prometheus where the exporter has no recording of the time, does not answer, or is
// of a release that knows no time, and says why.
func TestPastFallsBack(t *testing.T) {
	address := startRecorder(t, "--process.top=3")
	prometheus := startPrometheus(t, staticConfig(strconv.Quote(address)))
	refusing := func(status int) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(server.Close)
		return server.URL
	}
	tests := map[string]struct{ target, why string }{
		"out of the recording":    {address, "The exporter has no recording of that time."},
		"without a recording":     {refusing(http.StatusNotFound), "The exporter has no recording of that time."},
		"of an earlier release":   {refusing(http.StatusBadRequest), "The exporter has no recording of that time."},
		"that is down":            {"127.0.0.1:1", "The exporter refuses the connection; perhaps it does not run."},
		"that is not a target":    {"", "This instance is none of the exporters that are known; look at the label instance of the targets."},
		"that refuses the tokens": {refusing(http.StatusUnauthorized), "The exporter refuses the credentials (401 Unauthorized)."},
	}
	// Prometheus looks back five minutes: the moment is after all that the exporter has recorded.
	ahead := time.Now().Add(2 * time.Minute)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			targets := []string{"other=127.0.0.1:1"}
			if test.target != "" {
				targets = append(targets, address+"="+test.target)
			}
			d := open(t, object{"prometheusUrl": prometheus, "discovery": "static", "targets": targets}, nil)
			d.now = func() time.Time { return time.Now().Add(4 * time.Minute) }
			eventually(t, "history in Prometheus", func() bool {
				return ask(t, d, "Admin", object{"instance": address}, ahead).Error == nil
			})
			frame := frameAt(t, d, "Admin", object{"instance": address}, ahead)
			if a := about(t, frame); a.Source != processes.Prometheus || !a.Partial || a.Mode != processes.History {
				t.Errorf("meta.custom = %+v", a)
			}
			for _, query := range []object{{"queryType": "tree"}, {"queryType": "top"}, {"queryType": "count"}} {
				query["instance"] = address
				frame := frameAt(t, d, "Admin", query, ahead)
				if len(frame.Meta.Notices) != 1 || !strings.HasSuffix(frame.Meta.Notices[0].Text, "and their ancestors. "+test.why) {
					t.Errorf("%v: notices %+v", query, frame.Meta.Notices)
				}
			}
			several := frameAt(t, d, "Admin", object{"queryType": "top", "instance": []string{address, "other"}}, ahead)
			if len(several.Meta.Notices) != 2 || !strings.HasPrefix(several.Meta.Notices[1].Text, "1 of 2 hosts show only the processes") {
				t.Errorf("several hosts: notices %+v", several.Meta.Notices)
			}
		})
	}
}

// TestPastIsShared: many who look at one moment are one request.
func TestPastIsShared(t *testing.T) {
	asked := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RequestURI()
		_, _ = w.Write([]byte(`{"status":"success","data":{"time":1700000000,"role":"operator","total":1,"processes":[{"id":"1-1","pid":1,"name":"init"}]}}`))
	}))
	defer server.Close()
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + server.URL}, "cacheSeconds": 10}, nil)
	at := time.Unix(1700000000, 0)
	for i := range 20 {
		frameAt(t, d, []string{"Admin", "Viewer"}[i%2], object{"instance": "web1"}, at.Add(time.Duration(i)*time.Millisecond))
	}
	if got := <-asked; got != "/api/v1/processes?time=1700000000" || len(asked) != 0 {
		t.Errorf("asked for %s, and %d times more", got, len(asked))
	}
}
