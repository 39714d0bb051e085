// Package history rebuilds the process table of a host at a moment in the past from the
// series in Prometheus: the top processes and their ancestors, as the exporter exposed them.
package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"proctree/dashboards/live-datasource/pkg/processes"
	"proctree/dashboards/live-datasource/pkg/prometheus"
)

// Past asks one Prometheus about the hosts of one job.
type Past struct {
	Client *prometheus.Client
	Job    string
	// ScrapeInterval is how often the exporters are scraped; rates are over four of them.
	ScrapeInterval time.Duration
}

// ErrNothing is returned where Prometheus has nothing of the host at that time.
var ErrNothing = errors.New("no processes of this host at that time in Prometheus")

// gauges are the series that tell a process' state at the moment.
const gauges = "proctree_process_(info|start_time_seconds|resident_memory_bytes|threads|open_fds)"

// question is an expression and what becomes of its samples.
type question struct {
	expression string
	take       func(*rebuild, prometheus.Sample)
}

func (p *Past) questions(instance string) []question {
	host := []string{prometheus.Equal("job", p.Job), prometheus.Equal("instance", instance)}
	of := prometheus.Selector(host...)
	rate := func(metric string) string {
		return fmt.Sprintf("sum by (pid, name, group) (rate(proctree_process_%s_total%s[%dms]))",
			metric, of, p.window().Milliseconds())
	}
	number := func(column processes.Number) func(*rebuild, prometheus.Sample) {
		return func(r *rebuild, s prometheus.Sample) { r.set(s, column, s.Value) }
	}
	return []question{
		{prometheus.Selector(append(host, prometheus.Like("__name__", gauges))...), (*rebuild).takeGauge},
		{rate("cpu_seconds"), number(processes.CPU)},
		{rate("read_bytes"), number(processes.Read)},
		{rate("written_bytes"), number(processes.Written)},
		{"max(proctree_scan_processes" + of + ")", (*rebuild).takeTotal},
	}
}

// window is what rates are over: four scrapes, so that one that failed does not empty them.
func (p *Past) window() time.Duration { return max(4*p.ScrapeInterval, time.Second) }

// At returns the table of a host at a moment, with the command lines that Prometheus has.
// Partial says whether the host had more processes than that.
func (p *Past) At(ctx context.Context, instance string, at time.Time) (table *processes.Table, partial bool, err error) {
	r := newRebuild()
	for _, q := range p.questions(instance) {
		samples, err := p.Client.Query(ctx, q.expression, at)
		if err != nil {
			return nil, false, err
		}
		for _, s := range samples {
			q.take(r, s)
		}
	}
	if table = r.table(); table.Len() == 0 {
		return nil, false, ErrNothing
	}
	table.Host, table.Time, table.Interval = instance, at, p.window()
	// Where the total is not known, nothing says that these are all.
	partial = r.total == 0 || r.total > table.Len()
	table.Total = max(r.total, table.Len())
	return table, partial, nil
}
