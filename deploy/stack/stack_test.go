package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"proctree/deploy/stack/process"
)

// TestMain lets the test binary be the command stack, which starts itself as the mailbox.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "mailbox" {
		main()
		return
	}
	status := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(status)
}

// built is the folder of what exporter builds.
var built = filepath.Join(os.TempDir(), fmt.Sprintf("proctree-stack-%d", os.Getpid()))

// exporter builds the exporter once, from the sources of this checkout.
var exporter = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "proctree_exporter")
	build := exec.Command("go", "build", "-o", path, "./exporter")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// fixture is a stack in a folder of its own, on ports of its own, with the real programs.
type fixture struct {
	t     *testing.T
	dir   string
	flags []string
	out   bytes.Buffer
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	for _, name := range []string{"prometheus", "alertmanager"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("NOT TESTED with the real %s, for it is not on PATH: `make e2e` builds it", name)
		}
	}
	f := &fixture{t: t, dir: filepath.Join(t.TempDir(), "stack")}
	exporter, err := exporter()
	if err != nil {
		t.Fatal(err)
	}
	f.flags = []string{"-dir", f.dir, "-source", "../..", "-exporter", exporter, "-grafana-home", t.TempDir()}
	for _, name := range []string{"exporter", "prometheus", "alertmanager", "mailbox", "smtp", "grafana"} {
		f.flags = append(f.flags, "-"+name+"-port", freePort(t))
	}
	t.Cleanup(func() {
		_ = f.run("stop", "-dir", f.dir)
		if t.Failed() {
			t.Logf("the stack said:\n%s", f.out.String())
		}
	})
	return f
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (f *fixture) run(args ...string) error {
	return run(context.Background(), args, &f.out)
}

func (f *fixture) start() error { return f.run(append([]string{"start"}, f.flags...)...) }

// said returns what was printed since the last call.
func (f *fixture) said() string {
	defer f.out.Reset()
	return f.out.String()
}

func (f *fixture) recorded() map[string]*process.Process {
	f.t.Helper()
	processes, err := process.Recorded(filepath.Join(f.dir, "run"))
	if err != nil {
		f.t.Fatal(err)
	}
	byName := make(map[string]*process.Process)
	for _, p := range processes {
		byName[p.Name] = p
	}
	return byName
}

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
