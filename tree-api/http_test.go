package treeapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/treetest"
)

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// bigHost gives answers that are worth compressing.
func bigHost(tb testing.TB) func(*Config) {
	tb.Helper()
	report := treetest.ReportOf(tb, hosttest.Snapshot(time.Hour, hosttest.Many(200, time.Hour)...))
	return func(cfg *Config) { cfg.Source = treetest.Fixed{Newest: report} }
}

func TestConditionalRequests(t *testing.T) {
	api := apiOf(t, bigHost(t))
	for _, path := range []string{"/api/v1/tree", "/api/v1/processes?limit=3", "/api/v1/host", "/api/v1/processes/1"} {
		first := ask(t, api, path)
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) || first.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: ETag is %q, Cache-Control %q", path, tag, first.Header.Get("Cache-Control"))
		}
		for value, status := range map[string]int{
			tag: 304, "*": 304, `"other", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"other"`: 200, "": 200,
		} {
			response := ask(t, api, path, header("If-None-Match", value), header("Accept-Encoding", "gzip"))
			if response.StatusCode != status {
				t.Errorf("%s with If-None-Match %s: %d, want %d", path, value, response.StatusCode, status)
			}
			if body := response.Body; status == 304 && (len(body) > 0 || response.Header.Get("ETag") != tag) {
				t.Errorf("%s: 304 with ETag %q and %d bytes", path, response.Header.Get("ETag"), len(body))
			}
		}
	}
}

func TestTagsDiffer(t *testing.T) {
	report := treetest.Office(t)
	source := &treetest.Fixed{Newest: report}
	with := func(cfg *Config) { cfg.Source = source }
	api := apiOf(t, with)
	viewer := apiOf(t, with, asViewer(t))
	tags := map[string]string{}
	check := func(what string, response reply) {
		t.Helper()
		// What comes first tells two runs apart, and here two APIs.
		_, tag, _ := strings.Cut(response.Header.Get("ETag"), "-")
		if other, ok := tags[tag]; ok {
			t.Errorf("%s and %s have the tag %s", what, other, tag)
		}
		tags[tag] = what
	}
	check("the tree", ask(t, api, "/api/v1/tree"))
	check("a part of it", ask(t, api, "/api/v1/tree?limit=1"))
	check("a viewer's tree", ask(t, viewer, "/api/v1/tree"))
	source.Newest = treetest.Office(t)
	check("the tree later", ask(t, api, "/api/v1/tree"))
	same := *source.Newest
	source.Newest = &same
	check("the tree of another configuration", ask(t, api, "/api/v1/tree"))
}

// TestHead asks a real server, which is what drops the body.
func TestHead(t *testing.T) {
	api := apiOf(t, bigHost(t))
	server := httptest.NewServer(api)
	defer server.Close()
	for _, accept := range []string{"identity", "gzip"} {
		var answers [2]reply
		for i, method := range []string{http.MethodGet, http.MethodHead} {
			r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/api/v1/tree", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", accept)
			answers[i] = send(t, server.Client(), r)
			if (len(answers[i].Body) > 0) != (method == http.MethodGet) {
				t.Errorf("%s has a body of %d bytes", method, len(answers[i].Body))
			}
		}
		// What comes of making the content may be left out (RFC 9110, section 9.3.2).
		for _, name := range []string{"ETag", "Content-Type", "Cache-Control", "Vary"} {
			if get, head := answers[0].Header.Get(name), answers[1].Header.Get(name); get != head {
				t.Errorf("%s of GET is %q, of HEAD %q", name, get, head)
			}
		}
		if answers[1].StatusCode != http.StatusOK {
			t.Errorf("HEAD: %d", answers[1].StatusCode)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	api := apiOf(t)
	for _, path := range []string{"/api/v1/tree", "/api/v1/nothing", "/api/v1/openapi.json"} {
		h := ask(t, api, path).Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Content-Type": "application/json", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", path, csp)
		}
	}
}

// asked is a Source that counts who asks and answers nobody.
type asked struct{ asked atomic.Int64 }

func (a *asked) Report(ctx context.Context) (*group.Report, error) {
	a.asked.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTooManyRequestsAtOnce(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	source := &asked{}
	api := apiOf(t, func(cfg *Config) {
		cfg.Source = source
		cfg.Limits = Limits{MaxRequests: 2, RequestTimeout: time.Minute}
	})
	var waiting sync.WaitGroup
	slow := httptest.NewServer(api)
	defer slow.Close()
	for range 2 {
		waiting.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, slow.URL+"/api/v1/host", http.NoBody)
			if err != nil {
				t.Error(err)
				return
			}
			if response, err := slow.Client().Do(r); err == nil {
				t.Errorf("the slow request is answered: %d", response.StatusCode)
				_ = response.Body.Close()
			}
		})
	}
	treetest.WaitFor(t, "both requests", func() bool { return source.asked.Load() == 2 })
	response := ask(t, api, "/api/v1/tree")
	checkFailure(t, schemas, response, http.StatusServiceUnavailable, "unavailable", "more than 2 requests")
	if response.Header.Get("Retry-After") != "1" {
		t.Error("Retry-After is missing")
	}
	slow.CloseClientConnections()
	waiting.Wait()
}
