package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"proctree/collector"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// BenchmarkMetrics is what a scrape of 10,000 processes in 200 groups costs apart from the
// reading of the processes.
func BenchmarkMetrics(b *testing.B) {
	at := time.Hour
	processes := hosttest.Many(10_000, at)
	var names []string
	for _, spec := range collector.Table() {
		if strings.HasPrefix(spec.Name, "group_") || strings.HasPrefix(spec.Name, "process") {
			names = append(names, spec.Name)
		}
	}
	h := handlerOf(b, tableReader(func() (*process.Snapshot, error) {
		at += 15 * time.Second
		s := hosttest.Snapshot(at, processes...)
		s.Taken = time.Now()
		return s, nil
	}), 1, names...)
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
				r.Header.Set("Accept-Encoding", encoding)
				w := discard{header: make(http.Header)}
				h.ServeHTTP(&w, r)
				b.ReportMetric(float64(w.n), "bytes")
			}
		})
	}
}

// discard is a http.ResponseWriter that counts.
type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { d.n += len(p); return io.Discard.Write(p) }
