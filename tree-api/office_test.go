package treeapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"proctree/tree-api/access"
	"proctree/tree-api/rest"
	"proctree/tree-api/treetest"
)

func apiOf(tb testing.TB, change ...func(*Config)) *API {
	tb.Helper()
	cfg := Config{
		Host:    rest.HostInfo{Name: "office", OS: "linux", Kernel: "6.12.1", Arch: "amd64"},
		Version: "1.2.3",
	}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.Source == nil {
		cfg.Source = treetest.Fixed{Newest: treetest.Office(tb)}
	}
	if cfg.Access == nil {
		control, err := access.New(access.Config{Local: operators})
		if err != nil {
			tb.Fatal(err)
		}
		cfg.Access = control
	}
	api, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return api
}

// operators makes an operator of every caller on this host, as root is one.
func operators(*http.Request) (access.Role, string) { return access.Operator, "root" }

// reply is an answer that has arrived.
type reply struct {
	StatusCode int
	Header     http.Header
	Body       []byte
	// Path is where redirects led to.
	Path string
}

// ask sends a GET from this host, changed by edit.
func ask(tb testing.TB, api *API, target string, edit ...func(*http.Request)) reply {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "http://localhost:10056"+target, http.NoBody)
	r.RemoteAddr = "127.0.0.1:4242"
	return answerTo(api, r, edit...)
}

// answerTo lets the API answer a request without a connection.
func answerTo(api *API, r *http.Request, edit ...func(*http.Request)) reply {
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return reply{StatusCode: w.Code, Header: w.Header(), Body: w.Body.Bytes(), Path: r.URL.Path}
}

// send sends a request over a connection.
func send(tb testing.TB, client *http.Client, r *http.Request) reply {
	tb.Helper()
	response, err := client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		tb.Fatal(err)
	}
	return reply{StatusCode: response.StatusCode, Header: response.Header, Body: body, Path: response.Request.URL.Path}
}

// asViewer makes a viewer of everybody.
func asViewer(tb testing.TB) func(*Config) {
	tb.Helper()
	control, err := access.New(access.Config{Policy: func() access.Policy { return access.Policy{FrontRole: access.Viewer} }})
	if err != nil {
		tb.Fatal(err)
	}
	return func(cfg *Config) { cfg.Access = control }
}

// checkFailure holds a refusal against what was expected, and its text to one line.
func checkFailure(tb testing.TB, schemas *treetest.Schemas, response reply, status int, kind, want string) {
	tb.Helper()
	body := response.Body
	schemas.Check(tb, "Error", body)
	var got struct{ ErrorType, Error string }
	if err := json.Unmarshal(body, &got); err != nil {
		tb.Fatal(err)
	}
	if response.StatusCode != status || got.ErrorType != kind || !strings.Contains(got.Error, want) {
		tb.Errorf("got %d %s %q, want %d %s with %s", response.StatusCode, got.ErrorType, got.Error, status, kind, want)
	}
	if strings.Contains(got.Error, "\n") || strings.Contains(got.Error, "goroutine") {
		tb.Errorf("the error is not one line for a person: %q", got.Error)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		tb.Errorf("Cache-Control is %q", got)
	}
}
