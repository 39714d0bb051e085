//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// event is what the tests look at.
type event struct {
	Kind, Name, Parent, Reason string
	PID                        int      `json:"pid"`
	PPID                       int      `json:"ppid"`
	Cmdline                    []string `json:"cmdline"`
	Code                       int      `json:"exit_code"`
	Run                        *float64 `json:"run_seconds"`
	Peak                       uint64   `json:"peak_bytes"`
}

// events asks a server for the events of a process, and for their source.
func (s *server) events(query string) (list []event, source string) {
	s.tb.Helper()
	status, body := s.get("/api/v1/events?" + query)
	var answer struct {
		Data struct {
			Source string
			Events []event
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		s.tb.Fatalf("%d %s: %v", status, body, err)
	}
	return answer.Data.Events, answer.Data.Source
}

// startWithEvents starts a server with events by BPF, or skips the test where that is not permitted.
func startWithEvents(tb testing.TB, args ...string) *server {
	tb.Helper()
	args = append(args, "--events.source=bpf")
	out, err := exec.CommandContext(tb.Context(), binary(tb), "--events.source=bpf", "--web.listen-address=256.256.256.256:0").CombinedOutput()
	if err != nil && bytes.Contains(out, []byte("--events.source")) {
		tb.Skipf("SKIPPED: no events by BPF on this machine: %s", out)
	}
	return start(tb, args...)
}

// TestEventsOfShortLives runs programs that live for a millisecond and end in each way.
func TestEventsOfShortLives(t *testing.T) {
	s := startWithEvents(t)
	for _, test := range []struct {
		script, reason string
		code           int
	}{
		{"exit 0", "normal", 0},
		{"exit 3", "exit_code", 3},
		{"kill -SEGV $$", "SIGSEGV", 0},
		{"kill -KILL $$", "SIGKILL", 0},
	} {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", test.script, "sh", "--password=hunter2")
		began := time.Now()
		_ = cmd.Run()
		took := time.Since(began).Seconds()
		var list []event
		s.eventually("the events of "+test.script, func() bool {
			list, _ = s.events("pid=" + strconv.Itoa(cmd.Process.Pid))
			return len(list) == 3
		})
		for i, kind := range []string{"exit", "exec", "fork"} {
			if list[i].Kind != kind || list[i].PPID != os.Getpid() {
				t.Errorf("%s: event %d is %+v, want %s", test.script, i, list[i], kind)
			}
		}
		exit, run := list[0], list[1]
		if exit.Reason != test.reason || exit.Code != test.code || exit.Run == nil || *exit.Run > took || exit.Peak == 0 {
			t.Errorf("%s: %+v after %g s", test.script, exit, took)
		}
		if len(run.Cmdline) != 5 || run.Cmdline[2] != test.script || bytes.Contains([]byte(run.Cmdline[4]), []byte("hunter2")) {
			t.Errorf("%s: it runs %q", test.script, run.Cmdline)
		}
	}
	for _, kind := range []string{"fork", "exec", "exit"} {
		if n, ok := s.samples().value("proctree_events_read_total", "kind", kind); !ok || n < 4 {
			t.Errorf("%g events %s were read", n, kind)
		}
		if n, ok := s.samples().value("proctree_events_lost_total", "kind", kind); !ok || n != 0 {
			t.Errorf("%g events %s were lost", n, kind)
		}
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("it ends with status %d", status)
	}
}

// TestEventsInAFile ends the program right after a process: the last events are in the file too.
func TestEventsInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	s := startWithEvents(t, "--events.file="+path)
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "exit 7")
	_ = cmd.Run()
	s.eventually("the exit", func() bool {
		list, _ := s.events("kind=exit&pid=" + strconv.Itoa(cmd.Process.Pid))
		return len(list) == 1
	})
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("it ends with status %d", status)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if e.PID == cmd.Process.Pid && e.Code == 7 {
			return
		}
	}
	t.Errorf("the exit is not among\n%s", text)
}

// TestEventsOutliveTheExporter asks for a process that ended before the exporter was started again.
func TestEventsOutliveTheExporter(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--history.dir=" + dir, "--history.interval=1h"} // So the last table is that of the end.
	first := startWithEvents(t, args...)
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "exit 9")
	_ = cmd.Run()
	query := "kind=exit&pid=" + strconv.Itoa(cmd.Process.Pid)
	first.eventually("the exit", func() bool {
		list, _ := first.events(query)
		return len(list) == 1
	})
	if status := first.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("it ends with status %d", status)
	}
	second := startWithEvents(t, args...)
	list, _ := second.events(query)
	if len(list) != 1 || list[0].Code != 9 || len(list[0].Cmdline) != 3 {
		t.Errorf("after a restart: %+v", list)
	}
}

func TestEventsFileRefusals(t *testing.T) {
	for _, args := range [][]string{
		{"--events.file=/dev/null"},
		{"--events.file=/proc/nowhere/x"},
		{"--events.file=x", "--events.source=off"},
		{"--events.file=x", "--events.file-max-bytes=10KiB"},
	} {
		out, err := exec.CommandContext(t.Context(), binary(t), append(args, "--web.listen-address=127.0.0.1:0")...).CombinedOutput()
		lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
		if err == nil || !bytes.Contains(lines[len(lines)-1], []byte("--events.file")) {
			t.Errorf("%s: %v, %s", args, err, out)
		}
	}
}

// TestEventsFromScans: without BPF, what a scan sees has its events.
func TestEventsFromScansOnly(t *testing.T) {
	s := start(t, "--scan.max-age=0s", "--host.exits=children")
	s.samples()
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	query := "pid=" + strconv.Itoa(cmd.Process.Pid)
	s.eventually("the exec", func() bool {
		s.samples()
		list, source := s.events(query + "&kind=exec")
		return len(list) == 1 && source == "scans" && list[0].Cmdline[1] == "60"
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	s.eventually("the exit", func() bool {
		s.samples()
		list, _ := s.events(query + "&kind=exit")
		return len(list) == 1 && list[0].Reason == ""
	})
}

func TestEventsSwitchedOff(t *testing.T) {
	s := start(t, "--events.source=off")
	if status, _ := s.get("/api/v1/events"); status != 404 {
		t.Errorf("events are answered with %d", status)
	}
	if _, ok := s.samples().value("proctree_events_read_total", "kind", "exec"); ok {
		t.Error("there are metrics of events")
	}
}
