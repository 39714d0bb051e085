package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// emptyHere are panels that may stay empty where the tests run, and why.
var emptyHere = map[string]string{
	"Proctree / Host/Temperatures":                 "a virtual machine has no sensors",
	"Proctree / Exporter/Scan errors":              "root may read everything",
	"Proctree / Exporter/Exit records lost":        "needs exit records from the kernel",
	"Proctree / Processes/Abnormal exits":          "needs exit records from the kernel",
	"Proctree / Processes/Short-lived processes":   "needs exit records from the kernel",
	"Proctree / Process history/annotation Alerts": "no alert fires for a group that is well",
	"Proctree / Process history/Abnormal exits":    "needs exit records from the kernel",
	"Proctree / Host/Time per request":             "nothing may be read in the time of the test",
	"Proctree / Host/CPU pressure":                 "the kernel may be without pressure stall information",
	"Proctree / Host/I/O pressure":                 "the kernel may be without pressure stall information",
	"Proctree / Host/Memory pressure":              "the kernel may be without pressure stall information",
	"Proctree / Host/Some waited":                  "the kernel may be without pressure stall information",
	"Proctree / Host/All waited":                   "the kernel may be without pressure stall information",
	"Proctree / Fleet/Under pressure":              "the kernel may be without pressure stall information",
	"Proctree / Fleet/Pressure of the fleet":       "the kernel may be without pressure stall information",
}

// TestEveryQueryReturnsData runs every query of every panel, variable and annotation in a
// real Prometheus, over data of the real exporter.
func TestEveryQueryReturnsData(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED against a real Prometheus: -short")
	}
	exporter := startExporter(t)
	p := startPrometheus(t, exporter)
	load(t)
	all := read(t)
	var open []question
	deadline := time.Now().Add(2 * time.Minute)
	for {
		open = nil
		for _, d := range all {
			values, missing := p.variables(t, d, exporter)
			open = append(open, missing...)
			for _, q := range questions(d) {
				if found, err := p.ask(t.Context(), values.fill(q.expr), q.instant); err != nil {
					t.Fatalf("%s: %v", q.where, err)
				} else if len(found) == 0 {
					open = append(open, q)
				}
			}
		}
		needed := slices.ContainsFunc(open, func(q question) bool { return emptyHere[q.where] == "" })
		if !needed || time.Now().After(deadline) {
			break
		}
		time.Sleep(time.Second)
	}
	for _, q := range open {
		if reason := emptyHere[q.where]; reason != "" {
			t.Logf("EMPTY %s, for %s: %s", q.where, reason, q.expr)
			continue
		}
		t.Errorf("%s: no data: %s", q.where, q.expr)
	}
}

// load runs processes that use CPU, write, and end.
func load(t *testing.T) {
	t.Helper()
	script := `cd "$1"; while :; do dd if=/dev/zero of=burner bs=64k count=64 conv=fsync 2>&-; i=0; ` +
		`while [ $i -lt 20000 ]; do i=$((i+1)); done; false; done`
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// question is one expression and where it stands.
type question struct {
	where, expr string
	instant     bool
}

// questions gives every expression of a dashboard's panels and annotations.
func questions(d dashboardJSON) []question {
	var all []question
	for _, p := range d.all() {
		for _, q := range p.Targets {
			if q.Expr != "" {
				all = append(all, question{d.Title + "/" + p.Title, q.Expr, q.Instant})
			}
		}
	}
	for _, a := range d.Annotations.List {
		if a.Expr != "" {
			all = append(all, question{d.Title + "/annotation " + a.Name, a.Expr, false})
		}
	}
	return all
}

// choices are the values of a dashboard's variables.
type choices map[string]string

// fill puts the values into an expression. Ranges are of seconds here, and so is what a day
// or a week ago is.
func (c choices) fill(expr string) string {
	expr = strings.NewReplacer("$__rate_interval", "5s", "$__range", "30s", "offset 1d", "offset 5s", "offset 1w", "offset 10s").Replace(expr)
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(c))) {
		expr = strings.ReplaceAll(expr, "$"+name, c[name])
	}
	return expr
}

// variables asks for the values of a dashboard's variables, in their order, as Grafana does
// when the dashboard is opened: all values where it can be several, else one.
func (p prometheusServer) variables(t *testing.T, d dashboardJSON, exporter string) (choices, []question) {
	t.Helper()
	values := make(choices)
	var missing []question
	for _, v := range d.Templating.List {
		if v.Type != "query" {
			continue
		}
		expr, label := variableExpr(v)
		found, err := p.ask(t.Context(), values.fill(expr), true)
		if err != nil {
			t.Fatalf("%s: variable %s: %v", d.Title, v.Name, err)
		}
		var options []string
		for _, s := range found {
			text := fmt.Sprintf("{group=%q}", s["group"])
			if label != "" {
				options = append(options, s[label])
			} else if m := regexp.MustCompile(strings.Trim(v.Regex, "/")).FindStringSubmatch(text); m != nil {
				options = append(options, regexp.QuoteMeta(m[1]))
			}
		}
		if len(options) == 0 {
			missing = append(missing, question{d.Title + "/variable " + v.Name, expr, true})
		}
		switch {
		case v.AllValue != "":
			values[v.Name] = v.AllValue
		case v.IncludeAll:
			values[v.Name] = strings.Join(options, "|")
		case v.Name == "group":
			values[v.Name] = "sh"
		default:
			values[v.Name] = exporter
		}
		values[v.Name] = strings.ReplaceAll(values[v.Name], `\`, `\\`)
	}
	return values, missing
}

// notOfTheExporter are metrics that Prometheus makes, or that every Go program has.
var notOfTheExporter = []string{
	"up", "scrape_duration_seconds", "scrape_samples_post_metric_relabeling", "scrape_series_added",
	"ALERTS", "ALERTS_FOR_STATE",
	"process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds",
}

// TestMetricsExist checks that every metric is one that the exporter has or the rules record.
func TestMetricsExist(t *testing.T) {
	known := make(map[string]bool)
	for _, name := range notOfTheExporter {
		known[name] = true
	}
	collect := func(path string, pattern *regexp.Regexp) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			known[m[1]] = true
		}
	}
	collect("../../docs/metrics.md", regexp.MustCompile("(?m)^\\| `(proctree_\\w+)`"))
	rules, err := filepath.Glob("../../alerting-rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range rules {
		collect(path, regexp.MustCompile(`(?m)^\s*- record: (\S+)`))
	}
	for _, d := range read(t) {
		for _, q := range questions(d) {
			expr, err := parse(q.expr)
			if err != nil {
				t.Errorf("%s: %v", q.where, err)
				continue
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				if selector, ok := node.(*parser.VectorSelector); ok && !known[selector.Name] {
					t.Errorf("%s: nothing makes the metric %s", q.where, selector.Name)
				}
				return nil
			})
		}
	}
}
