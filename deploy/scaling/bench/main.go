// Command bench measures what one host costs a Prometheus, an agent and a VictoriaMetrics,
// with a fleet made after two scrapes of the real exporter, and prints it as Markdown. It
// takes ten minutes on a busy machine, and some gigabytes of memory.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// options are the command line.
type options struct {
	exporter string
	hosts    int
	interval time.Duration
	rounds   int
	dir      string
	rules    string
}

func main() {
	var o options
	flag.StringVar(&o.exporter, "exporter", "bin/proctree_exporter", "the exporter after which the hosts are made")
	flag.IntVar(&o.hosts, "hosts", 1000, "how many hosts; 0 for the metrics on disk alone")
	flag.DurationVar(&o.interval, "interval", 2*time.Minute, "the scrape interval of the fleet")
	flag.IntVar(&o.rounds, "rounds", 1, "how many intervals are measured after the first")
	flag.StringVar(&o.dir, "dir", "", "where data go, which are removed in the end (default: a temporary folder)")
	flag.StringVar(&o.rules, "rules", "", "a folder of rules: what they cost, and nothing else")
	flag.Parse()
	if err := runUntilInterrupt(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

func runUntilInterrupt(o options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, o)
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp(o.dir, "proctree-fleet")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{options: o, ctx: ctx, dir: dir, out: os.Stdout}
	steps := []func() error{b.machine, b.makeTemplate, b.disk, b.running}
	switch {
	case o.rules != "":
		steps = []func() error{b.machine, b.makeTemplate, b.ruleCost}
	case o.hosts == 0:
		steps = steps[:3]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
