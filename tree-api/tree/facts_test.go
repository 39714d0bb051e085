package tree

import (
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func TestFactsAreForgotten(t *testing.T) {
	cache := newFactsCache()
	for i := range 50 {
		tree := treeOf(t, hosttest.Many(20, time.Duration(i)*time.Second)...)
		cache.shownOf(tree.Nodes, masked)
	}
	if got, most := len(cache.shown), 2*20+64; got > most {
		t.Errorf("%d facts are kept for 20 processes, want %d at most", got, most)
	}
}

// TestSearchesOnlyWhatChanged: a stream does not search again what it has searched.
func TestSearchesOnlyWhatChanged(t *testing.T) {
	values, err := ParseValues("regexp=worker.*7")
	if err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuery(values, Streamed)
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	counted := q.Charged(func(n int) error { steps += n; return nil })
	snapshots := treetest.Scans(50, 2)
	cache := newFactsCache()
	view := func(i int) *View {
		tree := Build(treetest.ReportOf(t, snapshots[i]), nil)
		return newModel(tree, cache.shownOf(tree.Nodes, masked), 0).As(access.Operator)
	}
	first, err := NewFrame(t.Context(), view(0), counted)
	if err != nil || steps == 0 {
		t.Fatalf("%d steps, %v", steps, err)
	}
	steps = 0
	second, err := NextFrame(t.Context(), view(1), counted, first)
	if err != nil || steps != 0 {
		t.Errorf("%d steps for a table with the same texts, %v", steps, err)
	}
	alone, err := NextFrame(t.Context(), view(1), counted, nil)
	if err != nil || alone.Matched != second.Matched {
		t.Errorf("%d matches, want %d, %v", second.Matched, alone.Matched, err)
	}
}
