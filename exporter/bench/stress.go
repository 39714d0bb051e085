//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// What stresses: exits that must all be accounted for, a storm, very many threads, and
// the processes among which the storm and the threads are.
const (
	exitRate     = 1000
	stormRate    = 2000
	manyThreads  = 5000
	ordinarySize = 1000
)

// strain is what the exporter was like under one kind of stress.
type strain struct {
	what      string
	reader    string
	processes float64
	cpu, wall []time.Duration
	series    seriesCount
	memory    memory
	// started and exits compare what the generator did with what the exporter counted;
	// both are 0 where nothing was started meanwhile.
	started, exits, lost float64
}

// stressPart puts the exporter under what breaks exporters.
func (b *bench) stressPart(ctx context.Context) error {
	var targets []target
	var table [][]string
	for _, one := range []func(context.Context) ([]strain, []target, error){
		b.everyExit, b.storm, b.threads, b.largest,
	} {
		strains, goals, err := one(ctx)
		if err != nil {
			return err
		}
		for _, s := range strains {
			table = append(table, s.row())
		}
		targets = append(targets, goals...)
	}
	b.report.heading("Under stress")
	b.report.table([]string{
		"", "processes", "scrapes", "CPU ms", "longest scrape, ms", "series", "peak RSS",
		"ended", "exits counted", "records lost",
	}, table)
	b.report.heading("Targets: stress")
	b.report.targets(targets)
	return nil
}

func (s *strain) row() []string {
	ended, exits, lost := "–", "–", "–"
	if s.started > 0 {
		ended, exits, lost = fmt.Sprintf("%.0f", s.started), fmt.Sprintf("%.0f", s.exits), fmt.Sprintf("%.0f", s.lost)
	}
	longest := time.Duration(0)
	for _, w := range s.wall {
		longest = max(longest, w)
	}
	return []string{
		s.what + ", " + s.reader, fmt.Sprintf("%.0f", s.processes), strconv.Itoa(len(s.cpu)), milliseconds(median(s.cpu)),
		milliseconds(longest), strconv.Itoa(s.series.all), megabytes(s.memory.peak), ended, exits, lost,
	}
}

// scrapeBound is the CPU time that a scrape may take: that of 10,000 processes at rest, and
// as much for each that is more.
func scrapeBound(processes int) float64 {
	const size, ms = 10_000, 80.0
	return ms * float64(max(processes, size)) / size
}

// bounded are the targets that every stress has: the CPU of a scrape, memory and series of a
// table of that size.
func (s *strain) bounded() []target {
	size := max(int(s.processes), ordinarySize)
	return []target{
		atMost(s.what+", "+s.reader+": scrape, ms CPU", float64(median(s.cpu))/1e6, scrapeBound(size), "%.1f ms"),
		atMost(s.what+", "+s.reader+": peak resident memory", float64(s.memory.peak)/1e6, byProcesses(size, 40, 90), "%.1f MB"),
		atMost(s.what+", "+s.reader+": series of single processes", float64(s.series.processes), processMax*s.series.perProcess, "%.0f"),
	}
}

// observe scrapes at an interval, at least times times and until done is closed. After less
// than sharedScan a scrape would be given the scan of the one before.
func (s *strain) observe(ctx context.Context, server *server, times int, interval time.Duration, done <-chan struct{}) error {
	measure := resident(server.pid(), webSettle, server.scrape)
	for i := 0; ; i++ {
		select {
		case <-done:
			done = nil
		default:
		}
		if done == nil && i >= times {
			break
		}
		one, err := measure(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		s.cpu, s.wall = append(s.cpu, one.cpu), append(s.wall, one.wall)
		if err := sleep(ctx, interval); err != nil {
			return err
		}
	}
	var err error
	if s.memory, err = memoryOf(server.pid()); err != nil {
		return err
	}
	families, err := server.families(ctx)
	if err != nil {
		return err
	}
	s.series, s.processes, s.reader = countFamilies(families), total(families["proctree_scan_processes"]), readerOf(families)
	return nil
}

// readerOf names how the exporter reads processes and exits.
func readerOf(families map[string]*dto.MetricFamily) string {
	info := families["proctree_reader_info"].GetMetric()
	if len(info) == 0 {
		return "reader not told"
	}
	labels := map[string]string{}
	for _, l := range info[0].GetLabel() {
		labels[l.GetName()] = l.GetValue()
	}
	return "reader " + labels["reader"] + ", exits " + labels["exits"]
}
