package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"proctree/collector"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/system"
	"proctree/collector/process"
)

// recorded is what some collectors sent in one scrape.
type recorded []prometheus.Metric

func record(collectors ...prometheus.Collector) recorded {
	out := make(chan prometheus.Metric)
	go func() {
		defer close(out)
		for _, c := range collectors {
			c.Collect(out)
		}
	}()
	var all recorded
	for m := range out {
		all = append(all, m)
	}
	return all
}

func (recorded) Describe(chan<- *prometheus.Desc) {}

func (r recorded) Collect(out chan<- prometheus.Metric) {
	for _, m := range r {
		out <- m
	}
}

// scrapes collects everything that the exporter can show, while processes come, go and change.
func scrapes(t *testing.T, n int) []recorded {
	t.Helper()
	s, err := parseSettings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := system.NewReader(system.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, spec := range collector.Table() {
		names = append(names, spec.Name)
	}
	set, err := collector.NewSet(names, collector.Options{
		System: metrics, Cmdline: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &exporter{
		settings: s, loggers: loggers{root: log.NewNopLogger()}, set: set, started: time.Now(), totals: collector.NewScanTotals(time.Now()),
	}
	e.reloads = newReloads(e.loggers.root, func() error { return nil })
	own := prometheus.NewRegistry()
	own.MustRegister(prometheus.NewGoCollector()) //nolint:staticcheck // the metrics are the same
	all := make([]recorded, n)
	var at time.Duration
	e.source = newSource(tableReader(func() (*process.Snapshot, error) {
		at += 15 * time.Second
		snapshot := hosttest.Snapshot(at, hosttest.Many(200+int(at/time.Second)%45, at)...)
		snapshot.Taken = time.Unix(1764331200, 0).Add(at)
		return snapshot, nil
	}), s, &configuration{config: &config{}}, e.totals.Observe)
	for i := range all {
		report, err := e.source.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all[i] = record(append([]prometheus.Collector{set.Scrape(report), own}, e.collectors()...)...)
	}
	return all
}

// An answer that was kept ready is that of promhttp, byte for byte, in every format.
func TestPagesAnswerAsPromhttp(t *testing.T) {
	all := scrapes(t, 6)
	for name, accept := range map[string]string{
		"text":            "text/plain",
		"Prometheus 3":    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2",
		"OpenMetrics 0.0": "application/openmetrics-text",
		"protobuf":        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.1",
		"anything":        "*/*",
	} {
		t.Run(name, func(t *testing.T) {
			pages := newPages(log.NewNopLogger())
			for i, scrape := range all {
				r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
				r.Header.Set("Accept", accept)
				got, want := httptest.NewRecorder(), httptest.NewRecorder()
				if !pages.answer(got, r, []prometheus.Collector{scrape}) {
					t.Fatalf("scrape %d is left to promhttp", i)
				}
				registry := prometheus.NewRegistry()
				registry.MustRegister(scrape)
				promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true, DisableCompression: true}).ServeHTTP(want, r)
				if diff := cmp.Diff(want.Header()["Content-Type"], got.Header()["Content-Type"]); diff != "" {
					t.Errorf("Content-Type (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
					t.Fatalf("scrape %d (-promhttp +page):\n%.2000s", i, diff)
				}
			}
		})
	}
}

// What is not for a page is left to promhttp.
func TestPagesLeaveToPromhttp(t *testing.T) {
	metrics := record(prometheus.NewGoCollector()) //nolint:staticcheck // any metrics do
	ask := func(p *pages, target, accept string, all recorded) bool {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		r.Header.Set("Accept", accept)
		return p.answer(httptest.NewRecorder(), r, []prometheus.Collector{all})
	}
	for _, tc := range []struct {
		name, target, accept string
		metrics              recorded
		want                 bool
	}{
		{"plain", "/metrics", "text/plain", metrics, true},
		{"a selection", "/metrics?collect[]=scan&collect[]=group_cpu", "text/plain", metrics, true},
		{"promhttp's own parameter", "/metrics?name[]=go_goroutines", "text/plain", metrics, false},
		{"protobuf as text", "/metrics", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", metrics, false},
		{"a series twice", "/metrics", "text/plain", append(metrics, metrics[0]), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ask(newPages(log.NewNopLogger()), tc.target, tc.accept, tc.metrics); got != tc.want {
				t.Errorf("a page answers: %t", got)
			}
		})
	}
	t.Run("while another scrape has the page", func(t *testing.T) {
		p := newPages(log.NewNopLogger())
		p.page("").mu.Lock()
		if ask(p, "/metrics", "text/plain", metrics) {
			t.Error("it is answered twice at once")
		}
	})
	t.Run("a fifth selection", func(t *testing.T) {
		p := newPages(log.NewNopLogger())
		for i, name := range []string{"a", "b", "c", "d", "e"} {
			if got := ask(p, "/metrics?collect[]="+name, "text/plain", metrics); got != (i < maxPages) {
				t.Errorf("selection %s: %t", name, got)
			}
		}
	})
	t.Run("for a while after a fault", func(t *testing.T) {
		p := newPages(log.NewNopLogger())
		ask(p, "/metrics", "text/plain", append(metrics, metrics[0]))
		for range restAfterFailure {
			if ask(p, "/metrics", "text/plain", metrics) {
				t.Fatal("a page answers too soon")
			}
		}
		if !ask(p, "/metrics", "text/plain", metrics) {
			t.Error("no page answers any more")
		}
	})
}
