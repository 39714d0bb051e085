//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

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

func (b *bench) storm(ctx context.Context) ([]strain, []target, error) {
	s := strain{what: fmt.Sprintf("storm of %d forks/s", stormRate)}
	b.progress("%s", s.what)
	err := b.amid(ctx, ordinary(), func(server *server, _ int) error {
		return b.stormAt(ctx, &s, server, stormRate, min(b.options.truthSeconds, 30))
	})
	// Every process that ended is counted, or it is counted that it is not.
	told := atLeast(s.what+": exits counted or told as lost", (s.exits+s.lost)/max(s.started, 1)*100, 100, "%.2f %%")
	return []strain{s}, append(s.bounded(), told), err
}
