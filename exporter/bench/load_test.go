//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// compiled is made once, for the compiler takes longer than the tests; TestMain removes it.
var compiled = sync.OnceValues(func() (*programs, error) {
	dir, err := os.MkdirTemp("", "bench-test")
	if err != nil {
		return nil, err
	}
	// Other users execute what lies in it.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	return compile(context.Background(), dir)
})

func compileForTest(t *testing.T) *programs {
	t.Helper()
	p, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTreeComesAndGoes(t *testing.T) {
	p := compileForTest(t)
	load, err := p.load(t.Context(), "tree", "processes=60", "fanout=3", "names=20", "odd_bytes=1")
	if err != nil {
		t.Fatal(err)
	}
	if load.ready.Processes != 60 || load.ready.Threads < 60 || load.ready.Names != 20 {
		t.Errorf("ready: %+v", load.ready)
	}
	names, users := map[string]bool{}, map[string]bool{}
	pids := descendants(t, load.pid())
	for _, pid := range pids {
		comm, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
		if err != nil {
			t.Fatal(err)
		}
		names[strings.TrimSuffix(string(comm), "\n")] = true
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(status), "Uid:\t")
		user, _, _ := strings.Cut(rest, "\t")
		users[user] = true
	}
	if len(pids) != 60 || len(names) != 20 {
		t.Errorf("%d processes with %d names, want 60 with 20: %v", len(pids), len(names), names)
	}
	for _, odd := range []string{"a) S 1 (b0", "\xff\xfe0"} {
		if !names[odd] {
			t.Errorf("no process is called %q", odd)
		}
	}
	if os.Geteuid() == 0 && len(users) < 3 {
		t.Errorf("only the users %v", users)
	}
	if err := load.end(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid))); err == nil {
			t.Errorf("process %d is still there", pid)
		}
	}
}

// descendants lists who has pid above them.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "task", strconv.Itoa(pid), "children"))
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for field := range strings.FieldsSeq(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, child), descendants(t, child)...)
	}
	return all
}

func TestChurnTellsTheTruth(t *testing.T) {
	p := compileForTest(t)
	for _, orphans := range []string{"orphans=0", "orphans=1"} {
		t.Run(orphans, func(t *testing.T) {
			load, err := p.load(t.Context(), "churn", orphans, "rate=40", "burn_ms=1", "seconds=0.8", "names=4")
			if err != nil {
				t.Fatal(err)
			}
			if err := load.begin(); err != nil {
				t.Fatal(err)
			}
			truth, err := load.truth()
			if err != nil {
				t.Fatal(err)
			}
			if err := load.end(); err != nil {
				t.Fatal(err)
			}
			// Under load fewer are started than asked for, but each is accounted for.
			if truth.Started < 2 || truth.Ended != truth.Started {
				t.Errorf("%d started, %d ended", truth.Started, truth.Ended)
			}
			// The arithmetic is worth 1 ms on a CPU that has nothing else to do.
			least := 0.0005 * float64(truth.Ended)
			if truth.CPUSeconds < least || len(truth.ByName) != 4 {
				t.Errorf("%v CPU seconds, want at least %v, in 4 names: %v", truth.CPUSeconds, least, truth.ByName)
			}
			sum := 0.0
			for _, s := range truth.ByName {
				sum += s
			}
			if diff := sum - truth.CPUSeconds; diff > 1e-4 || diff < -1e-4 {
				t.Errorf("the names sum up to %v, all to %v", sum, truth.CPUSeconds)
			}
		})
	}
}

func TestStormAndThreads(t *testing.T) {
	p := compileForTest(t)
	storm, err := p.load(t.Context(), "storm", "rate=500", "seconds=0.3")
	if err != nil {
		t.Fatal(err)
	}
	if err := storm.begin(); err != nil {
		t.Fatal(err)
	}
	truth, err := storm.truth()
	if err != nil || truth.Started < 10 || truth.Ended != truth.Started {
		t.Errorf("storm: %+v, %v", truth, err)
	}
	threads, err := p.load(t.Context(), "threads", "threads=100")
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(threads.pid()), "task"))
	if err != nil || len(tasks) != 100 {
		t.Errorf("%d threads, %v", len(tasks), err)
	}
	for _, l := range []*load{storm, threads} {
		if err := l.end(); err != nil {
			t.Error(err)
		}
	}
}

func TestLoadRefusesBadOptions(t *testing.T) {
	p := compileForTest(t)
	for _, args := range [][]string{{"tree", "colour=red"}, {"churn", "names=0"}, {"tree", "processes=many"}} {
		_, err := p.load(t.Context(), args[0], args[1:]...)
		if err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

// TestFloorsAgree holds the two floors against each other and against the kernel's own
// count of what they read.
func TestFloorsAgree(t *testing.T) {
	p := compileForTest(t)
	load, err := p.load(t.Context(), "tree", "processes=100")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = load.end() }()
	c, err := start(t.Context(), nil, p.floor, sameFiles...)
	if err != nil {
		t.Fatal(err)
	}
	g, err := startWorker(t.Context(), "raw:"+strings.Join(sameFiles, "+"))
	if err != nil {
		t.Fatal(err)
	}
	files := len(slices.DeleteFunc(slices.Clone(sameFiles), func(f string) bool { return strings.Contains(f, ":") }))
	for _, floor := range []*child{c, g} {
		s, err := scanning(floor, 1)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.answer.Processes < 100 || s.cpu <= 0 || s.cpu > time.Second {
			t.Errorf("%s: %+v", floor.name, s)
		}
		// One file or another may be refused, and the answer to the line is a read too.
		if reads := s.reads / float64(s.answer.Processes); reads < float64(files)*0.9 || reads > float64(files)*1.1 {
			t.Errorf("%s: %.2f reads per process, want %d", floor.name, reads, files)
		}
		if err := floor.stop(nil); err != nil {
			t.Error(err)
		}
	}
}
