//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
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

// bounded are the targets that every stress has: memory and series of a table of that
// size, and the CPU of a scrape.
func (s *strain) bounded() []target {
	size := max(int(s.processes), ordinarySize)
	return []target{
		atMost(s.what+", "+s.reader+": peak resident memory", float64(s.memory.peak)/1e6, byProcesses(size, 40, 90), "%.1f MB"),
		atMost(s.what+", "+s.reader+": series of single processes", float64(s.series.processes), processMax*s.series.perProcess, "%.0f"),
	}
}

// observe scrapes at an interval, at least times times and until done is closed.
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

// ends counts what the exporter says of the generator's processes.
func ends(ctx context.Context, server *server) (exits, lost float64, err error) {
	families, err := server.families(ctx)
	if err != nil {
		return 0, 0, err
	}
	return sumBy(families["proctree_group_exits_total"], "group")["loadgen-storm"],
		total(families["proctree_exit_records_lost_total"]), nil
}

// settleFor bounds the wait for the last accounts. The kernel closes them in batches after
// an RCU grace period and is in arrears after a storm; and what it never closes the exporter
// finds out some scans and more than ten seconds later.
const settleFor = 30 * time.Second

// settledEnds asks until all that ended, beyond what was before, is counted or told as lost.
func settledEnds(ctx context.Context, server *server, ended, exitsBefore, lostBefore float64) (exits, lost float64, err error) {
	for deadline := time.Now().Add(settleFor); ; {
		if err := sleep(ctx, exitSettle); err != nil {
			return 0, 0, err
		}
		exits, lost, err = ends(ctx, server)
		exits, lost = exits-exitsBefore, lost-lostBefore
		if err != nil || exits+lost >= ended || time.Now().After(deadline) {
			return exits, lost, err
		}
	}
}

// stormAt runs a storm and observes the exporter meanwhile.
func (b *bench) stormAt(ctx context.Context, s *strain, server *server, rate, seconds int) error {
	load, err := b.programs.load(ctx, "storm", fmt.Sprintf("rate=%d", rate), fmt.Sprintf("seconds=%d", seconds))
	if err != nil {
		return err
	}
	defer func() { _ = load.end() }()
	exitsBefore, lostBefore, err := ends(ctx, server)
	if err != nil {
		return err
	}
	if err := load.begin(); err != nil {
		return err
	}
	var truth *loadTruth
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		truth, failed = load.truth()
	}()
	if err := s.observe(ctx, server, 1, 2*time.Second, done); err != nil {
		return err
	}
	<-done
	if failed != nil {
		return failed
	}
	s.started = float64(truth.Ended)
	s.exits, s.lost, err = settledEnds(ctx, server, s.started, exitsBefore, lostBefore)
	return err
}

// everyExit sees whether records are lost at a rate that a busy build machine reaches.
func (b *bench) everyExit(ctx context.Context) ([]strain, []target, error) {
	var strains []strain
	var targets []target
	for _, source := range []string{"bpf", "taskstats"} {
		what := fmt.Sprintf("%d exits/s", exitRate)
		b.progress("%s, exits by %s", what, source)
		server, err := b.serveExporter(ctx, "--host.exits="+source)
		if err != nil {
			targets = append(targets, notMeasured(what+", exits by "+source, err.Error()))
			continue
		}
		s := strain{what: what}
		err = b.stormAt(ctx, &s, server, exitRate, min(b.options.truthSeconds, 15))
		_ = server.shut()
		if err != nil {
			return nil, nil, err
		}
		strains = append(strains, s)
		targets = append(targets,
			atMost(what+", exits by "+source+": records lost", s.lost, 0, "%.0f"),
			atLeast(what+", exits by "+source+": share of exits counted", s.exits/s.started*100, 100, "%.2f %%"))
	}
	return strains, targets, nil
}

// amid runs something against the exporter among a number of ordinary processes.
func (b *bench) amid(ctx context.Context, options []string, do func(*server) error) error {
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
	return do(server)
}

func ordinary() []string { return []string{fmt.Sprintf("processes=%d", ordinarySize)} }

func (b *bench) storm(ctx context.Context) ([]strain, []target, error) {
	s := strain{what: fmt.Sprintf("storm of %d forks/s", stormRate)}
	b.progress("%s", s.what)
	err := b.amid(ctx, ordinary(), func(server *server) error {
		return b.stormAt(ctx, &s, server, stormRate, min(b.options.truthSeconds, 30))
	})
	// Every process that ended is counted, or it is counted that it is not.
	told := atLeast(s.what+": exits counted or told as lost", (s.exits+s.lost)/max(s.started, 1)*100, 100, "%.2f %%")
	return []strain{s}, append(s.bounded(), told), err
}

func (b *bench) threads(ctx context.Context) ([]strain, []target, error) {
	s := strain{what: fmt.Sprintf("a process with %d threads", manyThreads)}
	b.progress("%s", s.what)
	load, err := b.programs.load(ctx, "threads", fmt.Sprintf("threads=%d", manyThreads))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = load.end() }()
	err = b.amid(ctx, ordinary(), func(server *server) error { return s.observe(ctx, server, 5, 0, nil) })
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
	err = b.amid(ctx, []string{fmt.Sprintf("processes=%d", size), "threads=0"}, func(server *server) error {
		b.progress("they are up")
		return s.observe(ctx, server, 5, 0, nil)
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
