//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// amid runs something against the exporter among the processes that the load generator
// makes by its options; root is the ancestor of them all.
func (b *bench) amid(ctx context.Context, options []string, do func(s *server, root int) error) error {
	load, err := b.programs.load(ctx, "tree", options...)
	if err != nil {
		return err
	}
	defer func() { _ = load.end() }()
	server, err := b.serveExporter(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = server.shut() }()
	return do(server, load.pid())
}

func ordinary() []string { return []string{fmt.Sprintf("processes=%d", ordinarySize)} }

func (b *bench) threads(ctx context.Context) ([]strain, []target, error) {
	s := strain{what: fmt.Sprintf("a process with %d threads", manyThreads)}
	b.progress("%s", s.what)
	load, err := b.programs.load(ctx, "threads", fmt.Sprintf("threads=%d", manyThreads))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = load.end() }()
	err = b.amid(ctx, ordinary(), func(server *server, _ int) error { return s.observe(ctx, server, 5, sharedScan, nil) })
	return []strain{s}, s.bounded(), err
}

// largest has as many processes as a kernel gives by default. They have one thread each,
// for a thread takes a PID too.
func (b *bench) largest(ctx context.Context) ([]strain, []target, error) {
	size, err := roomFor(b.options.stressSize)
	if err != nil {
		return nil, nil, err
	}
	what := fmt.Sprintf("%d live processes", size)
	if size < b.options.stressSize {
		what += fmt.Sprintf(" (kernel.pid_max leaves no room for %d)", b.options.stressSize)
	}
	s := strain{what: what}
	b.progress("%s", s.what)
	err = b.amid(ctx, []string{fmt.Sprintf("processes=%d", size), "threads=0"}, func(server *server, _ int) error {
		b.progress("they are up")
		return s.observe(ctx, server, 5, sharedScan, nil)
	})
	return []strain{s}, s.bounded(), err
}

// reservedPIDs are what the kernel never reuses (RESERVED_PIDS, kernel/pid.c), and
// sparePIDs are left for whatever else starts meanwhile.
const (
	reservedPIDs = 300
	sparePIDs    = 300
)

// roomFor returns how many of the wanted processes the kernel has PIDs for.
func roomFor(wanted int) (int, error) {
	limit, err := os.ReadFile("/proc/sys/kernel/pid_max")
	if err != nil {
		return 0, fmt.Errorf("room for processes: %w", err)
	}
	load, err := os.ReadFile("/proc/loadavg") // "0.00 0.01 0.05 1/123 4567": tasks behind the slash
	if err != nil {
		return 0, fmt.Errorf("room for processes: %w", err)
	}
	most, _ := strconv.Atoi(strings.TrimSpace(string(limit)))
	_, rest, _ := strings.Cut(string(load), "/")
	now, _, _ := strings.Cut(rest, " ")
	tasks, _ := strconv.Atoi(now)
	return min(wanted, most-tasks-reservedPIDs-sparePIDs), nil
}
