package rest

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/tree-api/tree"
)

// TestPanicInTheMiddle holds that an answer of which a part is gone breaks off, and does
// not look whole.
func TestPanicInTheMiddle(t *testing.T) {
	failing := New(Config{Logger: log.NewNopLogger(), RequestTimeout: time.Minute})
	defer func() {
		if cause, _ := recover().(error); !errors.Is(cause, http.ErrAbortHandler) {
			t.Errorf("ends with %v, want the connection to be broken", cause)
		}
	}()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	failing.serve(httptest.NewRecorder(), r, func(*http.Request) (answer, error) {
		return answer{data: func(dst []byte, pass tree.Pass) []byte {
			pass(append(dst, make([]byte, pieceBytes)...))
			panic("a fault")
		}}, nil
	})
}

// TestPanicsAreLoggedOnce holds that requests that panic do not fill the log: each place in the code
// has one stack there, however many requests reach it.
func TestPanicsAreLoggedOnce(t *testing.T) {
	var text bytes.Buffer
	calls := New(Config{Logger: level.NewFilter(log.NewLogfmtLogger(&text), level.AllowInfo())})
	fault := calls.Recovered(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/index" {
			_ = strings.Split(r.URL.Path, "/")[len(r.URL.Path)]
		}
		panic("a fault")
	}))
	for range 50 {
		for _, path := range []string{"/index", "/a", "/b"} {
			w := httptest.NewRecorder()
			fault.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
			if w.Code != http.StatusInternalServerError {
				t.Fatalf("%s: status %d", path, w.Code)
			}
		}
	}
	if got := strings.Count(text.String(), "request panicked"); got != 2 {
		t.Errorf("%d lines for panics at two places: %s", got, text.String())
	}
	for _, want := range []string{"path=/index", "index out of range", `cause="a fault"`, "panic_test.go"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log has no %q: %s", want, text.String())
		}
	}
}
