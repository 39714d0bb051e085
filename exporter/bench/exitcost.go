//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// exitPrograms are what the kernel calls the BPF programs that account for exits. Each runs
// once for a task that ends.
var exitPrograms = []string{"process_ends", "process_freed"}

// exitCost is what those programs take in the kernel, by the kernel's own clock; draining
// the sums is part of a scan, and measured there.
type exitCost struct {
	// why says what could not be measured.
	why      string
	programs []*ebpf.Program
	stats    io.Closer
	began    time.Time

	// runTimeBefore and runsBefore are the kernel's clock at the beginning.
	runTimeBefore, runTime, elapsed time.Duration
	runsBefore, runs                uint64
}

// beginExitCost starts the kernel's clock for the programs of the exporter that accounts
// for exits by BPF.
func beginExitCost(witnesses []*witness) *exitCost {
	c := &exitCost{why: "no exporter accounts for exits by BPF here"}
	for _, w := range witnesses {
		if w.missing != "" || w.exits != exitsBPF {
			continue
		}
		if err := c.find(w.pid); err != nil {
			c.why = err.Error()
			return c
		}
		c.why = ""
	}
	return c
}

func (c *exitCost) find(pid int) error {
	ids, err := programsOf(pid)
	if err != nil {
		return err
	}
	for _, id := range ids {
		program, err := ebpf.NewProgramFromID(id)
		if err != nil {
			return fmt.Errorf("open BPF program %d: %w", id, err)
		}
		if info, err := program.Info(); err != nil || !slices.Contains(exitPrograms, info.Name) {
			_ = program.Close()
			continue
		}
		c.programs = append(c.programs, program)
	}
	if len(c.programs) != len(exitPrograms) {
		return fmt.Errorf("process %d has %d of the BPF programs %s", pid, len(c.programs), strings.Join(exitPrograms, ", "))
	}
	if c.stats, err = ebpf.EnableStats(unix.BPF_STATS_RUN_TIME); err != nil {
		return fmt.Errorf("run times of BPF programs: %w", err)
	}
	c.began = time.Now()
	c.runTimeBefore, c.runsBefore, err = c.read()
	return err
}

// read returns the run time of all programs, and how often one of them has run.
func (c *exitCost) read() (runTime time.Duration, runs uint64, err error) {
	for _, program := range c.programs {
		stats, err := program.Stats()
		if err != nil {
			return 0, 0, fmt.Errorf("run times of BPF programs: %w", err)
		}
		runTime += stats.Runtime
		runs = max(runs, stats.RunCount)
	}
	return runTime, runs, nil
}

// programsOf lists the BPF programs that a process holds, each once, itself or by a link
// (Documentation/filesystems/proc.rst, fdinfo).
func programsOf(pid int) ([]ebpf.ProgramID, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", pid))
	if err != nil {
		return nil, err
	}
	var ids []ebpf.ProgramID
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			continue // A descriptor that was closed meanwhile.
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			value, ok := strings.CutPrefix(lines.Text(), "prog_id:")
			if id, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32); ok && err == nil {
				ids = append(ids, ebpf.ProgramID(id))
			}
		}
		_ = file.Close()
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// measure reads the kernel's clock.
func (c *exitCost) measure() error {
	if c.why != "" {
		return nil
	}
	runTime, runs, err := c.read()
	if err != nil {
		return err
	}
	c.runTime, c.elapsed = runTime-c.runTimeBefore, time.Since(c.began)
	c.runs = runs - c.runsBefore
	return nil
}

func (c *exitCost) end() {
	if c.stats != nil {
		_ = c.stats.Close()
	}
	for _, program := range c.programs {
		_ = program.Close()
	}
}

func (c *exitCost) target(kind string) target {
	what := fmt.Sprintf("%s: BPF exit accounting, share of one CPU at %d exits a second", kind, churnRate)
	if c.why != "" {
		return notMeasured(what, c.why)
	}
	// The rate of the run is another: orphans have parents that end, too.
	each := c.runTime.Seconds() / float64(max(c.runs, 1))
	what += fmt.Sprintf(" (%.2f µs an exit, %.0f a second in this run)", each*1e6, float64(c.runs)/c.elapsed.Seconds())
	return atMost(what, each*churnRate*100, 0.1, "%.4f %%")
}
