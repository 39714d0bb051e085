//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// wholeScans is how many scans, and floors in turn with them, one ratio is the median of.
const wholeScans = "20x"

// readerPackage has the benchmark of a scan, readerBenchmark.
const (
	readerPackage   = "proctree/collector/host/linux"
	readerBenchmark = "BenchmarkScan"
)

// whole is a scan that reads every process: its CPU per process in µs, and as a multiple of
// a loop in Go that only opens, reads and closes the same files.
type whole struct{ perProcess, floors float64 }

// wholeScan measures one. A reader in production cannot be
// told to do so, so it is the benchmark of the reader's own package that is run.
func (b *bench) wholeScan(ctx context.Context) (whole, error) {
	binary := filepath.Join(b.dir, "host.test")
	if _, err := os.Stat(binary); err != nil {
		build := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, readerPackage)
		if output, err := build.CombinedOutput(); err != nil {
			return whole{}, fmt.Errorf("build the reader's benchmark: %w\n%s", err, output)
		}
	}
	run := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench=^"+readerBenchmark+"$/^whole$", "-test.benchtime="+wholeScans)
	output, err := run.CombinedOutput()
	if err != nil {
		return whole{}, fmt.Errorf("run the reader's benchmark: %w\n%s", err, output)
	}
	w := whole{}
	if w.perProcess, err = benchmarkMetric(string(output), "µs/process"); err != nil {
		return w, err
	}
	w.floors, err = benchmarkMetric(string(output), "×floor")
	return w, err
}

// benchmarkMetric finds a value by its unit in the output of a benchmark.
func benchmarkMetric(output, unit string) (float64, error) {
	fields := strings.Fields(output)
	for i, field := range fields {
		if field == unit && i > 0 {
			return strconv.ParseFloat(fields[i-1], 64)
		}
	}
	return 0, fmt.Errorf("the benchmark printed no %s:\n%s", unit, output)
}
