package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"

	"proctree/collector"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// tableReader is a host.Reader of what a function returns.
type tableReader func() (*process.Snapshot, error)

func (r tableReader) Read(context.Context) (*process.Snapshot, error) { return r() }
func (r tableReader) Close() error                                    { return nil }

// handlerOver is /metrics over a reader, with a few collectors.
func handlerOver(tb testing.TB, reader host.Reader, maxRequests int) http.Handler {
	tb.Helper()
	return handlerOf(tb, reader, maxRequests, "scan", "group_cpu", "group_io")
}

// handlerOf is /metrics over a reader, wired as the exporter does it.
func handlerOf(tb testing.TB, reader host.Reader, maxRequests int, collectors ...string) http.Handler {
	tb.Helper()
	s, err := parseSettings(nil, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	s.maxRequests = maxRequests
	set, err := collector.NewSet(collectors, collector.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	e := &exporter{
		settings: s,
		loggers:  loggers{root: log.NewNopLogger()},
		set:      set,
		totals:   collector.NewScanTotals(time.Now()),
	}
	e.reloads = newReloads(e.loggers.root, func() error { return nil })
	e.source = newSource(reader, s, &configuration{config: &config{}})
	return e.newMetricsHandler()
}

func smallTable() (*process.Snapshot, error) {
	s := hosttest.Snapshot(time.Minute, hosttest.Process(1, 0, "init"))
	s.Taken = time.Now()
	return s, nil
}

// get returns status and body of a request to the handler.
func get(tb testing.TB, h http.Handler, target string, header ...string) (int, string) {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		tb.Fatal(err)
	}
	return w.Code, string(body)
}

func TestCollectParameters(t *testing.T) {
	h := handlerOver(t, tableReader(smallTable), 1)
	tests := []struct {
		query         string
		status        int
		with, without string
	}{
		{"", 200, "proctree_group_cpu_seconds_total{", "nothing of that"},
		{"?collect[]=scan", 200, "proctree_scan_processes 1", "proctree_group_cpu"},
		{"?collect[]=scan", 200, "proctree_build_info", "proctree_group_cpu"},
		{"?collect%5B%5D=scan&collect%5B%5D=group_cpu", 200, "proctree_group_cpu", "proctree_group_read_bytes"},
		{"?exclude[]=group_cpu", 200, "proctree_group_read_bytes", "proctree_group_cpu"},
		{"?collect[]=nope", 400, `missing collector: "nope"`, "proctree_"},
		{"?collect[]=process_io", 400, `disabled collector: "process_io"`, "proctree_"},
		{"?collect[]=scan&exclude[]=scan", 400, "not allowed", "proctree_"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			status, body := get(t, h, "/metrics"+tt.query)
			if status != tt.status || !strings.Contains(body, tt.with) || strings.Contains(body, "\n"+tt.without) {
				t.Errorf("%d, want %d with %q and without %q:\n%s", status, tt.status, tt.with, tt.without, body)
			}
			if tt.status == 400 && strings.Count(body, "\n") != 1 {
				t.Errorf("not one line: %q", body)
			}
		})
	}
}

func TestOpenMetrics(t *testing.T) {
	h := handlerOver(t, tableReader(smallTable), 0)
	_, body := get(t, h, "/metrics", "Accept", "application/openmetrics-text;version=1.0.0")
	if !strings.HasSuffix(body, "# EOF\n") {
		t.Errorf("not OpenMetrics: …%s", body[max(0, len(body)-100):])
	}
	if strings.Contains(body, "_created") {
		t.Error("a series more for each counter")
	}
}

// TestStuckScan: a scan that takes longer than Prometheus waits costs the values of that
// scrape, and not the scrape.
func TestStuckScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := handlerOver(t, tableReader(func() (*process.Snapshot, error) { <-release; return smallTable() }), 1)
		began := time.Now()
		status, body := get(t, h, "/metrics", timeoutHeader, "10")
		if took := time.Since(began); took != 9500*time.Millisecond {
			t.Errorf("took %v of 10 s", took)
		}
		for _, want := range []string{`proctree_scrape_collector_success{collector="group_cpu"} 0`, "proctree_build_info"} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%d without %s:\n%s", status, want, body)
			}
		}
		close(release)
		synctest.Wait()
		if _, body = get(t, h, "/metrics"); !strings.Contains(body, `success{collector="group_cpu"} 1`) {
			t.Errorf("not well again:\n%s", body)
		}
	})
}

func TestFailedScan(t *testing.T) {
	h := handlerOver(t, tableReader(func() (*process.Snapshot, error) { return nil, errors.New("no /proc") }), 1)
	status, body := get(t, h, "/metrics")
	if status != http.StatusOK || !strings.Contains(body, `success{collector="scan"} 0`) {
		t.Errorf("%d:\n%s", status, body)
	}
}

func TestMaxRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := handlerOver(t, tableReader(func() (*process.Snapshot, error) { <-release; return smallTable() }), 2)
		statuses := make(chan int, 3)
		for range 3 {
			go func() {
				status, _ := get(t, h, "/metrics")
				statuses <- status
			}()
		}
		synctest.Wait()
		if status := <-statuses; status != http.StatusServiceUnavailable {
			t.Errorf("the third scrape got %d", status)
		}
		close(release)
		for range 2 {
			if status := <-statuses; status != http.StatusOK {
				t.Errorf("one of the first got %d", status)
			}
		}
	})
}

func TestScrapeTime(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"":       maxScrapeTime,
		"10":     9500 * time.Millisecond,
		"1":      750 * time.Millisecond,
		"0.5":    375 * time.Millisecond,
		"3600":   maxScrapeTime,
		"0":      maxScrapeTime,
		"-1":     maxScrapeTime,
		"NaN":    maxScrapeTime,
		"+Inf":   maxScrapeTime,
		"1e-300": 0,
		"ten":    maxScrapeTime,
	} {
		if got := scrapeTime(header); got != want {
			t.Errorf("scrapeTime(%q) is %v, want %v", header, got, want)
		}
	}
}
