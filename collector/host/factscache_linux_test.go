package host

import (
	"fmt"
	"testing"
	"time"
)

func TestFactsCacheForgetsTheDead(t *testing.T) {
	proc, err := openProcDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proc.close() })
	cache := newFactsCache(proc, Config{}.withDefaults())
	defer cache.close()
	scan := func(first, n int) {
		cache.begin(1, time.Now(), n, map[string]uint64{})
		for i := range n {
			name, facts := cache.get(sighting{ID: ID{PID: first + i}, name: fmt.Appendf(nil, "p%d", first+i)})
			if facts == nil || name != fmt.Sprintf("p%d", first+i) {
				t.Fatalf("got %q and %v", name, facts)
			}
		}
		cache.sweep()
	}
	scan(1, 1000)
	if len(cache.entries) != 1000 || len(cache.names) != 1000 {
		t.Errorf("%d entries and %d names, want 1000", len(cache.entries), len(cache.names))
	}
	scan(2001, 10)
	if len(cache.entries) != 10 || len(cache.names) != 10 {
		t.Errorf("%d entries and %d names, want those of 10 live processes", len(cache.entries), len(cache.names))
	}
	scan(2001, 10)
	if len(cache.entries) != 10 {
		t.Errorf("%d entries after a scan without a change, want 10", len(cache.entries))
	}
}
