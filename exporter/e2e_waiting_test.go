//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// waitedSeconds returns how long the only thread of a process has waited for a CPU, as the kernel counts it.
func waitedSeconds(t *testing.T, pid int) float64 {
	t.Helper()
	var run, wait float64
	if _, err := fmt.Sscan(readText(t, fmt.Sprintf("/proc/%d/schedstat", pid)), &run, &wait); err != nil {
		t.Skipf("SKIPPED: the kernel does not count waits (CONFIG_SCHED_INFO): %v", err)
	}
	return wait / 1e9
}

// oneCPU returns a set with the first CPU that this process may use.
func oneCPU(t *testing.T) *unix.CPUSet {
	t.Helper()
	var allowed, first unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !allowed.IsSet(cpu) {
		cpu++
	}
	first.Set(cpu)
	return &first
}

// TestWaitingProcess: of processes that share one CPU, the API says that they wait for it, and the counter of
// their group is the kernel's, also when they have ended.
func TestWaitingProcess(t *testing.T) {
	const name = "test-waiter"
	program := filepath.Join(t.TempDir(), name)
	if err := os.Symlink("/bin/sh", program); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--scan.max-age=0s")
	cpu := oneCPU(t)
	waiters := map[int]func(){}
	for range 3 {
		cmd := spawn(t, program, "-c", "while :; do :; done")
		if err := unix.SchedSetaffinity(cmd.Process.Pid, cpu); err != nil {
			t.Fatal(err)
		}
		waiters[cmd.Process.Pid] = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	}
	kernel := func() (sum float64) {
		for pid := range waiters {
			sum += waitedSeconds(t, pid)
		}
		return sum
	}
	s.eventually("waits of two seconds", func() bool { return kernel() > 2 })

	group := func() float64 {
		v, ok := s.samples().value("proctree_group_cpu_wait_seconds_total", "group", name)
		if !ok {
			t.Fatal("the wait of the group is not known")
		}
		return v
	}
	least := kernel()
	got := group()
	if most := kernel(); got < least*0.99 || got > most*1.01 {
		t.Errorf("the group has waited %v s, want %v to %v s", got, least, most)
	}

	s.eventually("three processes that wait for a CPU", func() bool {
		var list struct {
			Data struct {
				Processes []struct {
					PID     int
					Waiting string
					CPU     struct {
						Waiting *float64 `json:"waiting_cores"`
					}
				}
			}
		}
		status, body := s.get("/api/v1/processes?waiting=cpu&sort=cpu_wait&match=" + name)
		if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		for _, p := range list.Data.Processes {
			if waiters[p.PID] == nil || p.Waiting != "cpu" || p.CPU.Waiting == nil || *p.CPU.Waiting < 0.1 {
				t.Fatalf("%+v does not wait for a CPU: %s", p, body)
			}
		}
		return len(list.Data.Processes) == len(waiters)
	})

	before := group()
	for _, end := range waiters {
		end()
	}
	s.eventually("the ends of the processes", func() bool {
		n, _ := s.samples().value("proctree_group_exits_total", "group", name)
		return n == 3
	})
	if after := group(); after < before {
		t.Errorf("the wait of the group fell from %v to %v s when its processes ended", before, after)
	}
}
