//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// sameFiles are what the procfs reader opens of a process that has run since the last
// scan; the floor opens them of every process. The read calls that both make are shown.
var sameFiles = []string{"stat", "status", "io", "fd:size"}

// sized is what one size of the process table gave.
type sized struct {
	size      int
	processes int
	taken     samples
	// allocations are heap objects per process in one steady scan, by row.
	allocations map[string]float64
	// allocated are the bytes of heap of a steady scan and scrape.
	allocated map[string]float64
	memory    map[string]memory
	series    map[string]seriesCount
	missing   map[string]string
	idle      float64
	whole     whole
}

// scanPart measures scans and scrapes at every size, all programs in turn.
func (b *bench) scanPart(ctx context.Context) error {
	var all []*sized
	for _, size := range b.options.sizes {
		s, err := b.measureSize(ctx, size)
		if err != nil {
			return fmt.Errorf("%d processes: %w", size, err)
		}
		all = append(all, s)
		b.showSize(s)
	}
	b.report.heading("Targets: scan, scrape, series, memory")
	b.report.targets(scanTargets(all))
	return nil
}

func (b *bench) measureSize(ctx context.Context, size int) (*sized, error) {
	b.progress("starting %d processes", size)
	load, err := b.programs.load(ctx, "tree", fmt.Sprintf("processes=%d", size))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := load.end(); err != nil {
			b.progress("%v", err)
		}
	}()
	b.progress("%d processes with %d threads are up", load.ready.Processes, load.ready.Threads)

	c := &crew{bench: b, inARow: max(2, 5000/size)}
	defer c.end()
	own, err := c.own(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.peers(ctx); err != nil {
		return nil, err
	}
	s := &sized{size: size, missing: map[string]string{}}
	for _, p := range c.probes {
		if p.missing != "" {
			s.missing[p.name] = p.missing
		}
	}
	busyBefore, idleBefore, err := machineTicks()
	if err != nil {
		return nil, err
	}
	s.taken, err = interleave(ctx, b.options.rounds, c.probes, func(round int) {
		b.progress("%d processes: round %d of %d, after one that warms up", size, round, b.options.rounds)
	}, func(name string, err error) {
		s.missing[name] = "failed: " + err.Error()
		b.progress("%s: %v", name, err)
	})
	if err != nil {
		return nil, err
	}
	busy, idle, err := machineTicks()
	if err != nil {
		return nil, err
	}
	s.idle = float64(idle-idleBefore) / float64(idle-idleBefore+busy-busyBefore)
	s.processes = s.taken.last(rowFloorC).answer.Processes
	b.progress("%d processes: a scan that reads all of them", size)
	if s.whole, err = b.wholeScan(ctx); err != nil {
		return nil, err
	}
	return s, own.finish(ctx, s)
}

// readsPerProcess is how many read calls a row's last scan made.
func (s *sized) readsPerProcess(row string) float64 {
	return s.taken.last(row).reads / float64(max(s.processes, 1))
}

// perProcess is a row's median CPU per process.
func (s *sized) perProcess(row string) time.Duration {
	return median(s.taken.cpu(row)) / time.Duration(max(s.processes, 1))
}

// ratio is the median of a row's CPU divided by another's, round by round.
func (s *sized) ratio(over, under string) (float64, bool) {
	all := ratios(s.taken.cpu(over), s.taken.cpu(under))
	return median(all), len(all) > 0
}

// rows is the order of the table of one size.
var rows = []string{
	rowPE, rowPELean, rowNaiveGopsutil, rowNaiveProcfs, rowApps, rowAppsLean,
	rowFloorAll, rowFloorC, rowFloorGo, rowProcfsScan, rowProcfsScrape,
	rowBPFScan, rowBPFScrape, rowWalkWhole, rowWalkScan, rowWalkScrape, rowTree, rowTreeScan,
}

func (b *bench) showSize(s *sized) {
	b.report.heading("%d processes", s.size)
	b.report.line("The scans saw %d processes. The machine was idle %.0f %% of the time, the measured programs counted.",
		s.processes, s.idle*100)
	b.report.line("Read calls per process: %.2f of the floor, %.2f of the procfs reader, which leaves out what has not run.",
		s.readsPerProcess(rowFloorC), s.readsPerProcess(rowProcfsScan))
	var table [][]string
	for _, row := range rows {
		table = append(table, s.row(row))
	}
	b.report.table([]string{"CPU per scan or scrape", "ms", "range", "µs/process", "÷ floor", "wall ms", "series", "RSS (peak)"}, table)
}

func (s *sized) row(name string) []string {
	if why, ok := s.missing[name]; ok {
		return []string{name, "–", why, "–", "–", "–", "–", "–"}
	}
	cpu := s.taken.cpu(name)
	if len(cpu) == 0 {
		return []string{name, "–", "not measured", "–", "–", "–", "–", "–"}
	}
	ratio, _ := s.ratio(name, rowFloorC)
	series, mem := "–", "–"
	if n := s.taken.last(name).series; n > 0 {
		series = strconv.Itoa(n)
	}
	if m, ok := s.memory[name]; ok {
		mem = fmt.Sprintf("%s (%s)", megabytes(m.resident), strings.TrimSuffix(megabytes(m.peak), " MB"))
	}
	return []string{
		name, milliseconds(median(cpu)), spread(cpu, milliseconds),
		fmt.Sprintf("%.1f", float64(s.perProcess(name).Nanoseconds())/1e3), fmt.Sprintf("%.2f", ratio),
		milliseconds(median(s.taken.wall(name))), series, mem,
	}
}
