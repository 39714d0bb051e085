package tree

import (
	"testing"
	"time"

	"proctree/collector/host/hosttest"
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
