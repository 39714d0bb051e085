package treeapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"proctree/tree-api/treetest"
)

// nowhere drops an answer, as a fast client would.
type nowhere struct {
	header http.Header
	bytes  int
}

func (w *nowhere) Header() http.Header { return w.header }

func (w *nowhere) WriteHeader(int) {}

func (w *nowhere) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return len(p), nil
}

func BenchmarkTree(b *testing.B) {
	for _, processes := range []int{1_000, 10_000} {
		for _, accept := range []string{"identity", "gzip"} {
			b.Run(fmt.Sprintf("processes=%d/%s", processes, accept), func(b *testing.B) {
				source := treetest.NewTurning(b, processes)
				api := apiOf(b, func(cfg *Config) { cfg.Source = source })
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost/api/v1/tree", http.NoBody)
				r.RemoteAddr = "127.0.0.1:1"
				r.Header.Set("Accept-Encoding", accept)
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					w := &nowhere{header: http.Header{}}
					api.ServeHTTP(w, r)
					size = w.bytes
				}
				b.ReportMetric(float64(size), "bytes/answer")
			})
		}
	}
}
