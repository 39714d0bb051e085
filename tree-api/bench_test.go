package treeapi

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
)

// scans builds so many scans of one host, a second apart. They share Facts, as the scans
// of a reader do.
func scans(processes, count int) []*host.Snapshot {
	list := make([]*host.Snapshot, 0, count)
	for i := range count {
		at := time.Hour + time.Duration(i)*time.Second
		table := hosttest.Many(processes, at)
		if i > 0 {
			for at := range table {
				table[at].Facts = list[0].Processes[at].Facts
			}
		}
		list = append(list, hosttest.Snapshot(at, table...))
	}
	return list
}

// turning is a Source that gives each report in turn, so that every request builds.
type turning struct {
	reports []*group.Report
	next    int
}

func newTurning(tb testing.TB, processes int) *turning {
	tb.Helper()
	pair := scans(processes, 2)
	return &turning{reports: []*group.Report{reportOf(tb, pair...), reportOf(tb, pair...)}}
}

func (s *turning) Report(context.Context) (*group.Report, error) {
	s.next++
	return s.reports[s.next%len(s.reports)], nil
}

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
				source := newTurning(b, processes)
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

func BenchmarkBuild(b *testing.B) {
	for _, processes := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			pair := scans(processes, 2)
			report := reportOf(b, pair...)
			b.ReportAllocs()
			for b.Loop() {
				Build(report, pair[0])
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	pair := scans(10_000, 2)
	v := viewOf(Build(reportOf(b, pair...), pair[0]), access.Operator)
	q := &query{depth: -1}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		s, err := v.selectNodes(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		dst = v.nest(s, q).appendAll(dst[:0], keep)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkFilters(b *testing.B) {
	pair := scans(10_000, 2)
	v := viewOf(Build(reportOf(b, pair...), pair[0]), access.Operator)
	for name, text := range map[string]string{"match": "match=config=/etc/service-77", "regexp": "regexp=service-7.*instance", "sort": "sort=memory"} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/?"+text, http.NoBody)
			values, err := urlValues(r)
			if err != nil {
				b.Fatal(err)
			}
			q, err := parseQuery(values, nested)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := v.selectNodes(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
