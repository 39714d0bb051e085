package facts

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// emptyFactsCache returns a cache over a proc file system without processes.
func emptyFactsCache(t *testing.T) *Cache {
	t.Helper()
	proc, err := procfs.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cache := New(proc, "/", stall.DefaultDeadline)
	t.Cleanup(func() {
		cache.Close()
		_ = proc.Close()
	})
	return cache
}

func TestFactsCacheForgetsTheDead(t *testing.T) {
	cache := emptyFactsCache(t)
	scan := func(first, n int) {
		cache.Begin(1, time.Now(), n, map[string]uint64{})
		for i := range n {
			name, facts := cache.Get(Sighting{ID: process.ID{PID: first + i}, Name: fmt.Appendf(nil, "p%d", first+i)})
			if facts == nil || name != fmt.Sprintf("p%d", first+i) {
				t.Fatalf("got %q and %v", name, facts)
			}
		}
		cache.Sweep()
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

// A process keeps what was read of it while others come and go around it, and its number
// alone does not make another process the same.
func TestFactsCacheKnowsEachProcessAgain(t *testing.T) {
	cache := emptyFactsCache(t)
	scan := func(ids ...process.ID) map[process.ID]*process.Facts {
		seen := make(map[process.ID]*process.Facts)
		cache.Begin(1, time.Now(), len(ids), map[string]uint64{})
		for _, id := range ids {
			_, seen[id] = cache.Get(Sighting{ID: id, Name: []byte("p")})
		}
		cache.Sweep()
		return seen
	}
	first := scan(id(1, 10), id(3, 30), id(5, 50), id(9, 90))
	then := scan(id(2, 20), id(3, 30), id(4, 40), id(5, 51), id(9, 90), id(10, 99))
	again := scan(id(1, 10), id(3, 30), id(5, 51), id(9, 90))
	for _, c := range []struct {
		name        string
		before, now *process.Facts
		same        bool
	}{
		{"one that stays", first[id(3, 30)], then[id(3, 30)], true},
		{"and stays", first[id(3, 30)], again[id(3, 30)], true},
		{"the last", first[id(9, 90)], again[id(9, 90)], true},
		{"another of the same number", first[id(5, 50)], then[id(5, 51)], false},
		{"which stays", then[id(5, 51)], again[id(5, 51)], true},
		{"one that was left out for a scan", first[id(1, 10)], again[id(1, 10)], false},
	} {
		if (c.before == c.now) != c.same {
			t.Errorf("%s: the same facts: %t, want %t", c.name, !c.same, c.same)
		}
	}
}

// Where more readings are due than a scan may make, every process has its turn, and young
// ones do not wait for that of the old.
func TestFactsCacheReadsInTurns(t *testing.T) {
	cache := emptyFactsCache(t)
	const processes, young = 6*minRefresh + 1, minRefresh / 2
	tick := uint64(10 * factsMaxAge)
	// scan returns how many old and young processes were read.
	reads := make(map[int]int)
	scan := func() (old, fresh int) {
		tick += 2 * factsMaxAge // All are due.
		cache.Begin(tick, time.Now(), processes, map[string]uint64{})
		for pid := range processes + young {
			id := process.ID{PID: pid + 1, StartTicks: 1}
			if pid >= processes {
				id.StartTicks = tick - 3*factsMinAge
				cache.previous = append(cache.previous, &factsEntry{id: id, name: "p", facts: process.NoFacts})
			}
			cache.Get(Sighting{ID: id, Name: []byte("p")})
			if e := cache.entries[len(cache.entries)-1]; e.due > tick && pid >= processes {
				fresh++
			} else if e.due > tick {
				old++
				reads[pid]++
			}
		}
		cache.Sweep()
		return old, fresh
	}
	if old, _ := scan(); old != processes {
		t.Fatalf("the first scan read %d, want all %d", old, processes)
	}
	for range 7 {
		if old, fresh := scan(); old > minRefresh || fresh != young {
			t.Errorf("a scan read %d old and %d young processes, want at most %d, and %d", old, fresh, minRefresh, young)
		}
	}
	for pid := range processes {
		if reads[pid] < 2 {
			t.Errorf("process %d had no turn", pid)
		}
	}
}

func id(pid int, startTicks uint64) process.ID {
	return process.ID{PID: pid, StartTicks: startTicks}
}

// TestFactsGetTheNamesOfPodsLater: the kubelet makes the logs of a container after its first process
// has begun.
func TestFactsGetTheNamesOfPodsLater(t *testing.T) {
	const container = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	root := t.TempDir()
	tree := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 7, Name: "app", Cgroup: "0::/docker/" + container + "\n"}}}.Write(t)
	proc, err := procfs.Open(tree)
	if err != nil {
		t.Fatal(err)
	}
	cache := New(proc, root, stall.DefaultDeadline)
	t.Cleanup(func() {
		cache.Close()
		_ = proc.Close()
	})
	scan := func() *process.Facts {
		cache.Begin(1, time.Now(), 1, map[string]uint64{})
		_, facts := cache.Get(Sighting{ID: process.ID{PID: 7}, Name: []byte("app")})
		cache.Sweep()
		return facts
	}
	if facts := scan(); facts.Container != container || facts.Pod != "" {
		t.Fatalf("got %+v, want no name", facts)
	}
	logs := filepath.Join(root, "var/log/containers")
	if err := os.MkdirAll(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(logs, "web-0_shop_main-"+container+".log")); err != nil {
		t.Fatal(err)
	}
	named := scan()
	if named.Namespace != "shop" || named.Pod != "web-0" || named.ContainerName != "main" || named.Container != container {
		t.Errorf("got %+v", named)
	}
	if scan() != named {
		t.Error("the facts are others although nothing has changed")
	}
}
