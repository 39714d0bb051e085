package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"proctree/deploy/scaling/parts"
)

// ruleTime is for how long rules are evaluated: those of every minute several times.
const ruleTime = 3 * time.Minute

// ruleCost measures what the evaluation of a folder of rules costs. Anomalies need a day of
// samples, so that they show less here than they cost.
func (b *bench) ruleCost() error {
	folder, err := filepath.Abs(b.rules)
	if err != nil {
		return err
	}
	server, config, err := b.startFleet("")
	if err != nil {
		return err
	}
	defer server.Close()
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	text = fmt.Appendf(nil, "rule_files: [%q]\n%s", filepath.Join(folder, "*.yml"),
		strings.Replace(string(text), "global: {", "global: {evaluation_interval: 15s, ", 1))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return err
	}
	whole, err := parts.Prometheus(b.ctx, config, filepath.Join(b.dir, "rules"))
	if err != nil {
		return err
	}
	defer whole.Stop()
	if err := b.untilAllCame(whole, "prometheus_tsdb_head_samples_appended_total", `type="float"`); err != nil {
		return err
	}
	select {
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-time.After(ruleTime):
	}
	return b.ruleTable(whole)
}

// ruleTable prints how long each group of rules took the last time.
func (b *bench) ruleTable(whole *parts.Part) error {
	body, err := whole.Get(b.ctx, "/metrics")
	if err != nil {
		return err
	}
	took, every := byRuleGroup(body, "prometheus_rule_group_last_duration_seconds"), byRuleGroup(body, "prometheus_rule_group_interval_seconds")
	var names []string
	for name := range took {
		names = append(names, name)
	}
	slices.Sort(names)
	b.head(fmt.Sprintf("rules, %d hosts", b.hosts), "ms", "each", "of a CPU")
	total := 0.0
	for _, name := range names {
		share := took[name] / every[name]
		total += share
		b.row("`"+name+"`", fmt.Sprintf("%.1f", took[name]*1e3), fmt.Sprintf("%.0f s", every[name]), fmt.Sprintf("%.2f %%", share*100))
	}
	b.row("all", "", "", fmt.Sprintf("%.2f %%", total*100))
	return nil
}

// byRuleGroup reads a metric of Prometheus that has one series for each group of rules.
func byRuleGroup(body, metric string) map[string]float64 {
	values := make(map[string]float64)
	for _, m := range regexp.MustCompile(`(?m)^`+metric+`\{rule_group="[^"]*;([^"]+)"\} (\S+)$`).FindAllStringSubmatch(body, -1) {
		if value, err := strconv.ParseFloat(m[2], 64); err == nil {
			values[m[1]] = value
		}
	}
	return values
}
