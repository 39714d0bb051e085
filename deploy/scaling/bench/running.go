package main

import (
	"fmt"
	"path/filepath"
	"time"

	"proctree/deploy/scaling/parts"
)

// usage is what a program has used up to a time.
type usage struct {
	cpu, samples, sent float64
	at                 time.Time
}

// running measures what is scraping.
func (b *bench) running() error {
	b.head("while it runs", "samples/s", "CPU, µs per sample", "sent, bytes per sample", "peak memory", "memory per host", "memory per series")
	if err := b.prometheus(); err != nil {
		return err
	}
	return b.agentAndStore()
}

// agentAndStore measures an agent that sends to VictoriaMetrics.
func (b *bench) agentAndStore() error {
	store, err := parts.VictoriaMetrics(b.ctx, filepath.Join(b.dir, "store"))
	if err != nil {
		return err
	}
	defer store.Stop()
	server, config, err := b.startFleet(store.URL)
	if err != nil {
		return err
	}
	defer server.Close()
	agent, err := parts.Agent(b.ctx, config, filepath.Join(b.dir, "agent"))
	if err != nil {
		return err
	}
	defer agent.Stop()
	const stored = "vm_rows_inserted_total"
	if err := b.untilAllCame(store, stored, `type="promremotewrite"`); err != nil {
		return err
	}
	metrics := map[*parts.Part][2]string{
		agent: {"prometheus_remote_storage_samples_total", "prometheus_remote_storage_bytes_total"}, store: {stored, ""},
	}
	before, after, err := b.overRounds(metrics)
	if err != nil {
		return err
	}
	if err := b.runningRow("agent", agent, before[agent], after[agent]); err != nil {
		return err
	}
	return b.runningRow("VictoriaMetrics", store, before[store], after[store])
}

// prometheus measures one that keeps the samples itself.
func (b *bench) prometheus() error {
	server, config, err := b.startFleet("")
	if err != nil {
		return err
	}
	defer server.Close()
	whole, err := parts.Prometheus(b.ctx, config, filepath.Join(b.dir, "prometheus"))
	if err != nil {
		return err
	}
	defer whole.Stop()
	const appended = "prometheus_tsdb_head_samples_appended_total"
	if err := b.untilAllCame(whole, appended, `type="float"`); err != nil {
		return err
	}
	metrics := map[*parts.Part][2]string{whole: {appended, ""}}
	before, after, err := b.overRounds(metrics)
	if err != nil {
		return err
	}
	return b.runningRow("Prometheus", whole, before[whole], after[whole])
}

// untilAllCame waits until a counter says that every series of every host has a sample.
func (b *bench) untilAllCame(of *parts.Part, metric, label string) error {
	want := float64(b.hosts * b.template.Len())
	for deadline := time.Now().Add(6 * b.interval); time.Now().Before(deadline); time.Sleep(time.Second) {
		if n, err := b.value(of, metric, label); err == nil && n >= want {
			return nil
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: after six intervals; give fewer -hosts or a longer -interval", errFewer)
}

// overRounds returns the usages at the begin and at the end of the rounds that are measured.
func (b *bench) overRounds(of map[*parts.Part][2]string) (before, after map[*parts.Part]usage, err error) {
	if before, err = b.usages(of); err != nil {
		return nil, nil, err
	}
	select {
	case <-b.ctx.Done():
	case <-time.After(time.Duration(b.rounds) * b.interval):
	}
	after, err = b.usages(of)
	return before, after, err
}

// usages reads of each program its counters of samples and, if there is one, of bytes sent.
func (b *bench) usages(of map[*parts.Part][2]string) (map[*parts.Part]usage, error) {
	all := make(map[*parts.Part]usage)
	for part, metrics := range of {
		u := usage{at: time.Now()}
		var err error
		if u.cpu, err = part.CPUSeconds(); err != nil {
			return nil, err
		}
		if u.samples, err = b.value(part, metrics[0], ""); err != nil {
			return nil, err
		}
		if metrics[1] != "" {
			if u.sent, err = b.value(part, metrics[1], ""); err != nil {
				return nil, err
			}
		}
		all[part] = u
	}
	return all, nil
}

func (b *bench) runningRow(name string, of *parts.Part, before, after usage) error {
	peak, err := of.PeakMemory()
	if err != nil {
		return err
	}
	samples := after.samples - before.samples
	sent := "–"
	if after.sent > 0 {
		sent = fmt.Sprintf("%.2f", (after.sent-before.sent)/samples)
	}
	b.row(name,
		fmt.Sprintf("%.0f", samples/after.at.Sub(before.at).Seconds()),
		fmt.Sprintf("%.1f", (after.cpu-before.cpu)/samples*1e6),
		sent, size(peak), size(peak/float64(b.hosts)),
		size(peak/float64(b.hosts*b.template.Len())))
	return nil
}
