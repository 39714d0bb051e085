package exporter

import (
	"encoding/json"
	"testing"
)

// TestAround finds the tables next to one: beside it, across a gap, and none at the ends.
func TestAround(t *testing.T) {
	const recording = `{"spans":[{"from":100.25,"to":160.5,"interval_seconds":5},{"from":400,"to":90000,"interval_seconds":3600}],
		"points":[{"time":150.5},{"time":155.5},{"time":160.5}]}`
	o := &outline{}
	if err := json.Unmarshal([]byte(recording), o); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		table          float64
		previous, next int64
	}{
		{155.5, 151, 161},
		{155.501, 151, 161},
		{160.5, 156, 400},
		{400, 161, 4000},
		{100.25, 0, 151},
		{7600, 4000, 11200},
		{90000, 86400, 0},
	} {
		got := o.around(test.table)
		seconds := func(zero bool, at int64) int64 {
			if zero {
				return 0
			}
			return at
		}
		previous, next := seconds(got.Previous.IsZero(), got.Previous.Unix()), seconds(got.Next.IsZero(), got.Next.Unix())
		if previous != test.previous || next != test.next {
			t.Errorf("around %v: %d and %d, want %d and %d", test.table, previous, next, test.previous, test.next)
		}
	}
	if got := (&outline{}).around(5); !got.Previous.IsZero() || !got.Next.IsZero() {
		t.Errorf("an empty recording: %+v", got)
	}
}
