package treeapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"proctree/tree-api/access"
)

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
