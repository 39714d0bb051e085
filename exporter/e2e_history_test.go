//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/collector/history/report"
	"proctree/collector/host/hosttest"
)

// recordingServer starts an exporter that records twice a second.
func recordingServer(t *testing.T) (s *server, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "history")
	s = start(t, "--history.dir="+dir, "--history.interval=500ms", "--history.min-free=0%")
	s.eventually("the first table", func() bool {
		status, body := s.get("/api/v1/history")
		return status == 200 && strings.Contains(body, `"from"`)
	})
	return s, dir
}

// needRecords skips where nobody tells how processes ended.
func needRecords(t *testing.T, s *server) {
	t.Helper()
	_, body := s.get("/api/v1/host")
	if !strings.Contains(body, `"exits":"bpf"`) && !strings.Contains(body, `"exits":"taskstats"`) {
		t.Skip("WARNING: NOT TESTED: what ended between two tables, for the kernel reports no exits to this account")
	}
}

// shellAs returns the path of a shell whose processes have a name.
func shellAs(t *testing.T, dir, name string) string {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.Symlink(shell, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// incidentScript is what goes wrong: a crash, a process that uses about 3 seconds of CPU time, a
// storm of processes, and an OOM kill. Each lives long enough to be seen.
const incidentScript = `
cd "$1" || exit 1
./crasher -c 'sleep 1.5; kill -SEGV $$'
./blink -c 'kill -ABRT $$'
./burner -c 'while :; do set -- $(cat /proc/$$/stat); [ $((${14} + ${15})) -lt 300 ] || exit 0; i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; done'
./stormer -c 'i=0; while [ $i -lt 300 ]; do ./leaf -c : ; i=$((i + 1)); done; sleep 1'
if [ -n "$2" ]; then
	./eater -c 'echo $$ >"$0/cgroup.procs"; ulimit -v 1000000; sleep 1.5; x=0123456789abcdef; while :; do x=$x$x; done' "$2"
fi
exit 0
`

// TestReportNamesTheIncident records what goes wrong on this host, and holds that the report names it all with
// time, command line and parent.
func TestReportNamesTheIncident(t *testing.T) {
	s, dir := recordingServer(t)
	needRecords(t, s)
	programs := t.TempDir()
	for _, name := range []string{"crasher", "burner", "stormer", "leaf", "eater", "blink"} {
		shellAs(t, programs, name)
	}
	memory := ""
	t.Run("memory", func(inner *testing.T) { memory = hosttest.SmallMemoryGroup(outlasting{inner, t}, 8<<20) })
	parent := shellAs(t, t.TempDir(), "incident")
	begun := time.Now()
	cmd := exec.Command(parent, "-c", incidentScript, "incident", programs, memory)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	time.Sleep(2500 * time.Millisecond) // The records of the last exits come with the next scan.
	_, events := s.get("/api/v1/events?limit=1")
	s.stop(syscall.SIGTERM)
	out, err := exec.Command(binary(t), "history", "report", "--format=json", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	check := func(what string, list report.List, name, reason, argument, parent string) *report.Entry {
		t.Helper()
		for i := range list.Entries {
			e := &list.Entries[i]
			if e.Name != name {
				continue
			}
			if e.Reason != reason || !strings.Contains(strings.Join(e.Cmdline, " "), argument) || e.Parent != parent || len(e.ParentCmdline) < 2 ||
				e.EndTime == nil || e.EndTime.Time().Before(begun) || e.EndTime.Time().After(time.Now()) {
				t.Errorf("%s: %+v", what, e)
			}
			return e
		}
		t.Errorf("%s is not in the report: %s", what, out)
		return &report.Entry{}
	}
	check("the crash", r.Crashes, "crasher", "SIGSEGV", "kill -SEGV", "incident")
	if strings.Contains(events, `"source":"bpf"`) {
		check("the crash of a process that no scan saw", r.Crashes, "blink", "SIGABRT", "kill -ABRT", "incident")
	}
	burner := check("the burner", r.ShortLived, "burner", "normal", "while :", "incident")
	if burner.CPUSeconds == nil || *burner.CPUSeconds < 2.5 || *burner.CPUSeconds > 4 {
		t.Errorf("the burner used %v, want about 3 s", burner.CPUSeconds)
	}
	if memory != "" {
		check("the OOM kill", r.OOMKills, "eater", "oom_kill", "cgroup.procs", "incident")
	}
	leaves := uint64(0)
	for _, storm := range r.Storms {
		if storm.Name != "leaf" {
			continue
		}
		leaves += storm.Processes
		if storm.Example.Parent == "" && storm.Example.PID == 0 {
			t.Logf("the kernel has only a sum of the storm, without parent: %+v", storm)
			continue
		}
		if storm.Example.Parent != "stormer" || len(storm.Example.ParentCmdline) < 2 || storm.First.Time().Before(begun) {
			t.Errorf("the storm: %+v", storm)
		}
	}
	if leaves+r.ExitsLost < 300 || leaves > 300 {
		t.Errorf("%d processes in the storm, want 300: %s", leaves, out)
	}
}

// outlasting lets what an inner test makes live as long as the outer one.
type outlasting struct {
	*testing.T
	outer *testing.T
}

func (o outlasting) Cleanup(f func()) { o.outer.Cleanup(f) }

// churnScript forks, works and ends, with processes that no scan sees, for so many seconds.
const churnScript = `
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
	for n in 1 2 3 4 5 6 7 8; do "$0" -c 'i=0; while [ $i -lt 300 ]; do i=$((i + 1)); done'; done
	"$0" -c 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done' &
	(i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); done)
	sleep 0.2
done
wait
`

// TestPastIsTrue holds answers for each second of a run against what was answered in that second, and the
// CPU time of all processes of the run against what the kernel accounts to it. PROCTREE_TRUTH=10m is how long.
func TestPastIsTrue(t *testing.T) {
	run := 6 * time.Second
	if text := os.Getenv("PROCTREE_TRUTH"); text != "" {
		var err error
		if run, err = time.ParseDuration(text); err != nil {
			t.Fatalf("PROCTREE_TRUTH: %v", err)
		}
	}
	s, _ := recordingServer(t)
	churn := exec.Command(shellAs(t, t.TempDir(), "pt_churn"), "-c", churnScript, shellAs(t, t.TempDir(), "pt_churn"), strconv.Itoa(int(run.Seconds())))
	begun := time.Now()
	if err := churn.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- churn.Wait() }()
	answers := map[float64]map[string]any{}
	for ended := false; !ended; {
		_, body := s.get("/api/v1/tree")
		at, answer := decoded(t, body)
		answers[at] = answer
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			ended = true
		case <-time.After(500 * time.Millisecond):
		}
	}
	time.Sleep(2500 * time.Millisecond)
	same, dropped := 0, 0
	for at, want := range answers {
		status, body := s.get(fmt.Sprintf("/api/v1/tree?time=%.3f", at))
		if status != 200 {
			t.Fatalf("%v: %d %s", at, status, body)
		}
		got, answer := decoded(t, body)
		// The recorder has no time for every table on a machine that is busy with others, and says so. Then
		// the rates of the next one are over a longer time.
		if got != at || answer["interval_seconds"] != want["interval_seconds"] {
			dropped++
			continue
		}
		same++
		if path, ok := sameAnswer(want, answer, ""); !ok {
			t.Errorf("%.3f: %s differs", at, path)
		}
	}
	lost, _ := s.samples().value("proctree_history_frames_dropped_total", "reason", "busy")
	if float64(dropped) > 2*lost || same == 0 {
		t.Errorf("%d answers are of another table, %d are the same; %v tables were dropped", dropped, same, lost)
	}
	needRecords(t, s)
	_, body := s.get(fmt.Sprintf("/api/v1/top?from=%.3f&group_by=group&limit=1000", float64(begun.UnixMilli())/1e3-1))
	var top struct{ Data report.Top }
	if err := json.Unmarshal([]byte(body), &top); err != nil {
		t.Fatal(err)
	}
	want := (churn.ProcessState.UserTime() + churn.ProcessState.SystemTime()).Seconds()
	got := 0.0
	for _, share := range top.Data.Shares {
		switch share.Name {
		case "pt_churn", "date", "sleep":
			got += share.Value
		}
	}
	t.Logf("%d answers are the same; %.3f s of CPU time in the recording, %.3f s in the kernel's account", same, got, want)
	if math.Abs(got-want) > 0.01*want+0.02 {
		t.Errorf("the run used %.3f s by the recording, and %.3f s by the kernel", got, want)
	}
}

// decoded returns the data of an answer and its time.
func decoded(t *testing.T, body string) (at float64, data map[string]any) {
	t.Helper()
	var answer struct{ Data map[string]any }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	at, _ = answer.Data["time"].(float64)
	return at, answer.Data
}

// sameAnswer compares two answers. A recording keeps CPU times in whole milliseconds, so rates may differ.
func sameAnswer(want, got any, path string) (different string, ok bool) {
	switch want := want.(type) {
	case map[string]any:
		other, ok := got.(map[string]any)
		if !ok || len(other) != len(want) {
			return path, false
		}
		for key, value := range want {
			if different, ok := sameAnswer(value, other[key], path+"."+key); !ok {
				return different, false
			}
		}
		return "", true
	case []any:
		other, ok := got.([]any)
		if !ok || len(other) != len(want) {
			return path, false
		}
		for i := range want {
			if different, ok := sameAnswer(want[i], other[i], fmt.Sprintf("%s[%d]", path, i)); !ok {
				return different, false
			}
		}
		return "", true
	case float64:
		other, ok := got.(float64)
		tolerance := 0.0
		switch {
		case strings.Contains(path, ".subtree.") && strings.HasSuffix(path, "cores"):
			tolerance = 0.01 // A sum of many.
		case strings.HasSuffix(path, "cores"):
			tolerance = 0.001
		case strings.HasSuffix(path, "_per_second"):
			tolerance = 1 + want/1e5 // The wall clock is corrected while it runs, that of live rates is not.
		}
		return fmt.Sprintf("%s: %v was %v", path, got, want), ok && math.Abs(want-other) <= tolerance
	}
	return fmt.Sprintf("%s: %v was %v", path, got, want), reflect.DeepEqual(want, got)
}
