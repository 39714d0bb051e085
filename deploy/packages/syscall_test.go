package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"proctree/deploy/programs"
)

// TestUnitAllowsSystemCalls runs the program under strace and holds what it asks of the
// kernel against the filter of the unit.
func TestUnitAllowsSystemCalls(t *testing.T) {
	for _, needed := range []string{"strace", "systemd-analyze"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("SKIPPED: the unit's filter of system calls, which needs %s", needed)
		}
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, program)
	r := release{root: "../..", ldflags: "-s -w"}
	if err := r.build(t.Context(), target{os: "linux", arch: "amd64"}, binary); err != nil {
		t.Fatal(err)
	}
	allowed := allowedCalls(t, "../systemd/proctree_exporter.service")
	trace := filepath.Join(dir, "trace")
	address := programs.Address(t)
	cmd := exec.Command("strace", "-f", "-qq", "-e", "signal=none", "-o", trace, binary, "--web.listen-address="+address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scrape(t, address)
	// strace passes the signal on by ending, after which the program runs on: the signal
	// goes to the program, whose number begins each line of the trace.
	stopTraced(t, trace)
	_ = cmd.Wait()
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	calls := regexp.MustCompile(`(?m)^\d+ +([a-z_0-9]+)\(`).FindAllStringSubmatch(string(data), -1)
	if len(calls) == 0 {
		t.Fatal("strace saw nothing")
	}
	refused := make(map[string]bool)
	for _, call := range calls {
		if name := call[1]; !allowed[name] && !refused[name] {
			refused[name] = true
			t.Errorf("the unit refuses the system call %s", name)
		}
	}
}

func stopTraced(t *testing.T, trace string) {
	t.Helper()
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	for _, digit := range strings.Fields(string(data))[0] {
		pid = pid*10 + int(digit-'0')
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// allowedCalls applies the lines SystemCallFilter= of a unit and its drop-ins in their order.
func allowedCalls(t *testing.T, unit ...string) map[string]bool {
	t.Helper()
	var text strings.Builder
	for _, path := range unit {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(data, '\n'))
	}
	allowed := make(map[string]bool)
	// systemd adds @default to every list of what is allowed (systemd.exec(5)).
	setCalls(t, allowed, "@default", true)
	for line := range strings.Lines(text.String()) {
		value, found := strings.CutPrefix(strings.TrimSpace(line), "SystemCallFilter=")
		if !found {
			continue
		}
		value, refuses := strings.CutPrefix(value, "~")
		for name := range strings.FieldsSeq(value) {
			setCalls(t, allowed, name, !refuses)
		}
	}
	return allowed
}

// setCalls sets a system call, or all of a set of systemd's, which may hold other sets.
func setCalls(t *testing.T, allowed map[string]bool, name string, allow bool) {
	t.Helper()
	if !strings.HasPrefix(name, "@") {
		allowed[name] = allow
		return
	}
	for line := range strings.Lines(command(t, "systemd-analyze", "syscall-filter", name)) {
		if member := strings.TrimSpace(line); member != "" && member != name && !strings.HasPrefix(member, "#") {
			setCalls(t, allowed, member, allow)
		}
	}
}
