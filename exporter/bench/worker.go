//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// workerCommand as the first argument makes this program a worker: it holds one way of
// reading the process table and scans once for each line on standard input, so that what
// it costs can be read from its own CPU clock.
const workerCommand = "worker"

// answer is what one scan gave. Mallocs and Bytes are of the scan alone, where counted.
type answer struct {
	Processes int    `json:"processes"`
	Mallocs   uint64 `json:"mallocs,omitempty"`
	Bytes     uint64 `json:"bytes,omitempty"`
}

// scanner reads the process table once and returns how many processes it saw.
type scanner func(context.Context) (int, error)

// scanners opens a way of reading by its name; what follows a colon are the files.
func openScanner(name string) (scanner, error) {
	kind, files, _ := strings.Cut(name, ":")
	switch kind {
	case "reader":
		return openReader(files)
	case "raw":
		return openRaw(strings.Split(files, "+"))
	case "traffic":
		return openTraffic(files)
	case "procfs":
		return openNaiveProcfs()
	case "gopsutil":
		return scanNaiveGopsutil, nil
	}
	return nil, fmt.Errorf("worker: no such way to read: %q", name)
}

// The lines a worker understands.
const (
	scanOnce   = "scan"
	scanCounts = "count"
)

func runWorker(name string, in io.Reader, out io.Writer) error {
	scan, err := openScanner(name)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		a, err := scanFor(scan, lines.Text() == scanCounts)
		if err != nil {
			return fmt.Errorf("worker %s: %w", name, err)
		}
		if err := json.NewEncoder(out).Encode(a); err != nil {
			return fmt.Errorf("worker %s: %w", name, err)
		}
	}
	return lines.Err()
}

// scanFor scans; counting allocations stops the world twice, so it is not done while the
// time is taken.
func scanFor(scan scanner, counting bool) (answer, error) {
	var before, after runtime.MemStats
	if counting {
		runtime.ReadMemStats(&before)
	}
	n, err := scan(context.Background())
	if counting {
		runtime.ReadMemStats(&after)
	}
	return answer{Processes: n, Mallocs: after.Mallocs - before.Mallocs, Bytes: after.TotalAlloc - before.TotalAlloc}, err
}

// startWorker starts this program once more, as a worker.
func startWorker(ctx context.Context, name string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	return start(ctx, nil, self, workerCommand, name)
}
