//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// bench holds what all parts of one run share.
type bench struct {
	options  *options
	dir      string
	programs *programs
	exporter string
	report   report
	began    time.Time
}

// prepare compiles everything into a directory of its own.
func prepare(ctx context.Context, o *options) (*bench, error) {
	dir, err := os.MkdirTemp("", "proctree-bench")
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	b := &bench{options: o, dir: dir, exporter: o.exporter, began: time.Now(), report: report{out: os.Stdout}}
	// Processes of other users execute from here.
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // as the line above says.
		return nil, errors.Join(fmt.Errorf("prepare: %w", err), os.RemoveAll(dir))
	}
	b.progress("compiling the load generator and the floor")
	if b.programs, err = compile(ctx, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if b.exporter == "" {
		b.progress("building the exporter")
		b.exporter = filepath.Join(dir, "proctree_exporter")
		if err := build(ctx, b.exporter); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	return b, nil
}

// build makes the exporter as the Makefile does.
func build(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "proctree/exporter")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the exporter: %w\n%s", err, output)
	}
	return nil
}

func (b *bench) close() {
	if err := os.RemoveAll(b.dir); err != nil {
		b.progress("%v", err)
	}
}

// progress tells on standard error what goes on.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0fs  "+format+"\n", append([]any{time.Since(b.began).Seconds()}, args...)...)
}

// describe says on what machine the values were taken.
func (b *bench) describe() {
	var name unix.Utsname
	_ = unix.Uname(&name)
	b.report.line("# Measured metrics")
	b.report.line("\nLinux %s, %s, %d CPUs (%s), Go %s; %d rounds; user id %d.",
		unix.ByteSliceToString(name.Release[:]), runtime.GOARCH, runtime.NumCPU(), cpuModel(),
		strings.TrimPrefix(runtime.Version(), "go"), b.options.rounds, os.Geteuid())
}

// cpuModel is the first "model name" of /proc/cpuinfo, which not every architecture has.
func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "model not known"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "model not known"
}

// conclude counts the targets.
func (b *bench) conclude(took time.Duration) {
	r := &b.report
	r.heading("Summary")
	r.line("%d targets met, %d missed, %d not measured, in %s.", r.met, len(r.missed), len(r.absent), took.Round(time.Second))
	for _, what := range r.missed {
		r.line("- missed: %s", what)
	}
	for _, what := range r.absent {
		r.line("- not measured: %s", what)
	}
}
