//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Short-lived processes: so many a second, of so many names, each using so much CPU time.
const (
	churnRate   = 100
	churnNames  = 100
	churnPrefix = "churn"
	spawner     = "loadgen-"
)

// exitsBPF is the source of exits that is best.
const exitsBPF = "bpf"

// scrapeInterval is Prometheus' usual one.
const scrapeInterval = 15 * time.Second

// exitSettle lets the kernel close the last accounts (an RCU grace period) and the last
// shared scan grow old.
const exitSettle = 2 * time.Second

// settleScans is how many scans later the exporter knows which accounts will never come.
const settleScans = 3

// witness is a program that is asked who used the CPU.
type witness struct {
	name    string
	missing string
	// exits is the source of exits, and pid the process, of this project's exporter.
	exits string
	pid   int
	// seconds returns the CPU seconds by name or group so far.
	seconds func(context.Context) (map[string]float64, error)
	// lost returns how many exit records it says it lost; nil where nobody tells.
	lost func(context.Context) (float64, error)
	// goals are what it has to reach; nil for a peer.
	goals *truthGoals

	before, after           map[string]float64
	machineBefore, machine  time.Duration
	lostBefore, lostRecords float64
}

// truthGoals are shares: of the CPU under the right names, at least; and how far the sum
// over all groups may be from what the machine's processes used.
type truthGoals struct{ names, sum float64 }

// truthPart measures who sees the CPU of processes that live some milliseconds, first
// children that their parent waits for, then orphans.
func (b *bench) truthPart(ctx context.Context) error {
	for _, orphans := range []bool{false, true} {
		if err := b.truthOf(ctx, orphans); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) truthOf(ctx context.Context, orphans bool) error {
	kind, flag := "children", "orphans=0"
	if orphans {
		kind, flag = "orphans", "orphans=1"
	}
	witnesses, end, err := b.witnesses(ctx)
	if err != nil {
		return err
	}
	defer end()
	load, err := b.programs.load(ctx, "churn", flag, fmt.Sprintf("rate=%d", churnRate),
		fmt.Sprintf("names=%d", churnNames), fmt.Sprintf("seconds=%d", b.options.truthSeconds))
	if err != nil {
		return err
	}
	defer func() { _ = load.end() }()
	b.progress("%d short-lived %s a second for %d s", churnRate, kind, b.options.truthSeconds)
	truth, cost, err := b.watch(ctx, load, witnesses)
	if err != nil {
		return err
	}
	b.showTruth(kind, truth, witnesses)
	b.report.heading("Targets: short-lived %s", kind)
	b.report.targets(append(truthTargets(kind, truth, witnesses), cost.target(kind)))
	return nil
}

// watch lets the load run and asks every witness before, each scrape interval, and after.
func (b *bench) watch(ctx context.Context, load *load, witnesses []*witness) (*loadTruth, *exitCost, error) {
	for _, w := range witnesses {
		if err := w.begin(ctx); err != nil {
			return nil, nil, err
		}
	}
	cost := beginExitCost(witnesses)
	defer cost.end()
	if err := load.begin(); err != nil {
		return nil, nil, err
	}
	done := make(chan error, 1)
	var truth *loadTruth
	go func() {
		var err error
		truth, err = load.truth()
		done <- err
	}()
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				return nil, nil, err
			}
			running = false
		case <-time.After(scrapeInterval):
			if err := scrapeAll(ctx, witnesses); err != nil {
				return nil, nil, err
			}
			b.progress("scraped")
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	for range settleScans {
		if err := sleep(ctx, exitSettle); err != nil {
			return nil, nil, err
		}
		if err := scrapeAll(ctx, witnesses); err != nil {
			return nil, nil, err
		}
	}
	if err := sleep(ctx, exitSettle); err != nil {
		return nil, nil, err
	}
	for _, w := range witnesses {
		if err := w.finish(ctx); err != nil {
			return nil, nil, err
		}
	}
	return truth, cost, cost.measure()
}

func scrapeAll(ctx context.Context, witnesses []*witness) error {
	for _, w := range witnesses {
		if w.missing != "" {
			continue
		}
		if _, err := w.seconds(ctx); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

func (w *witness) begin(ctx context.Context) (err error) {
	w.before, w.machineBefore, w.lostBefore, err = w.look(ctx)
	return err
}

func (w *witness) finish(ctx context.Context) error {
	after, machine, lost, err := w.look(ctx)
	w.after, w.machine, w.lostRecords = after, machine-w.machineBefore, lost-w.lostBefore
	return err
}

// look reads the machine's clock just before the witness reads its processes.
func (w *witness) look(ctx context.Context) (map[string]float64, time.Duration, float64, error) {
	if w.missing != "" {
		return nil, 0, 0, nil
	}
	machine, _, err := machineCPU()
	if err != nil {
		return nil, 0, 0, err
	}
	seconds, err := w.seconds(ctx)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%s: %w", w.name, err)
	}
	lost := 0.0
	if w.lost != nil {
		lost, err = w.lost(ctx)
	}
	return seconds, machine, lost, err
}

// witnesses starts the exporter once for each source of exits, and the peers.
func (b *bench) witnesses(ctx context.Context) (all []*witness, end func(), err error) {
	var ends []func()
	end = func() {
		for _, e := range ends {
			e()
		}
	}
	for _, source := range []struct {
		name  string
		goals truthGoals
	}{{exitsBPF, truthGoals{0.99, 0.01}}, {"taskstats", truthGoals{0.93, 0.07}}, {"children", truthGoals{0, 0.10}}} {
		w := &witness{name: "proctree, exits by " + source.name, exits: source.name, goals: &source.goals}
		all = append(all, w)
		s, err := b.serveExporter(ctx, "--host.exits="+source.name)
		if err != nil {
			w.missing = err.Error()
			b.progress("%s: %s", w.name, w.missing)
			continue
		}
		ends = append(ends, func() { _ = s.shut() })
		w.pid = s.pid()
		w.seconds = s.secondsBy("proctree_group_cpu_seconds_total", "group")
		w.lost = s.totalOf("proctree_exit_records_lost_total")
	}
	pe := &witness{name: "process-exporter, lean flags"}
	all = append(all, pe)
	switch s, err := b.serveProcessExporter(ctx, "-threads=false", "-gather-smaps=false"); {
	case err != nil:
		pe.missing = "not installed, or does not start"
		b.progress("%s: %v", pe.name, err)
	default:
		ends = append(ends, func() { _ = s.shut() })
		pe.seconds = s.secondsBy("namedprocess_namegroup_cpu_seconds_total", "groupname")
	}
	apps := &witness{name: "netdata apps.plugin"}
	all = append(all, apps)
	switch a, err := startAppsPlugin(ctx, b.dir, appsGroups()); {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		apps.missing = "not installed, or not permitted to run"
	case err != nil:
		end()
		return nil, nil, err
	default:
		ends = append(ends, a.end)
		apps.seconds = func(context.Context) (map[string]float64, error) { return a.seconds(), nil }
		// Its first iteration sets what it counts from.
		if err := sleep(ctx, 2500*time.Millisecond); err != nil {
			end()
			return nil, nil, err
		}
	}
	return all, end, nil
}

// appsGroups gives each name a group of its own in apps.plugin, and the generator one.
func appsGroups() string {
	var groups strings.Builder
	for i := range churnNames {
		name := fmt.Sprintf("%s%03d", churnPrefix, i)
		fmt.Fprintf(&groups, "%s: %s\n", name, name)
	}
	fmt.Fprintf(&groups, "%sall: %s*\n", spawner, spawner)
	return groups.String()
}

// secondsBy asks for a family of counters and adds it up by a label.
func (s *server) secondsBy(family, label string) func(context.Context) (map[string]float64, error) {
	return func(ctx context.Context) (map[string]float64, error) {
		families, err := s.families(ctx)
		if err != nil {
			return nil, err
		}
		return sumBy(families[family], label), nil
	}
}

// totalOf asks for the sum of a family.
func (s *server) totalOf(family string) func(context.Context) (float64, error) {
	return func(ctx context.Context) (float64, error) {
		families, err := s.families(ctx)
		if err != nil {
			return 0, err
		}
		return total(families[family]), nil
	}
}
