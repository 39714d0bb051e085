package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestStack(t *testing.T) {
	f := newFixture(t)
	if err := f.start(); err != nil {
		t.Fatal(err)
	}
	said := f.said()
	running := f.recorded()
	if len(running) != 4 {
		t.Errorf("recorded: %v", running)
	}
	for name, p := range running {
		if !p.Running() || !strings.Contains(said, p.Address) {
			t.Errorf("%s runs: %v; its address %s is not in:\n%s", name, p.Running(), p.Address, said)
		}
	}

	if err := f.start(); err != nil {
		t.Fatal(err)
	}
	if got := f.said(); !strings.HasPrefix(got, "already running") {
		t.Errorf("started twice, it says: %s", got)
	}

	if err := syscall.Kill(running["alertmanager"].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for running["alertmanager"].Running() {
		time.Sleep(10 * time.Millisecond)
	}
	if err := f.start(); err == nil || !strings.HasPrefix(err.Error(), "it runs, but without alertmanager") {
		t.Errorf("with a part that ended, it says: %v", err)
	}

	if err := f.run("stop", "-dir", f.dir); err != nil {
		t.Fatal(err)
	}
	for name, p := range running {
		if p.Running() {
			t.Errorf("%s still runs", name)
		}
	}
	f.said()
	if err := f.run("stop", "-dir", f.dir); err != nil || f.said() != "nothing is running\n" {
		t.Errorf("stopped twice: %v", err)
	}
}

// TestPartThatDoesNotStart: what is wrong is told from its log, and nothing is left running.
func TestPartThatDoesNotStart(t *testing.T) {
	f := newFixture(t)
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.dir, "proctree.yml"), []byte("nonsense: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.start(); err == nil || !strings.Contains(err.Error(), "exporter ended") || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("it says: %v", err)
	}
	if left := f.recorded(); len(left) > 0 {
		t.Errorf("still recorded: %v", left)
	}
}

func TestBusyPort(t *testing.T) {
	f := newFixture(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f.flags = append(f.flags, "-prometheus-port", port)
	want := fmt.Sprintf("127.0.0.1:%s is not free for prometheus (make stack PROMETHEUS_PORT=", port)
	if err := f.start(); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it says: %v", err)
	}
	if left := f.recorded(); len(left) > 0 {
		t.Errorf("started: %v", left)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{"", "usage: stack start|stop|mailbox [flags]"},
		{"restart", `unknown command "restart": start, stop or mailbox`},
		{"stop now", `unexpected argument "now"`},
		{"start -exporter-port x", `invalid value "x" for flag -exporter-port: parse error`},
	}
	for _, test := range tests {
		if err := run(t.Context(), strings.Fields(test.args), new(bytes.Buffer)); err == nil || err.Error() != test.want {
			t.Errorf("stack %s: %v, want %s", test.args, err, test.want)
		}
	}
}
