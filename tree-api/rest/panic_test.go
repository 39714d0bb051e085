package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-kit/log"

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
