//go:build linux

// Command bench measures the built backend: the CPU of one fetch of 10,000 processes, and
// the memory that it takes to serve 20 viewers. It starts the program as Grafana does, with
// an exporter that it plays itself, and prints a Markdown table.
//
//	go run ./bench
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

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	size := flags.Int("processes", 10_000, "how many processes the host has")
	viewers := flags.Int("viewers", 20, "how many look at the same time")
	seconds := flags.Int("seconds", 20, "how long the viewers look")
	program := flags.String("program", filepath.Join("dist", "gpx_proctree_live_linux_"+runtime.GOARCH), "the backend, as `make grafana-backend` builds it")
	if err := flags.Parse(args); err != nil {
		return errors.New("see go run ./bench -help")
	}
	host := newExporter(*size)
	defer host.Close()
	b, err := startBackend(ctx, *program, host.URL)
	if err != nil {
		return err
	}
	defer b.stop()
	for _, table := range []func() error{
		func() error { return cpuTable(ctx, b, out, *size) },
		func() error {
			return memoryTable(ctx, b, out, *size, *viewers, time.Duration(*seconds)*time.Second)
		},
	} {
		if err := table(); err != nil {
			return err
		}
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
		same       bool
		target     string
	}{
		{"fetch, count", "count", false, ""},
		{"fetch, tree with its frame", "tree", false, targetCPU.String()},
		{"shared answer, tree with its frame", "tree", true, ""},
	} {
		before, err := b.cpu()
		if err != nil {
			return err
		}
		for range fetches {
			if err := b.query(ctx, test.kind, 0, test.same); err != nil {
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
