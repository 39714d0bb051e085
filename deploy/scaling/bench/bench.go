package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"proctree/deploy/scaling/fleet"
	"proctree/deploy/scaling/parts"
)

// realInterval is between the two scrapes of the exporter, and that of the samples on disk.
const realInterval = 15 * time.Second

// bench is one measurement.
type bench struct {
	options
	ctx      context.Context //nolint:containedctx // A bench is one run, and this is its end.
	dir      string
	out      io.Writer
	template *fleet.Template
}

func (b *bench) row(cells ...string) {
	_, _ = fmt.Fprintf(b.out, "| %s |\n", strings.Join(cells, " | "))
}

// head begins a table.
func (b *bench) head(cells ...string) {
	_, _ = fmt.Fprintln(b.out)
	b.row(cells...)
	_, _ = fmt.Fprintf(b.out, "|%s\n", strings.Repeat("---|", len(cells)))
}

// machine says what else was going on.
func (b *bench) machine() error {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	one, _, _ := strings.Cut(string(load), " ")
	_, err = fmt.Fprintf(b.out, "%s, %d CPUs, load average %s at the start, %d hosts every %v.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), one, b.hosts, b.interval)
	return err
}

// makeTemplate runs the exporter and scrapes it twice.
func (b *bench) makeTemplate() error {
	exporter, err := parts.Start(b.ctx, "/-/ready", b.exporter, "--web.listen-address=ADDRESS", "--log.level=error",
		// What is built and tested on this machine meanwhile is no part of a usual host.
		"--host.exits=children")
	if err != nil {
		return err
	}
	defer exporter.Stop()
	var scrapes [2]string
	var at [2]time.Time
	for i := range scrapes {
		time.Sleep(realInterval)
		at[i] = time.Now()
		if scrapes[i], err = exporter.Get(b.ctx, "/metrics"); err != nil {
			return err
		}
	}
	if b.template, err = fleet.NewTemplate(scrapes[0], scrapes[1], at[1].Sub(at[0])); err != nil {
		return err
	}
	b.shape(scrapes[1])
	return nil
}

// shape says of what the series of a host are made up.
func (b *bench) shape(scrape string) {
	groups, processes := make(map[string]bool), 0
	counts := make(map[string]int)
	for line := range strings.Lines(scrape) {
		if line[0] == '#' {
			continue
		}
		kind := "other"
		for _, prefix := range []string{"group", "process", "system"} {
			if strings.HasPrefix(line, "proctree_"+prefix+"_") {
				kind = prefix
			}
		}
		counts[kind]++
		switch {
		case strings.HasPrefix(line, "proctree_group_cpu_seconds_total{"):
			_, group, _ := strings.Cut(line, `group="`)
			group, _, _ = strings.Cut(group, `"`)
			groups[group] = true
		case strings.HasPrefix(line, "proctree_process_info{"):
			processes++
		}
	}
	b.head("one host", "number", "series", "each")
	b.row("groups", strconv.Itoa(len(groups)), strconv.Itoa(counts["group"]), ratio(counts["group"], len(groups)))
	b.row("processes shown one by one", strconv.Itoa(processes), strconv.Itoa(counts["process"]), ratio(counts["process"], processes))
	b.row("`proctree_system_*`", "", strconv.Itoa(counts["system"]), "")
	b.row("the exporter itself, the rest", "", strconv.Itoa(counts["other"]), "")
	b.row("all; of these change within 15 s", "", fmt.Sprintf("%d; %d", b.template.Len(), b.template.Changing()), "")
	b.row("a scrape, uncompressed", "", size(float64(len(scrape))), "")
}

func ratio(a, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(a)/float64(n))
}

// size is a number of bytes for people.
func size(bytes float64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.2f GB", bytes/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%.1f MB", bytes/1e6)
	default:
		return fmt.Sprintf("%.1f kB", bytes/1e3)
	}
}

// startFleet serves the hosts, and writes a configuration that scrapes them.
func (b *bench) startFleet(sendTo string) (server *httptest.Server, config string, err error) {
	server = httptest.NewServer(fleet.New(b.template, b.hosts).Handler())
	text := fmt.Sprintf("global: {scrape_interval: %[1]v, scrape_timeout: %[1]v}\nscrape_configs:\n- job_name: proctree\n  http_sd_configs: [{url: %[2]q}]\n",
		b.interval, server.URL+"/targets")
	if sendTo != "" {
		text += fmt.Sprintf("remote_write: [{url: %q, queue_config: {max_shards: 4, max_samples_per_send: 10000}}]\n", sendTo+"/api/v1/write")
	}
	config = filepath.Join(b.dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		server.Close()
		return nil, "", err
	}
	return server, config, nil
}

// errFewer is why a measurement waits.
var errFewer = errors.New("not all hosts have been scraped yet")

// value is the sum over the samples of a metric on a program's own /metrics that have the
// text among their labels.
func (b *bench) value(of *parts.Part, metric, label string) (float64, error) {
	body, err := of.Get(b.ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	sum, found := 0.0, false
	for line := range strings.Lines(body) {
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || line[0] == '#' {
			continue
		}
		name, labels, _ := strings.Cut(line[:i], "{")
		if name != metric || !strings.Contains(labels, label) {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[i:]), 64)
		if err != nil {
			return 0, err
		}
		sum, found = sum+value, true
	}
	if !found {
		return 0, fmt.Errorf("%s has no metric %s", of.URL, metric)
	}
	return sum, nil
}
