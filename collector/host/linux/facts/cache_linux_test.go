package facts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// TestFactsFollowFiveHundredPods: whatever a pod is called, each scan has the names that the node has then.
func TestFactsFollowFiveHundredPods(t *testing.T) {
	root := t.TempDir()
	logs := filepath.Join(root, "var/log/containers")
	if err := os.MkdirAll(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	const pods = 500
	container := func(i int) string { return fmt.Sprintf("%064x", i) }
	// The longest names that Kubernetes allows and a file's name has room for, dots and hyphens in a row, digits alone.
	names := []string{strings.Repeat("a", 150), "a.b--c.d", "0", "a" + strings.Repeat("-", 60) + "z", "kube-system", "10.0.0.1"}
	nameOf := func(i int) string { return names[i%len(names)] + fmt.Sprintf("-%d", i) }
	linkOf := func(i int, name string) string {
		return filepath.Join(logs, fmt.Sprintf("%s_n%d_%d-c-%s.log", name, i%7, i, container(i)))
	}
	tree := hosttest.Tree{}
	for i := range pods {
		tree.Processes = append(tree.Processes, hosttest.TreeProcess{PID: i + 1, Name: "app", Cgroup: "0::/kubepods.slice/cri-containerd-" + container(i) + ".scope\n"})
		if err := os.Symlink("nowhere", linkOf(i, nameOf(i))); err != nil {
			t.Fatal(err)
		}
	}
	proc, err := procfs.Open(tree.Write(t))
	if err != nil {
		t.Fatal(err)
	}
	cache := New(proc, root, stall.DefaultDeadline)
	t.Cleanup(func() {
		cache.Close()
		_ = proc.Close()
	})
	check := func(when string, want func(i int) string) {
		t.Helper()
		cache.Begin(1, time.Now(), pods, map[string]uint64{})
		for i := range pods {
			_, facts := cache.Get(Sighting{ID: process.ID{PID: i + 1}, Name: []byte("app")})
			namespace, name := fmt.Sprintf("n%d", i%7), fmt.Sprintf("%d-c", i)
			if want(i) == "" {
				namespace, name = "", ""
			}
			if facts.Pod != want(i) || facts.Namespace != namespace || facts.ContainerName != name {
				t.Fatalf("%s: process %d is in %q, %q, %q; want %q", when, i+1, facts.Namespace, facts.Pod, facts.ContainerName, want(i))
			}
		}
		cache.Sweep()
	}
	check("at first", nameOf)
	check("unchanged", nameOf)
	renamed := func(i int) string {
		switch i % 10 {
		case 1:
			return ""
		case 0:
			return "again-" + nameOf(i)
		}
		return nameOf(i)
	}
	for i := range pods {
		if i%10 > 1 {
			continue
		}
		if err := os.Remove(linkOf(i, nameOf(i))); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			if err := os.Symlink("nowhere", linkOf(i, renamed(i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	check("renamed and deleted", renamed)
	for i := 1; i < pods; i += 10 {
		if err := os.Symlink("nowhere", linkOf(i, nameOf(i))); err != nil {
			t.Fatal(err)
		}
	}
	check("made again", func(i int) string {
		if i%10 == 1 {
			return nameOf(i)
		}
		return renamed(i)
	})
}

// TestFactsTakeTheNamesOfMonitors: conmon may be found before or after the processes of its container, and
// what it says goes with it.
func TestFactsTakeTheNamesOfMonitors(t *testing.T) {
	tree := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 7, Name: "app", Cgroup: "0::/machine.slice/libpod-" + containerOf + ".scope/container\n"},
		{PID: 8, Name: "init", Cgroup: "0::/lxc.payload.mail/init.scope\n"},
		{PID: 9, Name: "conmon", Cmdline: conmon(containerOf, "web"), Cgroup: "0::/machine.slice/libpod-conmon-" + containerOf + ".scope\n"},
	}}
	proc, err := procfs.Open(tree.Write(t))
	if err != nil {
		t.Fatal(err)
	}
	cache := New(proc, t.TempDir(), stall.DefaultDeadline)
	t.Cleanup(func() {
		cache.Close()
		_ = proc.Close()
	})
	scan := func(processes ...hosttest.TreeProcess) (app, mail string) {
		cache.Begin(1, time.Now(), len(processes), map[string]uint64{})
		for _, p := range processes {
			_, facts := cache.Get(Sighting{ID: process.ID{PID: p.PID}, Name: []byte(p.Name)})
			switch p.PID {
			case 7:
				app = facts.ContainerName
			case 8:
				mail = facts.ContainerName
			}
		}
		cache.Sweep()
		return app, mail
	}
	scan(tree.Processes...)
	if app, mail := scan(tree.Processes...); app != "web" || mail != "mail" {
		t.Errorf("the containers are named %q and %q", app, mail)
	}
	scan(tree.Processes[:2]...)
	if app, mail := scan(tree.Processes[:2]...); app != "" || mail != "mail" {
		t.Errorf("without the monitor they are named %q and %q", app, mail)
	}
}
