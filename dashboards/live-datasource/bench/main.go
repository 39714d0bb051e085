//go:build linux

// Command bench measures the built backend: the CPU of one fetch of 10,000 processes, live and
// past, the memory that it takes to serve 20 viewers, and how long 50 people wait who look at
// the past of 1,000 hosts. It starts the program as Grafana does, with exporters and a Prometheus
// that it plays itself, and prints Markdown tables.
//
//	go run ./bench
//	go run ./bench -only=fleet
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	if err := runUntilInterrupt(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

func runUntilInterrupt() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout)
}

// Targets of the values.
const (
	targetCPU    = 150 * time.Millisecond
	targetMemory = 64 << 20
)

// options are the command line.
type options struct {
	program, only         string
	processes, hosts      int
	viewers, crowd        int
	duration, each, takes time.Duration
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.only, "only", "host,fleet", "host: one host with many processes; fleet: many hosts and people who look at their past")
	flags.IntVar(&o.processes, "processes", 10_000, "how many processes the one host has")
	flags.IntVar(&o.viewers, "viewers", 20, "how many look at the one host at the same time")
	flags.IntVar(&o.hosts, "hosts", 1000, "how many hosts the fleet has")
	flags.IntVar(&o.crowd, "people", 50, "how many look at the past of the fleet")
	flags.DurationVar(&o.each, "each", 2*time.Second, "the time between two looks of one of them; five times as long if a host has 10,000 processes")
	flags.DurationVar(&o.takes, "takes", 50*time.Millisecond, "how long an exporter of the fleet takes to answer")
	flags.DurationVar(&o.duration, "duration", 20*time.Second, "how long they look")
	flags.StringVar(&o.program, "program", filepath.Join("dist", "gpx_proctree_live_linux_"+runtime.GOARCH), "the backend, as `make grafana-backend` builds it")
	if err := flags.Parse(args); err != nil {
		return errors.New("see go run ./bench -help")
	}
	parts := map[string]func(context.Context, io.Writer, options) error{"host": hostTables, "fleet": crowdTable}
	for name := range strings.SplitSeq(o.only, ",") {
		part, ok := parts[name]
		if !ok {
			return fmt.Errorf("-only: must be host, fleet or both, not %q", name)
		}
		if err := part(ctx, out, o); err != nil {
			return err
		}
	}
	return nil
}

// hostTables are about one host.
func hostTables(ctx context.Context, out io.Writer, o options) error {
	host := newExporter(o.processes)
	defer host.Close()
	b, err := startBackend(ctx, o.program, oneHost(host.URL))
	if err != nil {
		return err
	}
	defer b.stop()
	if err := cpuTable(ctx, b, out, o.processes); err != nil {
		return err
	}
	if err := memoryTable(ctx, b, out, o.processes, o.viewers, o.duration); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\nThe exporter was asked %d times; its answer has %.1f MB, %.1f MB compressed.\n",
		host.asked.Load(), float64(len(host.plain))/1e6, float64(len(host.packed))/1e6)
	return nil
}

// fetches is how many the mean is taken of. Between two of them the answer before grows old,
// so that none is served from it, and the memory that it took is free.
const (
	fetches = 10
	oldAge  = 1200 * time.Millisecond
)

// cpuTable prints what one look costs, fetched and from the shared answer.
func cpuTable(ctx context.Context, b *backend, out io.Writer, size int) error {
	_, _ = fmt.Fprintf(out, "%d processes, CPU of the backend per query | mean of %d | target\n---|---|---\n", size, fetches)
	for _, test := range []struct {
		name, kind string
		same, past bool
		target     string
	}{
		{"fetch, count", "count", false, false, ""},
		{"fetch, tree with its frame", "tree", false, false, targetCPU.String()},
		{"fetch, tree of a moment in the past with its frame", "tree", false, true, targetCPU.String()},
		{"shared answer, tree with its frame", "tree", true, false, ""},
	} {
		before, err := b.cpu()
		if err != nil {
			return err
		}
		for i := range fetches {
			to := time.Now()
			if test.past {
				to = to.Add(-time.Hour - time.Duration(i)*time.Minute)
			}
			if err := b.queryAt(ctx, queryJSON(test.kind, 0, test.same), to); err != nil {
				return err
			}
			if !test.same {
				time.Sleep(oldAge)
			}
		}
		after, err := b.cpu()
		if err != nil {
			return err
		}
		mean := (after - before) / fetches
		_, _ = fmt.Fprintf(out, "%s | %v | %s\n", test.name, mean.Round(time.Millisecond), verdict(test.target, mean <= targetCPU))
		time.Sleep(oldAge)
	}
	return nil
}

// memoryTable prints the largest resident size while viewers look every two seconds, and
// while they listen to a stream.
func memoryTable(ctx context.Context, b *backend, out io.Writer, size, viewers int, duration time.Duration) error {
	_, _ = fmt.Fprintf(out, "\n%d processes, resident size of the backend | most | target\n---|---|---\n", size)
	idle, err := b.resident()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "before, after the queries above | %.0f MB |\n", megabytes(idle))
	for _, test := range []struct {
		name string
		look func(context.Context, *backend, int) error
	}{
		{"%d viewers who ask every 2 s", poll},
		{"%d viewers of one stream", listen},
	} {
		most, err := b.mostResident(ctx, duration, func(ctx context.Context) error { return test.look(ctx, b, viewers) })
		if err != nil {
			return err
		}
		target := fmt.Sprintf("%.0f MB", megabytes(targetMemory))
		_, _ = fmt.Fprintf(out, test.name+" | %.0f MB | %s\n", viewers, megabytes(most), verdict(target, most <= targetMemory))
	}
	return nil
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func verdict(target string, met bool) string {
	switch {
	case target == "":
		return ""
	case met:
		return "≤ " + target + ": met"
	default:
		return "≤ " + target + ": **missed**"
	}
}
