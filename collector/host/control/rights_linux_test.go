package control_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"proctree/collector/host/control"
	"proctree/collector/process"
)

// rightsTarget names the process that the child of TestRights acts on: its PID, its start in
// ticks, and the action.
const rightsTarget = "PROCTREE_TEST_RIGHTS"

// The exit codes of that child, for what the action answered.
const (
	acted      = 0
	refused    = 10
	wentBroken = 11
)

// TestRights acts as nobody on a process of root, with and without the capabilities of the
// drop-in for systemd, which grants them the same way (capabilities(7), ambient set).
func TestRights(t *testing.T) {
	if target := os.Getenv(rightsTarget); target != "" {
		os.Exit(actOn(t, target)) //nolint:forbidigo // the exit code is the answer to the parent
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: what another account may do, which needs root to become one")
	}
	program := publicCopy(t)
	for _, tc := range []struct {
		name, action string
		capabilities []uintptr
		want         int
	}{
		{"a signal without rights", control.TERM, nil, refused},
		{"a nice value without rights", "nice", nil, refused},
		{"a signal with CAP_SYS_NICE alone", control.TERM, []uintptr{unix.CAP_SYS_NICE}, refused},
		{"a nice value with CAP_KILL alone", "nice", []uintptr{unix.CAP_KILL}, refused},
		{"a nice value with CAP_SYS_NICE", "nice", []uintptr{unix.CAP_SYS_NICE}, acted},
		{"a signal with CAP_KILL", control.TERM, []uintptr{unix.CAP_KILL}, acted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, id := spawn(t)
			before := niceOf(t, id.PID)
			cmd := exec.Command(program, "-test.run=^TestRights$")
			cmd.Dir = "/"
			cmd.Env = []string{rightsTarget + "=" + strconv.Itoa(id.PID) + " " + strconv.FormatUint(id.StartTicks, 10) + " " + tc.action}
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, AmbientCaps: tc.capabilities}
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != tc.want {
				t.Errorf("exit code %d, want %d: %s", got, tc.want, out)
			}
			if after := niceOf(t, id.PID); tc.want == refused && after != before {
				t.Errorf("the process was touched: its nice value was %d and is %d", before, after)
			}
		})
	}
}

// publicCopy returns a copy of this test program that other accounts may execute.
func publicCopy(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "proctree-rights") //nolint:usetesting // other accounts cannot enter what TempDir makes
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	program := filepath.Join(dir, "control.test")
	to, err := os.OpenFile(program, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close(), os.Chmod(dir, 0o755)); err != nil {
		tb.Fatal(err)
	}
	return program
}

// actOn does in the child what the test asks for.
func actOn(t *testing.T, target string) int {
	t.Helper()
	var id process.ID
	var action string
	if _, err := fmt.Sscan(target, &id.PID, &id.StartTicks, &action); err != nil {
		t.Log(err)
		return wentBroken
	}
	actor := newActor(t)
	var err error
	if action == "nice" {
		err = actor.Renice(id, -5)
	} else {
		err = actor.Signal(id, action)
	}
	switch {
	case err == nil:
		return acted
	case errors.Is(err, control.ErrNotPermitted):
		return refused
	}
	t.Log(err)
	return wentBroken
}
