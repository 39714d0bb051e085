//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The rows of the table of peers.
const (
	rowProcfsScan    = "proctree, procfs reader: scan"
	rowBPFScan       = "proctree, iterator: scan"
	rowWalkScan      = "proctree, walk: scan"
	rowWalkWhole     = "proctree, walk: scan that writes every process"
	rowProcfsScrape  = "**proctree, procfs reader: scrape**"
	rowBPFScrape     = "**proctree, iterator: scrape**"
	rowWalkScrape    = "**proctree, walk: scrape**"
	rowTree          = "proctree: `GET /api/v1/tree`, table at hand"
	rowTreeScan      = "proctree, walk: `GET /api/v1/tree`, with its scan"
	rowFloorC        = "floor, C: open, read, close the same files"
	rowFloorGo       = "floor, Go: the same by raw system calls"
	rowFloorAll      = "floor, C: stat, status and io of all"
	rowPE            = "process-exporter, default flags"
	rowPELean        = "process-exporter, `-threads=false -gather-smaps=false`"
	rowApps          = "netdata apps.plugin"
	rowAppsLean      = "netdata apps.plugin `without-files`"
	rowNaiveProcfs   = "naive loop, prometheus/procfs"
	rowNaiveGopsutil = "naive loop, gopsutil v3"
)

// processExporterPath is where Debian's package puts it.
const processExporterPath = "/usr/bin/prometheus-process-exporter"

// processExporterGroups makes it group by name, as the exporter does without a file.
const processExporterGroups = "process_names:\n  - name: \"{{.Comm}}\"\n    cmdline: ['.+']\n"

// webSettle is how long a server may go on after an answer, mostly to collect garbage.
const webSettle = 300 * time.Millisecond

// crew are the programs under measurement, started before the rounds, ended after them.
type crew struct {
	bench  *bench
	probes []probe
	// inARow is how many scans of a fast program make one sample.
	inARow int
	ends   []func()
}

func (c *crew) end() {
	for _, end := range c.ends {
		end()
	}
}

func (c *crew) add(name string, measure func(context.Context) (sample, error)) {
	c.probes = append(c.probes, probe{name: name, measure: measure})
}

// addWarm adds a program each measurement of which comes right after one that does not count. A
// round takes longer than a minute, and no scraper waits that long: by then caches are cold, and
// the procfs reader and the walk read everything again.
func (c *crew) addWarm(name string, warm func(context.Context) error, measure func(context.Context) (sample, error)) {
	c.add(name, func(ctx context.Context) (sample, error) {
		if err := warm(ctx); err != nil {
			return sample{}, err
		}
		return measure(ctx)
	})
}

// scansOnce makes a scan that does not count.
func scansOnce(w *child) func(context.Context) error {
	return func(context.Context) error {
		if err := w.ask(scanOnce); err != nil {
			return err
		}
		return w.answer(new(answer))
	}
}

// scrapesOnce makes a scrape that does not count.
func scrapesOnce(s *server) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.scrape(ctx)
		return err
	}
}

// miss notes a program that is not there.
func (c *crew) miss(name, why string) {
	c.probes = append(c.probes, probe{name: name, missing: why})
	c.bench.progress("%s: %s", name, why)
}

// worker adds a way of reading that runs in a worker.
func (c *crew) worker(ctx context.Context, row, name string, inARow int) error {
	w, err := startWorker(ctx, name)
	if err != nil {
		return err
	}
	c.ends = append(c.ends, func() { _ = w.stop(nil) })
	c.addWarm(row, scansOnce(w), scanning(w, inARow))
	return nil
}

// floor adds the C floor for the given files.
func (c *crew) floor(ctx context.Context, row string, files ...string) error {
	f, err := start(ctx, nil, c.bench.programs.floor, files...)
	if err != nil {
		return err
	}
	c.ends = append(c.ends, func() { _ = f.stop(nil) })
	c.addWarm(row, scansOnce(f), scanning(f, c.inARow))
	return nil
}

// peers adds the programs of others.
func (c *crew) peers(ctx context.Context) error {
	if err := c.worker(ctx, rowNaiveProcfs, "procfs", 1); err != nil {
		return err
	}
	if err := c.worker(ctx, rowNaiveGopsutil, "gopsutil", 1); err != nil {
		return err
	}
	if err := c.appsPlugin(ctx, rowAppsLean, "without-files"); err != nil {
		return err
	}
	if err := c.appsPlugin(ctx, rowApps); err != nil {
		return err
	}
	if err := c.processExporter(ctx, rowPELean, "-threads=false", "-gather-smaps=false"); err != nil {
		return err
	}
	return c.processExporter(ctx, rowPE)
}

func (c *crew) appsPlugin(ctx context.Context, row string, args ...string) error {
	a, err := startAppsPlugin(ctx, c.bench.dir, "", args...)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		c.miss(row, "not installed, or not permitted to run")
		return nil
	}
	if err != nil {
		return err
	}
	c.ends = append(c.ends, a.end)
	if err := a.pause(); err != nil {
		return fmt.Errorf("apps.plugin: %w", err)
	}
	c.add(row, a.measure)
	return nil
}

func (c *crew) processExporter(ctx context.Context, row string, flags ...string) error {
	s, err := c.bench.serveProcessExporter(ctx, flags...)
	if errors.Is(err, os.ErrNotExist) {
		c.miss(row, "not installed")
		return nil
	}
	if err != nil {
		return err
	}
	c.ends = append(c.ends, func() { _ = s.shut() })
	c.addWarm(row, scrapesOnce(s), resident(s.pid(), webSettle, s.scrape))
	return nil
}

func (b *bench) serveProcessExporter(ctx context.Context, flags ...string) (*server, error) {
	config := filepath.Join(b.dir, "process-exporter.yml")
	if err := os.WriteFile(config, []byte(processExporterGroups), 0o600); err != nil {
		return nil, fmt.Errorf("configuration of process-exporter: %w", err)
	}
	return serve(ctx, processExporterPath, "-web.listen-address=", append(flags, "-config.path="+config)...)
}

// serveExporter starts the exporter under measurement. A single caller gets three quarters of
// the streams that there may be.
func (b *bench) serveExporter(ctx context.Context, flags ...string) (*server, error) {
	all := append([]string{fmt.Sprintf("--api.max-streams=%d", 2*manyStreams)}, flags...)
	return serve(ctx, b.exporter, "--web.listen-address=", all...)
}
