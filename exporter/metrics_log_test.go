package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/go-kit/log"

	"proctree/collector"
	"proctree/collector/host"
)

// brokenWriter is the answer to a client who does not get it.
type brokenWriter struct {
	http.ResponseWriter
	err    error
	writes int
}

func (w *brokenWriter) Write([]byte) (int, error) {
	w.writes++
	return 0, w.err
}

// TestFailedWrites: one line for a scrape that could not be answered, whose level says
// whether it was the client who hung up.
func TestFailedWrites(t *testing.T) {
	set, err := collector.NewSet([]string{"scan", "group_cpu", "group_io"}, collector.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		hungUp bool
		err    error
		level  string
	}{
		{"broken pipe", false, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}, "debug"},
		{"stream that was closed", true, errors.New("http2: stream closed"), "debug"},
		{"something else", false, errors.New("no more memory"), "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var said bytes.Buffer
			h := &metricsHandler{
				logger: log.NewLogfmtLogger(&said),
				source: newSource(tableReader(smallTable), &settings{maxAge: host.DefaultMaxAge}, &configuration{config: &config{}}),
				set:    set,
			}
			w := &brokenWriter{ResponseWriter: httptest.NewRecorder(), err: tt.err}
			ctx, hangUp := context.WithCancel(t.Context())
			defer hangUp()
			if tt.hungUp {
				hangUp()
			}
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/metrics", http.NoBody)
			h.ServeHTTP(w, r)
			if w.writes < 2 {
				t.Fatalf("%d writes: this does not test what many failures log", w.writes)
			}
			line := said.String()
			if strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "level="+tt.level+" ") || !strings.Contains(line, tt.err.Error()) {
				t.Errorf("want one line of level %s with %q, got:\n%s", tt.level, tt.err, line)
			}
		})
	}
}
