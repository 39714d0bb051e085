package alertingrules

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	nodeNamesFile   = "node-names.yml"
	nodeNamesHeader = `# The metrics of hosts that run the exporter with --collector.system.namespace=node, under the names
# that the rules, dashboards and runbooks use. Written by go test ./alerting-rules -run
# TestNodeNames -update: it has the metrics that they use, and no others.
#
# Only the job proctree counts, so that a host is not counted twice that runs node_exporter as well.
# On hosts with the default names these rules find nothing and cost next to nothing.
groups:
- name: proctree-node-names
  rules:
`
)

// hostMetric is the name of a metric of the host, with what stands around it: a recorded
// series has a colon there.
var hostMetric = regexp.MustCompile(`(^|[^\w:])(proctree_system_\w+)(:?)`)

// hostMetrics returns the metrics of the host that rules, dashboards, runbooks and the pages
// with queries ask for.
func hostMetrics(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{
		"*.yml", runbookDir + "/*.md", "../docs/queries.md", "../deploy/scaling/aggregate.yml", "../dashboards/json/*/*.json",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("nothing is at %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	documented, names := exported(t), map[string]bool{}
	for _, file := range files {
		if file == nodeNamesFile {
			continue
		}
		for _, m := range hostMetric.FindAllStringSubmatch(readText(t, file), -1) {
			if m[3] == "" && documented[m[2]] != nil {
				names[m[2]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// nodeName is what a metric of the host is called with the namespace node.
func nodeName(metric string) string {
	return "node_" + strings.TrimPrefix(metric, "proctree_system_")
}

// TestNodeNames holds the file against what is asked for.
func TestNodeNames(t *testing.T) {
	var want strings.Builder
	want.WriteString(nodeNamesHeader)
	for _, name := range hostMetrics(t) {
		fmt.Fprintf(&want, "  - record: %s\n    expr: %s{job=\"proctree\"}\n", name, nodeName(name))
	}
	if *update {
		if err := os.WriteFile(nodeNamesFile, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want.String(), readText(t, nodeNamesFile)); diff != "" {
		t.Errorf("%s is not what rules, dashboards and runbooks ask for (-update writes it again):\n%s", nodeNamesFile, diff)
	}
}

// failed is the first of the scrapes that fail, which Prometheus marks as stale. That makes no
// difference where the scraped metrics are asked for.
var failed = regexp.MustCompile(`( |^)_(?:x(\d+))?`)

// markStale marks the first of the values that are missing in a row.
func markStale(values string) string {
	return failed.ReplaceAllStringFunc(values, func(one string) string {
		m := failed.FindStringSubmatch(one)
		if n, err := strconv.Atoi(m[2]); err == nil && n > 1 {
			return fmt.Sprintf("%sstale _x%d", m[1], n-1)
		}
		return m[1] + "stale"
	})
}

// withNodeNames makes a file of tests one of hosts with the namespace node, beside which
// another job has the same metrics of a real node_exporter, with other values.
func withNodeNames(t *testing.T, text string) string {
	t.Helper()
	text = strings.Replace(text, "rule_files: [", "rule_files: [../"+nodeNamesFile+", ", 1)
	text = strings.Replace(text, "group_eval_order:\n", "group_eval_order:\n- proctree-node-names\n", 1)
	// Metrics under other names are recorded as often as rules are evaluated.
	text = strings.Replace(text, "evaluation_interval: 2m", "evaluation_interval: 1m", 1)
	series := regexp.MustCompile(`(?m)^  - series: (proctree_system_\w+)(\{.*\})\n    values: (.*)$`)
	return series.ReplaceAllStringFunc(text, func(one string) string {
		m := series.FindStringSubmatch(one)
		other := strings.Replace(m[2], `job="proctree"`, `job="node"`, 1)
		if other == m[2] {
			t.Fatalf("a series of no job: %s", one)
		}
		return fmt.Sprintf("  - series: %s%s\n    values: %s\n  - series: %s%s\n    values: 7x300",
			nodeName(m[1]), m[2], markStale(m[3]), nodeName(m[1]), other)
	})
}

// TestRulesBehaveWithNodeNames runs every test of a rule once more, as on a host with the
// namespace node.
func TestRulesBehaveWithNodeNames(t *testing.T) {
	files, err := filepath.Glob("tests/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of rules: %v", err)
	}
	for _, file := range files {
		text := withNodeNames(t, readText(t, file))
		if !strings.Contains(text, "series: node_") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, name := range ruleFiles(t) {
				write(t, filepath.Join(dir, name), readText(t, name))
			}
			path := filepath.Join(dir, "tests", filepath.Base(file))
			write(t, path, text)
			promtool(t, "test", "rules", path)
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
