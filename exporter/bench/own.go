//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// ownCrew are this project's programs among those under measurement.
type ownCrew struct {
	readers map[string]*child
	servers map[string]*server
}

// own adds the floors, the readers, and the exporter with each reader.
func (c *crew) own(ctx context.Context) (*ownCrew, error) {
	o := &ownCrew{readers: map[string]*child{}, servers: map[string]*server{}}
	if err := c.floor(ctx, rowFloorC, sameFiles...); err != nil {
		return nil, err
	}
	if err := o.reader(ctx, c, rowProcfsScan, "procfs"); err != nil {
		return nil, err
	}
	if err := c.worker(ctx, rowFloorGo, "raw:"+strings.Join(sameFiles, "+"), c.inARow); err != nil {
		return nil, err
	}
	if err := c.floor(ctx, rowFloorAll, "stat", "status", "io"); err != nil {
		return nil, err
	}
	for _, r := range []struct{ row, kind string }{
		{rowBPFScan, "iterator"}, {rowWalkScan, "walk"}, {rowWalkWhole, "walk" + wholeTable},
	} {
		if err := o.reader(ctx, c, r.row, r.kind); err != nil {
			return nil, err
		}
	}
	o.server(ctx, c, rowProcfsScrape, "procfs")
	o.server(ctx, c, rowBPFScrape, "iterator")
	o.server(ctx, c, rowWalkScrape, "walk")
	o.trees(c)
	return o, nil
}

// reader adds one of the project's readers, in a worker. One that this machine does not
// permit is missing.
func (o *ownCrew) reader(ctx context.Context, c *crew, row, kind string) error {
	w, err := startWorker(ctx, "reader:"+kind)
	if err != nil {
		return err
	}
	var first answer
	if err = w.ask(scanOnce); err == nil {
		err = w.answer(&first)
	}
	if err != nil {
		c.miss(row, err.Error())
		return nil
	}
	c.ends = append(c.ends, func() { _ = w.stop(nil) })
	o.readers[row] = w
	c.addWarm(row, scansOnce(w), scanning(w, c.inARow))
	return nil
}

// server adds the exporter with one reader.
func (o *ownCrew) server(ctx context.Context, c *crew, row, reader string) {
	s, err := c.bench.serveExporter(ctx, "--host.reader="+reader)
	if err != nil {
		c.miss(row, err.Error())
		return
	}
	c.ends = append(c.ends, func() { _ = s.shut() })
	o.servers[row] = s
	c.addWarm(row, scrapesOnce(s), rested(resident(s.pid(), webSettle, s.scrape)))
}

// sharedScan is longer than the exporter hands out one scan to all callers.
const sharedScan = 1100 * time.Millisecond

// rested waits until what was measured before left no scan that could be handed out again.
func rested(measure func(context.Context) (sample, error)) func(context.Context) (sample, error) {
	return func(ctx context.Context) (sample, error) {
		if err := sleep(ctx, sharedScan); err != nil {
			return sample{}, err
		}
		return measure(ctx)
	}
}

// trees adds the process tree as JSON, from a table that is at hand, so that the tree
// alone is measured; with the BPF reader also from a table that has to be read first.
func (o *ownCrew) trees(c *crew) {
	tree := func(s *server) func(context.Context) (sample, error) {
		return resident(s.pid(), webSettle, func(ctx context.Context) (sample, error) {
			_, err := s.get(ctx, "/api/v1/tree", "application/json")
			return sample{}, err
		})
	}
	if s, ok := o.servers[rowProcfsScrape]; ok {
		measure := tree(s)
		c.add(rowTree, func(ctx context.Context) (sample, error) {
			// A caller that asks within a second of a scan gets that scan.
			if _, err := s.scrape(ctx); err != nil {
				return sample{}, err
			}
			return measure(ctx)
		})
	}
	if s, ok := o.servers[rowWalkScrape]; ok {
		c.add(rowTreeScan, rested(tree(s)))
	}
}

// seriesCount tells the series of processes, which have a bound, from those of groups and
// of the host.
type seriesCount struct {
	all, processes int
	// families is how many of the metrics are of single processes, each mode counted.
	perProcess float64
}

// finish takes what needs no rounds: allocations, memory and series.
func (o *ownCrew) finish(ctx context.Context, s *sized) error {
	s.allocations, s.memory, s.series = map[string]float64{}, map[string]memory{}, map[string]seriesCount{}
	s.allocated = map[string]float64{}
	for row, w := range o.readers {
		if s.missing[row] != "" {
			continue
		}
		var counts []float64
		for range 5 {
			var a answer
			if err := w.ask(scanCounts); err != nil {
				return err
			}
			if err := w.answer(&a); err != nil {
				return err
			}
			counts = append(counts, float64(a.Mallocs)/float64(max(a.Processes, 1)))
		}
		s.allocations[row] = median(counts)
	}
	for row, server := range o.servers {
		if s.missing[row] != "" {
			continue
		}
		allocated, err := server.allocates(ctx)
		if err != nil {
			return err
		}
		s.allocated[row] = allocated
		m, err := memoryOf(server.pid())
		if err != nil {
			return err
		}
		families, err := server.families(ctx)
		if err != nil {
			return err
		}
		s.memory[row], s.series[row] = m, countFamilies(families)
	}
	return nil
}

func countFamilies(families map[string]*dto.MetricFamily) seriesCount {
	var n seriesCount
	for name, family := range families {
		series := len(family.GetMetric())
		n.all += series
		if strings.HasPrefix(name, "proctree_process_") && hasLabel(family, "pid") {
			n.processes += series
		}
	}
	if info := len(families["proctree_process_info"].GetMetric()); info > 0 {
		n.perProcess = float64(n.processes) / float64(info)
	}
	return n
}

func hasLabel(family *dto.MetricFamily, name string) bool {
	return slices.ContainsFunc(family.GetMetric(), func(m *dto.Metric) bool {
		return slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetName() == name })
	})
}

// processMax is the exporter's default of --process.max: no more processes than that have
// series of their own.
const processMax = 200

// bound is how many series there may be, whatever the number of processes: those of the
// groups and the host as counted where there are few, and the most that processes may have.
func (n seriesCount) bound() float64 {
	return float64(n.all-n.processes) + processMax*n.perProcess
}

// allocates is how many bytes of heap a steady scan and scrape take, the median of a few.
func (s *server) allocates(ctx context.Context) (float64, error) {
	var before float64
	var each []float64
	for i := range 6 {
		if err := sleep(ctx, sharedScan); err != nil {
			return 0, err
		}
		body, err := s.get(ctx, "/metrics", plainText)
		if err != nil {
			return 0, err
		}
		now, err := valueOf(body, "go_memstats_alloc_bytes_total")
		if err != nil {
			return 0, err
		}
		if i > 0 {
			each = append(each, now-before)
		}
		before = now
	}
	return median(each), nil
}

// valueOf finds the value of a series without labels.
func valueOf(body []byte, name string) (float64, error) {
	for line := range strings.Lines(string(body)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no series %s", name)
}
