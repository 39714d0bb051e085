package tree

import (
	"errors"
	"slices"
	"testing"
)

// FuzzParseQuery: whatever a caller writes is a query within its bounds, or an error that
// names a parameter, for which he gets a 400.
func FuzzParseQuery(f *testing.F) {
	f.Add("match=a&user=b&user=c&state=running&min_cpu=0.5&min_memory=1&sort=cpu&order=asc&limit=3&root=1&depth=0")
	f.Add("regexp=(&depth=-1&min_cpu=NaN&limit=0&bogus")
	f.Add("%zz;=&&min_memory=1e3")
	f.Fuzz(func(t *testing.T, text string) {
		for _, as := range []Shape{Flat, Nested, Streamed} {
			values, err := ParseValues(text)
			var q *Query
			if err == nil {
				q, err = ParseQuery(values, as)
			}
			if err != nil {
				if bad, ok := errors.AsType[*BadParameterError](err); !ok || bad.name == "" && values != nil && !values.Has("") {
					t.Errorf("%q: %v names no parameter", text, err)
				}
				continue
			}
			if q.limit < 0 || q.root < 0 || q.Depth < -1 ||
				slices.ContainsFunc(q.atLeast, func(a atLeast) bool { return !(a.minimum >= 0) }) ||
				slices.ContainsFunc(q.oneOf, func(o oneOf) bool { return len(o.values) > maxChoices }) {
				t.Errorf("%q is out of bounds: %+v", text, q)
			}
		}
	})
}
