package tree

import (
	"fmt"
	"testing"

	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func BenchmarkBuild(b *testing.B) {
	for _, processes := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			pair := treetest.Scans(processes, 2)
			report := treetest.ReportOf(b, pair...)
			b.ReportAllocs()
			for b.Loop() {
				Build(report, pair[0])
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	pair := treetest.Scans(10_000, 2)
	v := viewOf(Build(treetest.ReportOf(b, pair...), pair[0]), access.Operator)
	q := &Query{Depth: -1}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		s, err := v.SelectNodes(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		dst = v.Nest(s, q).AppendAll(dst[:0], keep)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkFilters(b *testing.B) {
	pair := treetest.Scans(10_000, 2)
	v := viewOf(Build(treetest.ReportOf(b, pair...), pair[0]), access.Operator)
	for name, text := range map[string]string{"match": "match=config=/etc/service-77", "regexp": "regexp=service-7.*instance", "sort": "sort=memory"} {
		b.Run(name, func(b *testing.B) {
			values, err := ParseValues(text)
			if err != nil {
				b.Fatal(err)
			}
			q, err := ParseQuery(values, Nested)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := v.SelectNodes(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
