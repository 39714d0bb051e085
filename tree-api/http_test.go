package treeapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
)

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// bigHost gives answers that are worth compressing.
func bigHost(tb testing.TB) func(*Config) {
	tb.Helper()
	report := reportOf(tb, hosttest.Snapshot(time.Hour, hosttest.Many(200, time.Hour)...))
	return func(cfg *Config) { cfg.Source = fixed{report: report} }
}

// TestPanicInTheMiddle holds that an answer of which a part is gone breaks off, and does
// not look whole.
func TestPanicInTheMiddle(t *testing.T) {
	api := apiOf(t)
	defer func() {
		if cause, _ := recover().(error); !errors.Is(cause, http.ErrAbortHandler) {
			t.Errorf("ends with %v, want the connection to be broken", cause)
		}
	}()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	api.serve(httptest.NewRecorder(), r, func(*http.Request) (answer, error) {
		return answer{data: func(dst []byte, pass pass) []byte {
			pass(append(dst, make([]byte, pieceBytes)...))
			panic("a fault")
		}}, nil
	})
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
	report := officeHost(t)
	with := func(cfg *Config) { cfg.Source = fixed{report: report} }
	api := apiOf(t, with)
	viewer := apiOf(t, with, asViewer(t))
	viewer.started = api.started
	tags := map[string]string{}
	check := func(what string, response reply) {
		t.Helper()
		tag := response.Header.Get("ETag")
		if other, ok := tags[tag]; ok {
			t.Errorf("%s and %s have the tag %s", what, other, tag)
		}
		tags[tag] = what
	}
	check("the tree", ask(t, api, "/api/v1/tree"))
	check("a part of it", ask(t, api, "/api/v1/tree?limit=1"))
	check("a viewer's tree", ask(t, viewer, "/api/v1/tree"))
	api.cfg.Source = fixed{report: officeHost(t)}
	check("the tree later", ask(t, api, "/api/v1/tree"))
	api.SetPrivacy(Privacy{Cmdline: CmdlineNone})
	check("the tree under other rules", ask(t, api, "/api/v1/tree"))
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

func TestTooManyRequestsAtOnce(t *testing.T) {
	schemas := newSchemas(t)
	api := apiOf(t, func(cfg *Config) {
		cfg.Source = fixed{}
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
	for len(api.slots) < 2 {
		time.Sleep(time.Millisecond)
	}
	response := ask(t, api, "/api/v1/tree")
	checkFailure(t, schemas, response, http.StatusServiceUnavailable, "unavailable", "more than 2 requests")
	if response.Header.Get("Retry-After") != "1" {
		t.Error("Retry-After is missing")
	}
	slow.CloseClientConnections()
	waiting.Wait()
}
