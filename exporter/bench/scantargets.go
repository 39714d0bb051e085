//go:build linux

package main

import (
	"fmt"
	"time"
)

// scanTargets are the values that have to hold at each size, and from the smallest to
// the largest.
func scanTargets(all []*sized) []target {
	var targets []target
	for _, s := range all {
		targets = append(targets, s.procfsTargets()...)
		targets = append(targets, s.bpfTargets()...)
		targets = append(targets, s.walkTargets()...)
		targets = append(targets, s.memoryTargets()...)
		targets = append(targets, s.treeTargets()...)
	}
	small, large := all[0], all[len(all)-1]
	if small == large {
		return targets
	}
	// The share of processes that a scan reads grows with the time since the last one, and
	// rounds take longer where there are more: only scans that read all do the same work.
	targets = append(targets, atMost(
		fmt.Sprintf("procfs scan that reads all files, CPU per process at %d ÷ at %d", large.size, small.size),
		large.whole.perProcess/small.whole.perProcess, 1.15, "%.2f"))
	what := fmt.Sprintf("procfs scan, CPU per process at %d ÷ at %d", large.size, small.size)
	if small.perProcess(rowProcfsScan) == 0 {
		targets = append(targets, notMeasured(what, "no scan"))
	} else {
		targets = append(targets, atMost(what,
			float64(large.perProcess(rowProcfsScan))/float64(small.perProcess(rowProcfsScan)), 1.15, "%.2f"))
	}
	for _, row := range []string{rowProcfsScrape, rowBPFScrape, rowWalkScrape} {
		if few, ok := small.series[row]; ok {
			targets = append(targets, atMost(fmt.Sprintf("series at %d, bound from %d, %s", large.size, small.size, plain(row)),
				float64(large.series[row].all), few.bound(), "%.0f"))
		}
	}
	return targets
}

// against is a target for a ratio of two rows.
func (s *sized) against(over, under string, limit float64, aim func(string, float64, float64, string) target) target {
	what := fmt.Sprintf("%s ÷ %s, at %d", plain(over), plain(under), s.size)
	for _, row := range []string{over, under} {
		if why, ok := s.missing[row]; ok {
			return notMeasured(what, plain(row)+": "+why)
		}
	}
	ratio, ok := s.ratio(over, under)
	if !ok {
		return notMeasured(what, "no measurement")
	}
	return aim(what, ratio, limit, "%.2f")
}

func (s *sized) procfsTargets() []target {
	targets := []target{
		s.against(rowProcfsScan, rowFloorC, 1.3, atMost),
		atMost(fmt.Sprintf("procfs scan that reads all files of every process ÷ floor in Go, at %d", s.size), s.whole.floors, 1.3, "%.2f"),
		s.against(rowPELean, rowProcfsScrape, 8, atLeast),
	}
	if s.size >= 10000 {
		targets = append(targets, s.against(rowAppsLean, rowProcfsScrape, 1, atLeast))
	}
	for _, row := range []string{rowProcfsScan, rowBPFScan, rowWalkScan} {
		what := fmt.Sprintf("%s, heap objects per process, at %d", plain(row), s.size)
		if objects, ok := s.allocations[row]; ok {
			targets = append(targets, atMost(what, objects, 2, "%.3f"))
		} else {
			targets = append(targets, notMeasured(what, s.missing[row]))
		}
	}
	return targets
}

func (s *sized) bpfTargets() []target {
	if s.size < 10000 {
		return nil
	}
	per := fmt.Sprintf("iterator scan, µs CPU per process, at %d", s.size)
	scrape := fmt.Sprintf("iterator scrape, ms CPU, at %d", s.size)
	if why, ok := s.missing[rowBPFScan]; ok {
		return []target{notMeasured(per, why), notMeasured(scrape, why)}
	}
	return []target{
		atMost(per, float64(s.perProcess(rowBPFScan).Nanoseconds())/1e3, 3, "%.2f"),
		atMost(scrape, median(s.taken.cpu(rowBPFScrape)).Seconds()*1e3, 80, "%.0f ms"),
		s.against(rowPELean, rowBPFScrape, 50, atLeast),
		s.against(rowAppsLean, rowBPFScrape, 4, atLeast),
	}
}

// walkTargets are those of the walk and of a scrape by it.
func (s *sized) walkTargets() []target {
	ms := fmt.Sprintf("walk: scrape, ms CPU, at %d", s.size)
	if why, ok := s.missing[rowWalkScan]; ok {
		return []target{notMeasured(ms, why)}
	}
	scrape := median(s.taken.cpu(rowWalkScrape)).Seconds() * 1e3
	targets := []target{
		atMost(ms, scrape, byProcesses(s.size, 12, 25), "%.1f ms"),
		atMost(fmt.Sprintf("walk: peak resident memory, at %d", s.size), float64(s.memory[rowWalkScrape].peak)/1e6,
			byProcesses(s.size, 28, 60), "%.1f MB"),
		atMost(fmt.Sprintf("walk: heap that a steady scan and scrape take, at %d", s.size), s.allocated[rowWalkScrape]/1e6, 1, "%.2f MB"),
	}
	if s.size < 10000 {
		return targets
	}
	return append(
		targets,
		s.against(rowWalkScan, rowBPFScan, 0.3, atMost),
		s.against(rowWalkWhole, rowBPFScan, 0.65, atMost),
		atMost(fmt.Sprintf("walk: scan, µs CPU per process, at %d", s.size), float64(s.perProcess(rowWalkScan).Nanoseconds())/1e3, 0.6, "%.2f"),
		s.against(rowPELean, rowWalkScrape, 200, atLeast),
		s.against(rowAppsLean, rowWalkScrape, 9, atLeast),
	)
}

// byProcesses is a limit that was set for 1,000 and for 10,000 processes; between and
// beyond it is a straight line.
func byProcesses(size int, at1000, at10000 float64) float64 {
	return at1000 + (at10000-at1000)*(float64(size)-1000)/9000
}

func (s *sized) memoryTargets() []target {
	var targets []target
	for _, row := range []string{rowProcfsScrape, rowBPFScrape, rowWalkScrape} {
		if m, ok := s.memory[row]; ok {
			targets = append(targets, atMost(fmt.Sprintf("peak resident memory, %s, at %d", plain(row), s.size),
				float64(m.peak)/1e6, byProcesses(s.size, 40, 90), "%.1f MB"))
		}
	}
	return targets
}

func (s *sized) treeTargets() []target {
	cpu := s.taken.cpu(rowTree)
	what := fmt.Sprintf("GET /api/v1/tree, CPU, at %d", s.size)
	if len(cpu) == 0 {
		return []target{notMeasured(what, "no exporter")}
	}
	limit := byProcesses(s.size, 10, 80)
	return []target{atMost(what, float64(median(cpu))/float64(time.Millisecond), limit, "%.1f ms")}
}
