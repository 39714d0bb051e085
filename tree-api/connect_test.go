package treeapi

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-kit/log"
)

// TestOddPaths holds that no address makes a handler panic. The server does not clean the paths of
// CONNECT, and so matches those with empty segments (http.ServeMux).
func TestOddPaths(t *testing.T) {
	var text bytes.Buffer
	api := apiOf(t, func(cfg *Config) { cfg.Logger = log.NewLogfmtLogger(&text) })
	handler := api.ObserveControl(api)
	for _, method := range []string{http.MethodConnect, http.MethodGet, http.MethodPost, http.MethodOptions, "X"} {
		for _, path := range []string{
			"/api/v1/processes//signal", "/api/v1/processes//priority", "/api/v1/processes//history", "/api/v1/processes//",
			"/api/v1/processes/", "/api/v1/processes/7-1/signal", "/api/v1//signal", "/api/v1/processes///signal",
			"/api/v1/processes/%2F/signal", "/api/v1/processes/./signal", "/api/v1/processes/../signal", "/api/v1/processes/a/../7-1/signal",
			"//", "/", "//api/v1/processes//signal", "/api/v1/stream//", "/login//",
		} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
			if w.Code >= http.StatusInternalServerError || method == http.MethodConnect && w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: status %d, %s", method, path, w.Code, w.Body)
			}
		}
	}
	if bytes.Contains(text.Bytes(), []byte("panicked")) {
		t.Errorf("a request panicked: %s", text.String())
	}
}
