//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// lines collects what a program writes, and tells who waits for a line.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newLines() *lines { return &lines{changed: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await returns what the first group of the expression matches, once it does.
func (l *lines) await(tb testing.TB, expression *regexp.Regexp) string {
	tb.Helper()
	deadline := time.After(patience)
	for {
		if m := expression.FindStringSubmatch(l.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-l.changed:
		case <-deadline:
			tb.Fatalf("no %v in:\n%s", expression, l)
		}
	}
}

// runToEnd runs the program until it ends by itself.
func runToEnd(tb testing.TB, args ...string) (status int, stdout, stderr string) {
	tb.Helper()
	program := binary(tb) // Building it does not count.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		tb.Fatal(err)
	}
	if ctx.Err() != nil {
		tb.Fatalf("%v does not end", args)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// lastLine returns the last line of a text.
func lastLine(text string) string {
	last := ""
	for scanner := bufio.NewScanner(strings.NewReader(text)); scanner.Scan(); {
		last = scanner.Text()
	}
	return last
}

// sleeper makes a program that sleeps under a name of its own.
func sleeper(tb testing.TB, name string) string {
	tb.Helper()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), name)
	if out, err := exec.Command("cp", "--", sleep, path).CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	return path
}

// spawn starts a program that is killed with all its children at the end of the test.
func spawn(tb testing.TB, path string, args ...string) *exec.Cmd {
	tb.Helper()
	cmd := exec.Command(path, args...)
	spawnCommand(tb, cmd)
	return cmd
}

// spawnCommand starts a command that is killed with all its children at the end of the test.
func spawnCommand(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
}
