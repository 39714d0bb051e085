//go:build linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestOddNames: a process can give itself any name that the kernel takes.
func TestOddNames(t *testing.T) {
	odd := "a) S 1 (\"b\\"
	spawn(t, sleeper(t, odd), "600")
	spawn(t, sleeper(t, "new\nline\xff"), "600")
	all := start(t).samples()
	for _, group := range []string{odd, "new\nline\uFFFD"} {
		if n, ok := all.value("proctree_group_processes", "group", group, "state", "sleeping"); !ok || n != 1 {
			t.Errorf("group %q has %v sleeping processes (known: %v), want 1", group, n, ok)
		}
		if _, ok := all.value("proctree_group_resident_memory_bytes", "group", group); !ok {
			t.Errorf("group %q: memory is not known", group)
		}
	}
}

// burn starts a process named burner that uses all the CPU time it can get.
func burn(t *testing.T) *exec.Cmd {
	t.Helper()
	burner := filepath.Join(t.TempDir(), "burner")
	if err := os.Symlink("/bin/sh", burner); err != nil {
		t.Fatal(err)
	}
	return spawn(t, burner, "-c", "while :; do :; done")
}

// TestCountersOutliveProcesses follows a process from its start to its end.
func TestCountersOutliveProcesses(t *testing.T) {
	s := start(t, "--scan.max-age=0s")
	burning := burn(t)
	cpu := func() float64 {
		total := 0.0
		all := s.samples()
		for _, mode := range []string{"user", "system"} {
			seconds, _ := all.value("proctree_group_cpu_seconds_total", "group", "burner", "mode", mode)
			total += seconds
		}
		return total
	}
	s.eventually("CPU time of the burner", func() bool { return cpu() > 0.05 })
	before := cpu()
	if err := burning.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = burning.Wait()
	s.eventually("the exit of the burner", func() bool {
		n, _ := s.samples().value("proctree_group_exits_total", "group", "burner")
		return n == 1
	})
	if after := cpu(); after < before {
		t.Errorf("CPU time fell from %v to %v when the process ended", before, after)
	}
	all := s.samples()
	if n, _ := all.value("proctree_group_starts_total", "group", "burner"); n != 1 {
		t.Errorf("starts %v, want 1", n)
	}
	if n, ok := all.value("proctree_group_processes", "group", "burner", "state", "running"); !ok || n != 0 {
		t.Errorf("%v burners are still running (known: %v)", n, ok)
	}
}

// node is what this test wants to know of a node of the tree.
type node struct {
	PID      int      `json:"pid"`
	PPID     int      `json:"ppid"`
	Name     string   `json:"name"`
	Cmdline  []string `json:"cmdline"`
	Children []node   `json:"children"`
}

// path returns the PIDs from n down to the process, nil if it is not below n.
func (n node) path(pid int) []int {
	if n.PID == pid {
		return []int{pid}
	}
	for _, child := range n.Children {
		if below := child.path(pid); below != nil {
			return append([]int{n.PID}, below...)
		}
	}
	return nil
}

// TestTreeShowsTheCaller asks by a real shell and a real curl, and looks for both of them
// in the answer, below this process.
func TestTreeShowsTheCaller(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("NOT TESTED: the tree as curl sees it, for curl is not installed")
	}
	// A shell asks when it is there already, so no answer may be older than the question.
	s := start(t, "--scan.max-age=0s")
	shell := exec.Command("sh", "-c", `curl --silent --fail "$0"; exit $?`, s.url+"/api/v1/tree")
	answer, err := shell.Output()
	if err != nil {
		t.Fatal(err)
	}
	var tree struct {
		Status string
		Data   struct{ Tree []node }
	}
	if err := json.Unmarshal(answer, &tree); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	var path []int
	for _, root := range tree.Data.Tree {
		if path = root.path(shell.Process.Pid); path != nil {
			break
		}
	}
	if want := []int{os.Getpid(), shell.Process.Pid}; len(path) < 3 || !slices.Equal(path[len(path)-2:], want) {
		t.Fatalf("path to the shell is %v, want … %v", path, want)
	}
	if !slices.Contains(path, os.Getppid()) {
		t.Errorf("path %v is without %d, the parent of the test", path, os.Getppid())
	}
}

func TestExclude(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proctree.yml")
	if err := os.WriteFile(file, []byte("exclude:\n- name: secretive\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	spawn(t, sleeper(t, "secretive"), "600")
	s := start(t, "--config.file="+file)
	for _, path := range []string{"/metrics", "/api/v1/tree", "/api/v1/processes"} {
		if _, body := s.get(path); strings.Contains(body, `"secretive"`) {
			t.Errorf("%s shows the process that is excluded", path)
		}
	}
}

// TestTopProcess: who uses the most CPU time has series of its own, and so has its parent.
func TestTopProcess(t *testing.T) {
	s := start(t, "--scan.max-age=0s")
	pid, parent := strconv.Itoa(burn(t).Process.Pid), strconv.Itoa(os.Getpid())
	s.eventually("series of the burner and of its parent", func() bool {
		all := s.samples()
		_, burner := all.value("proctree_process_info", "pid", pid, "name", "burner", "group", "burner", "ppid", parent)
		_, ancestor := all.value("proctree_process_info", "pid", parent)
		return burner && ancestor
	})
}
