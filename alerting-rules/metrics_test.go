package alertingrules

import (
	"maps"
	"regexp"
	"strings"
	"testing"
)

// exported returns the labels of every metric that the exporter has, by its name. It reads
// them in the documentation, which a test of the exporter compares with what it exports.
func exported(t *testing.T) map[string]map[string]bool {
	t.Helper()
	metrics := map[string]map[string]bool{
		// What Prometheus itself adds to a scrape, and what its client library exports.
		"up":                            {},
		"process_start_time_seconds":    {},
		"process_resident_memory_bytes": {},
	}
	row := regexp.MustCompile("(?m)^\\| `(proctree_\\w+)` \\| \\w+ \\| ([^|]*) \\|")
	for _, m := range row.FindAllStringSubmatch(readText(t, "../docs/metrics.md"), -1) {
		metrics[m[1]] = map[string]bool{}
		for _, label := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
			metrics[m[1]][label] = true
		}
		// The namespace node makes this of it.
		if strings.HasPrefix(m[1], "proctree_system_") {
			metrics[nodeName(m[1])] = metrics[m[1]]
		}
	}
	return metrics
}

// TestRulesUseWhatThereIs: every metric of a rule is exported, or recorded by another rule,
// and every label that a rule speaks of is one of those metrics.
func TestRulesUseWhatThereIs(t *testing.T) {
	rules, metrics := load(t), exported(t)
	if len(metrics) < 100 {
		t.Fatalf("only %d metrics are documented", len(metrics))
	}
	// Recorded series have the labels of what they are made of; series that are made of
	// others need another round.
	for range rules {
		for _, r := range rules {
			if r.Record == "" {
				continue
			}
			if metrics[r.Record] == nil {
				metrics[r.Record] = map[string]bool{}
			}
			for label := range r.Labels {
				metrics[r.Record][label] = true
			}
			for name := range namesIn(r.Expr).metrics {
				maps.Copy(metrics[r.Record], metrics[name])
			}
		}
	}
	for _, r := range rules {
		uses := namesIn(r.Expr)
		labels := map[string]bool{"job": true, "instance": true}
		for name := range uses.metrics {
			if metrics[name] == nil {
				t.Errorf("%s: nobody exports or records %s", r.name(), name)
			}
			maps.Copy(labels, metrics[name])
		}
		for label := range uses.labels {
			if !labels[label] && !uses.made[label] {
				t.Errorf("%s: none of its metrics has the label %s", r.name(), label)
			}
		}
	}
}

// TestNamesFollowTheConvention: level:metric:operation, where the level is made of labels.
func TestNamesFollowTheConvention(t *testing.T) {
	convention := regexp.MustCompile(`^(proctree|instance|group|instance_(group|mountpoint|resource)):[a-z0-9_]+:[a-z0-9_]+$`)
	for _, r := range load(t) {
		// A metric under its other name is no recorded series.
		if r.Record != "" && r.file+".yml" != nodeNamesFile && !convention.MatchString(r.Record) {
			t.Errorf("%s is not level:metric:operation", r.Record)
		}
	}
}

// TestThresholdsAreUsed: each limit is one of an alert, and no alert has one of its own.
func TestThresholdsAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, r := range load(t) {
		if !r.isThreshold() {
			maps.Copy(used, namesIn(r.Expr).metrics)
		}
	}
	for _, r := range load(t) {
		if r.isThreshold() != (r.file == "thresholds") {
			t.Errorf("%s: limits, and nothing else, belong into thresholds.yml", r.name())
		}
		if r.isThreshold() && !used[r.Record] {
			t.Errorf("%s limits nothing", r.Record)
		}
	}
}
