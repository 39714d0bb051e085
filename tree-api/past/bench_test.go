//go:build unix

package past_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/history"
	"proctree/collector/history/ledger"
	"proctree/collector/history/report"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/past/pasttest"
	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

// cpuTime is what this program has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measured runs a question again and again; cpu-ms counts on a machine that others use too.
func measured(b *testing.B, ask func()) {
	b.Helper()
	begun := cpuTime(b)
	for b.Loop() {
		ask()
	}
	b.ReportMetric((cpuTime(b)-begun).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

// moments are times of a recording.
func moments(r *pasttest.Week, from time.Duration) func() time.Time {
	random := rand.New(rand.NewPCG(1, 1))
	begin := r.To.Add(-from)
	return func() time.Time { return begin.Add(time.Duration(random.Int64N(int64(r.To.Sub(begin))))) }
}

// makeWeek makes a recording of 10,000 processes.
func makeWeek(b *testing.B, dir string, parts []pasttest.Span) *pasttest.Week {
	b.Helper()
	write := func(name string, data []byte) error { return os.WriteFile(filepath.Join(dir, name), data, 0o600) }
	week, err := pasttest.NewWeek(write, time.Hour, 10_000, parts)
	if err != nil {
		b.Fatal(err)
	}
	week.Dir = dir
	return week
}

// recorded makes the recording of a week, or takes the one in PROCTREE_BENCH_DIR.
func recorded(b *testing.B) *pasttest.Week {
	b.Helper()
	dir := os.Getenv("PROCTREE_BENCH_DIR")
	if dir == "" {
		return makeWeek(b, b.TempDir(), pasttest.WholeWeek)
	}
	spans, err := history.NewArchive(dir).Spans()
	if err != nil {
		b.Fatal(err)
	}
	if len(spans) == 0 {
		return makeWeek(b, dir, pasttest.WholeWeek)
	}
	r := &pasttest.Week{Dir: dir, From: spans[0].First, To: spans[len(spans)-1].Last}
	for _, s := range spans {
		r.Tables += s.Tables
		r.Bytes += s.Bytes
	}
	return r
}

// BenchmarkPast asks a recording of seven days of 10,000 processes, which takes some minutes to make. An
// empty directory in PROCTREE_BENCH_DIR keeps it for the next time.
func BenchmarkPast(b *testing.B) {
	week := recorded(b)
	b.Logf("%d tables in %d bytes", week.Tables, week.Bytes)
	policy := &past.Policy{Shown: &rules.Shown{}}
	for name, back := range map[string]time.Duration{"hour": time.Hour, "day": 24 * time.Hour, "week": week.To.Sub(week.From)} {
		at := moments(week, back)
		b.Run("table/"+name, func(b *testing.B) {
			archive := history.NewArchive(week.Dir)
			if _, err := archive.Spans(); err != nil {
				b.Fatal(err)
			}
			measured(b, func() {
				if _, err := archive.At(at()); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run("tree/"+name, func(b *testing.B) {
			reader := past.New(past.Config{Dir: week.Dir, Policy: func() *past.Policy { return policy }})
			defer reader.Close()
			if _, err := reader.At(b.Context(), week.To); err != nil {
				b.Fatal(err)
			}
			measured(b, func() { firstBytes(b, reader, at()) })
		})
	}
	b.Run("top/hour", func(b *testing.B) {
		archive := history.NewArchive(week.Dir)
		if _, err := archive.Spans(); err != nil {
			b.Fatal(err)
		}
		measured(b, func() {
			if _, err := ledger.Top(b.Context(), archive, week.To.Add(-time.Hour), week.To, ledger.CPU, ledger.Process, 20, nil); err != nil {
				b.Fatal(err)
			}
		})
	})
	for name, opened := range map[string]bool{"first": false, "again": true} {
		b.Run("overview/"+name, func(b *testing.B) {
			archive := history.NewArchive(week.Dir)
			measured(b, func() {
				if !opened {
					archive = history.NewArchive(week.Dir)
				}
				if _, err := report.NewOverview(b.Context(), archive, time.Time{}, time.Time{}, 300); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// firstBytes makes an answer up to its first bytes.
func firstBytes(b *testing.B, reader *past.Past, at time.Time) {
	b.Helper()
	m, err := reader.At(context.Background(), at)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tree.NewFrame(b.Context(), m.As(access.Operator), &tree.Query{Depth: -1}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPastAnswer makes whole answers about moments of ten minutes at one table each second, as callers of the
// API get them: the data source of Grafana asks for the list, the page for its columns.
func BenchmarkPastAnswer(b *testing.B) {
	ten := makeWeek(b, b.TempDir(), []pasttest.Span{{Length: 10 * time.Minute, Interval: time.Second, Segment: 10 * time.Minute}})
	policy := &past.Policy{Shown: &rules.Shown{}}
	reader := past.New(past.Config{Dir: ten.Dir, Policy: func() *past.Policy { return policy }})
	defer reader.Close()
	control, err := access.New(access.Config{Local: func(*http.Request) (access.Role, string) { return access.Operator, "root" }})
	if err != nil {
		b.Fatal(err)
	}
	api, err := treeapi.New(treeapi.Config{Source: treetest.Fixed{Newest: treetest.Office(b)}, Access: control, Past: reader})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := reader.At(b.Context(), ten.To); err != nil {
		b.Fatal(err)
	}
	for name, query := range map[string]string{"list": "", "columns": "&layout=columns"} {
		for _, accept := range []string{"identity", "gzip"} {
			b.Run(name+"/"+accept, func(b *testing.B) {
				at, size := moments(ten, ten.To.Sub(ten.From)), 0
				measured(b, func() {
					address := fmt.Sprintf("http://localhost/api/v1/processes?time=%d%s", at().Unix()+1, query)
					r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, address, http.NoBody)
					r.RemoteAddr = "127.0.0.1:1"
					r.Header.Set("Accept-Encoding", accept)
					w := httptest.NewRecorder()
					api.ServeHTTP(w, r)
					if size = w.Body.Len(); w.Code != http.StatusOK {
						b.Fatalf("%d %s", w.Code, w.Body)
					}
				})
				b.ReportMetric(float64(size), "bytes/answer")
			})
		}
	}
}
