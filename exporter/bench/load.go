//go:build linux

package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// sources are the C programs; the floor and thousands of processes want nothing of a
// runtime around them.
//
//go:embed loadgen/*.c loadgen/*.h floor/*.c
var sources embed.FS

// programs are the compiled C programs and where they lie.
type programs struct{ dir, loadgen, floor string }

// compile builds the C programs into dir. They are static where a static C library is
// installed, which makes a process smaller and its exec cheaper.
func compile(ctx context.Context, dir string) (*programs, error) {
	if err := os.CopyFS(dir, sources); err != nil {
		return nil, fmt.Errorf("write C sources: %w", err)
	}
	p := &programs{dir: dir, loadgen: filepath.Join(dir, "loadgen", "run"), floor: filepath.Join(dir, "floor", "run")}
	for _, binary := range []string{p.loadgen, p.floor} {
		files, err := fs.Glob(os.DirFS(filepath.Dir(binary)), "*.c")
		if err != nil {
			return nil, fmt.Errorf("find C sources: %w", err)
		}
		args := append([]string{"-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", binary}, files...)
		if _, err := cc(ctx, filepath.Dir(binary), append(slices.Clone(args), "-static")); err == nil {
			continue
		}
		if output, err := cc(ctx, filepath.Dir(binary), args); err != nil {
			return nil, fmt.Errorf("compile %s: %w\n%s", filepath.Base(filepath.Dir(binary)), err, output)
		}
	}
	return p, nil
}

func cc(ctx context.Context, dir string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "cc", args...)
	cmd.Dir = dir
	return cmd.CombinedOutput()
}

// load is a running load generator.
type load struct {
	*child
	ready loadReady
}

// loadReady is what the generator says when everything is up.
type loadReady struct {
	Processes, Threads, Names int
}

// loadTruth is what the generator knows at the end: what the processes that it started
// and waited for have used, by their names.
type loadTruth struct {
	Started, Ended int
	CPUSeconds     float64            `json:"cpu_seconds"`
	ByName         map[string]float64 `json:"by_name"`
}

// load starts the generator and waits until it is ready. Its arguments are "name=value".
func (p *programs) load(ctx context.Context, mode string, args ...string) (*load, error) {
	links, err := os.MkdirTemp(p.dir, mode)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	c, err := start(ctx, nil, p.loadgen, append([]string{mode, "dir=" + links}, args...)...)
	if err != nil {
		return nil, err
	}
	l := &load{child: c}
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	if err := c.answer(&l.ready); err != nil {
		return nil, fmt.Errorf("load %s: %w", mode, err)
	}
	return l, nil
}

// begin starts what waited for a line, and truth reads what came of it.
func (l *load) begin() error { return l.ask("go") }

func (l *load) truth() (*loadTruth, error) {
	t := new(loadTruth)
	return t, l.answer(t)
}

// end takes all its processes down.
func (l *load) end() error { return l.stop(nil) }
