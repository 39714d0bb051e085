//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

const (
	rowSystem       = "**proctree: scrape of the system collectors**"
	rowNodeExporter = "node_exporter, the same collectors"
)

// nodeExporterNames are how the binary is called, by Debian first.
var nodeExporterNames = []string{"prometheus-node-exporter", "node_exporter"}

// systemSubjects are what both are asked for, under node_exporter's names.
var systemSubjects = []string{
	"cpu", "loadavg", "meminfo", "vmstat", "diskstats", "filesystem", "netdev", "pressure",
	"stat", "filefd", "hwmon", "uname", "os", "time",
	"timex", "arp", "bonding", "conntrack", "cpufreq", "entropy", "mdadm", "netclass", "netstat", "nfs",
	"powersupplyclass", "schedstat", "sockstat", "softnet", "thermal_zone", "udp_queues",
	"dmi", "edac", "fibrechannel", "infiniband", "ipvs", "nfsd", "nvme", "rapl", "tapestats", "xfs", "zfs",
}

// systemInARow is how many scrapes make one sample: one alone is below what the settling
// after it costs.
const systemInARow = 20

// systemPart measures the system collectors beside node_exporter's on this host.
func (b *bench) systemPart(ctx context.Context) error {
	c := &crew{bench: b}
	defer c.end()
	own, peer := []string{"--web.disable-exporter-metrics", "--collector.disable-defaults"}, []string(nil)
	peer = append(peer, own...)
	for _, name := range systemSubjects {
		own, peer = append(own, "--collector.system_"+name), append(peer, "--collector."+name)
	}
	s, err := b.serveExporter(ctx, own...)
	if err != nil {
		return err
	}
	c.ends = append(c.ends, func() { _ = s.shut() })
	c.add(rowSystem, inARow(s))
	if err := c.nodeExporter(ctx, peer); err != nil {
		return err
	}
	taken, err := interleave(ctx, b.options.rounds, c.probes, func(round int) {
		b.progress("system: round %d of %d, after one that warms up", round, b.options.rounds)
	}, func(name string, err error) { b.progress("%s: %v", name, err) })
	if err != nil {
		return err
	}
	b.showSystem(c.probes, taken)
	return nil
}

func (c *crew) nodeExporter(ctx context.Context, flags []string) error {
	for _, name := range nodeExporterNames {
		path, err := exec.LookPath(name)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("find node_exporter: %w", err)
		}
		s, err := serve(ctx, path, "--web.listen-address=", flags...)
		if err != nil {
			return err
		}
		c.ends = append(c.ends, func() { _ = s.shut() })
		c.add(rowNodeExporter, inARow(s))
		return nil
	}
	c.miss(rowNodeExporter, "not installed")
	return nil
}

// inARow measures some scrapes and gives the mean.
func inARow(s *server) func(context.Context) (sample, error) {
	scrapes := resident(s.pid(), webSettle, func(ctx context.Context) (last sample, err error) {
		for range systemInARow {
			if last, err = s.scrape(ctx); err != nil {
				return last, err
			}
		}
		return last, nil
	})
	return func(ctx context.Context) (sample, error) {
		s, err := scrapes(ctx)
		s.cpu /= systemInARow
		s.wall /= systemInARow
		return s, err
	}
}

func (b *bench) showSystem(probes []probe, taken samples) {
	var table [][]string
	for _, p := range probes {
		cpu, wall := taken.cpu(p.name), taken.wall(p.name)
		if p.missing != "" {
			table = append(table, []string{p.name, p.missing, "–", "–", "–"})
			continue
		}
		table = append(table, []string{
			p.name, milliseconds(median(cpu)), spread(cpu, milliseconds), milliseconds(median(wall)),
			strconv.Itoa(taken.last(p.name).series),
		})
	}
	b.report.heading("Metrics of the host, beside node_exporter")
	b.report.table([]string{"program", "CPU ms", "range", "wall ms", "series"}, table)

	const what = "system collectors ÷ node_exporter's, CPU"
	if ratio := ratios(taken.cpu(rowSystem), taken.cpu(rowNodeExporter)); len(ratio) > 0 {
		b.report.targets([]target{atMost(what, median(ratio), 1, "%.2f ×")})
		return
	}
	b.report.targets([]target{notMeasured(what, "node_exporter is not installed")})
}
