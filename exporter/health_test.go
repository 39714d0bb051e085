package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCheckHealth(t *testing.T) {
	for _, test := range []struct {
		name    string
		answer  http.HandlerFunc
		healthy bool
	}{
		{"well", func(http.ResponseWriter, *http.Request) {}, true},
		{"password", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, true},
		{"ill", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, false},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, false},
		{"silent", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
	} {
		for name, serve := range map[string]func(http.Handler) *httptest.Server{
			"http": httptest.NewServer, "https": httptest.NewTLSServer,
		} {
			t.Run(test.name+" by "+name, func(t *testing.T) {
				server := serve(test.answer)
				defer server.Close()
				var said strings.Builder
				err := run(t.Context(), nil, []string{"--web.check=" + server.URL + "/-/healthy"}, &said, &said)
				if (err == nil) != test.healthy {
					t.Errorf("healthy should be %v: %v", test.healthy, err)
				}
				if err == nil && said.String() != "healthy\n" {
					t.Errorf("it says %q", said.String())
				}
				if err != nil && (!strings.HasPrefix(err.Error(), "--web.check: ") || strings.Contains(err.Error(), "\n")) {
					t.Errorf("not one line that names the flag: %v", err)
				}
			})
		}
	}
}

func TestCheckHealthOfNobody(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if err := run(t.Context(), nil, []string{"--web.check=" + server.URL}, t.Output(), t.Output()); err == nil {
		t.Error("healthy, although nobody listens")
	}
}
