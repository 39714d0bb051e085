//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// floorFiles are what the floor is measured with: each file alone, and what a reader might
// read together. See floor.c for the prefix and suffix.
var floorFiles = []string{
	"none", "schedstat", "statm", "stat", "status", "io", "cmdline", "cgroup", "limits", "fd:size",
	"stat+io", "stat+status+io", "stat+status+io+fd:size",
	"keep:schedstat", "keep:stat", "keep:status", "keep:io", "keep:stat+keep:status+keep:io",
	"smaps_rollup",
}

// floorsPart measures the least that each file costs, which is what the design of the
// procfs reader rests on. It has no targets.
func (b *bench) floorsPart(ctx context.Context) error {
	size := slices.Max(b.options.sizes)
	load, err := b.programs.load(ctx, "tree", fmt.Sprintf("processes=%d", size))
	if err != nil {
		return err
	}
	defer func() { _ = load.end() }()
	c := &crew{bench: b, inARow: max(2, 5000/size)}
	defer c.end()
	for _, files := range floorFiles {
		if err := c.floor(ctx, files, strings.Split(files, "+")...); err != nil {
			return err
		}
	}
	taken, err := interleave(ctx, b.options.rounds, c.probes, func(round int) {
		b.progress("floors: round %d of %d, after one that warms up", round, b.options.rounds)
	}, func(name string, err error) { b.progress("%s: %v", name, err) })
	if err != nil {
		return err
	}
	var table [][]string
	for _, files := range floorFiles {
		cpu := taken.cpu(files)
		processes := max(taken.last(files).answer.Processes, 1)
		table = append(table, []string{
			"`" + files + "`", fmt.Sprintf("%.1f", float64(median(cpu).Nanoseconds())/1e3/float64(processes)),
			milliseconds(median(cpu)), spread(cpu, milliseconds),
		})
	}
	b.report.heading("Floors: open, read, close in C, %d processes", size)
	b.report.line("`none` only lists /proc, as all others do too; `keep:` reads through a descriptor kept open; " +
		"`fd:size` asks for the number of descriptors (kernel 6.2).")
	b.report.table([]string{"files", "µs/process", "ms", "range"}, table)
	return nil
}
