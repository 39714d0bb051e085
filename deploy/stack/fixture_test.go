package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"proctree/deploy/programs"
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
	os.Exit(status) //nolint:forbidigo // This is TestMain.
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
		_, port, _ := strings.Cut(programs.Address(t), ":")
		f.flags = append(f.flags, "-"+name+"-port", port)
	}
	t.Cleanup(func() {
		_ = f.run("stop", "-dir", f.dir)
		if t.Failed() {
			t.Logf("the stack said:\n%s", f.out.String())
		}
	})
	return f
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
