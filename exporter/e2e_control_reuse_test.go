//go:build linux

package main

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReusedPIDByRequest gives the PID of a process to another one while a request for the
// first is on its way, 1,000 times. The other one is of the same group, so that the rules
// allow it. No signal may reach it.
func TestReusedPIDByRequest(t *testing.T) {
	lastPID, err := os.OpenFile("/proc/sys/kernel/ns_last_pid", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("SKIPPED: forcing the reuse of a PID needs root (CAP_CHECKPOINT_RESTORE): %v", err)
	}
	t.Cleanup(func() { _ = lastPID.Close() })
	// A caller can make 20 requests at once, so there are as many callers as batches.
	const tries, batch = 1000, 20
	h := startControlHost(t, tries/batch, "--scan.max-age=200ms")
	program := sleeper(t, "victim-again")
	reused := 0
	replies := map[int]int{}
	for _, secret := range h.controllers {
		pids, ids := make([]int, batch), make([]string, batch)
		for i := range pids {
			pids[i] = forkSleeper(t, program)
			ids[i] = h.idOf(pids[i])
		}
		// The report can be older than the processes. All that follows is judged by one that has the
		// processes, or by a newer one.
		h.eventually("all processes in the report", func() bool {
			_, body := h.do(http.MethodGet, "/api/v1/processes?limit=100&q=name%3Dvictim-again", bearer(secret)...)
			return strings.Contains(body, `"`+ids[batch-1]+`"`)
		})
		for i, pid := range pids {
			// The reuse meets another point of the request's way each time: it begins up to 2 ms
			// after the request, or up to 2 ms before it.
			requestWaits, reuseWaits := time.Duration(0), time.Duration(i)*100*time.Microsecond
			if i%2 == 0 {
				requestWaits, reuseWaits = reuseWaits, requestWaits
			}
			first := make(chan reply, 1)
			go func() {
				time.Sleep(requestWaits)
				first <- h.post(ids[i], `{"signal":"KILL"}`, bearer(secret)...)
			}()
			time.Sleep(reuseWaits)
			reap(t, pid, syscall.SIGKILL)
			if _, err := lastPID.WriteAt([]byte(strconv.Itoa(pid-1)), 0); err != nil {
				t.Fatal(err)
			}
			bystander := forkSleeper(t, program)
			if bystander == pid {
				reused++
			}
			got := <-first
			replies[got.status]++
			// SIGKILL goes before SIGTERM, so this shows which one the process got.
			if signal := reap(t, bystander, syscall.SIGTERM); signal != syscall.SIGTERM {
				t.Fatalf("process %d was hit by the request for %s, which was answered with %d %s", bystander, ids[i], got.status, got.body)
			}
		}
	}
	t.Logf("of %d PIDs %d were reused; the answers: %v", tries, reused, replies)
	if reused < tries/2 || replies[http.StatusConflict] == 0 {
		t.Errorf("%d of %d PIDs were reused, and %d requests met another process: the test proves too little", reused, tries, replies[http.StatusConflict])
	}
	for status := range replies {
		if status != http.StatusAccepted && status != http.StatusNotFound && status != http.StatusConflict {
			t.Errorf("%d requests were answered with %d, want only 202, 404 and 409", replies[status], status)
		}
	}
}

// forkSleeper starts a program that sleeps, by the quickest way there is.
func forkSleeper(tb testing.TB, path string) (pid int) {
	tb.Helper()
	pid, err := syscall.ForkExec(path, []string{path, "600"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}})
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}

// reap sends a signal to a child, waits for it and returns the signal that it ended by.
func reap(tb testing.TB, pid int, signal syscall.Signal) syscall.Signal {
	tb.Helper()
	var status syscall.WaitStatus
	if err := syscall.Kill(pid, signal); err != nil {
		tb.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		tb.Fatal(err)
	}
	return status.Signal()
}
