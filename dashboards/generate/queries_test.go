package main

import (
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
	"Proctree / Host/Temperatures":                    "a virtual machine has no sensors",
	"Proctree / Exporter/Scan errors":                 "root may read everything",
	"Proctree / Exporter/Exit records lost":           "needs exit records from the kernel",
	"Proctree / Processes/Abnormal exits":             "needs exit records from the kernel",
	"Proctree / Processes/Other abnormal exits":       "needs exit records from the kernel",
	"Proctree / Host/Other abnormal exits":            "needs exit records from the kernel",
	"Proctree / Processes/Crashes":                    "needs exit records from the kernel",
	"Proctree / Host/Crashes":                         "needs exit records from the kernel",
	"Proctree / Processes/Short-lived processes":      "needs exit records from the kernel",
	"Proctree / Process history/annotation Alerts":    "no alert fires for a group that is well",
	"Proctree / Process history/Abnormal exits":       "needs exit records from the kernel",
	"Proctree / Host/annotation Restarts":             "no service of the test is restarted",
	"Proctree / Processes/annotation Restarts":        "no service of the test is restarted",
	"Proctree / Host/annotation OOM kills":            "no process of the test is killed for memory",
	"Proctree / Processes/annotation OOM kills":       "no process of the test is killed for memory",
	"Proctree / Process history/annotation OOM kills": "no process of the test is killed for memory",
	"Proctree / Host/annotation Crashes":              "no process of the test crashes",
	"Proctree / Processes/annotation Crashes":         "no process of the test crashes",
	"Proctree / Process history/annotation Crashes":   "no process of the test crashes",
	"Proctree / Incident/Pressure":                    "the kernel may be without pressure stall information",
	"Proctree / Host/Time per request":                "nothing may be read in the time of the test",
	"Proctree / Host/CPU pressure":                    "the kernel may be without pressure stall information",
	"Proctree / Host/I/O pressure":                    "the kernel may be without pressure stall information",
	"Proctree / Host/Memory pressure":                 "the kernel may be without pressure stall information",
	"Proctree / Host/Some waited":                     "the kernel may be without pressure stall information",
	"Proctree / Host/All waited":                      "the kernel may be without pressure stall information",
	"Proctree / Fleet/Under pressure":                 "the kernel may be without pressure stall information",
	"Proctree / Fleet/Pressure of the fleet":          "the kernel may be without pressure stall information",
}

// metricsNotHere are metrics that a host of the tests may lack, and why.
var metricsNotHere = map[string]string{
	"proctree_group_cpu_cfs_":   "no process of the test has a CPU limit",
	"proctree_group_gpu_":       "a host of the tests may have no GPU",
	"proctree_group_delay_":     "the kernel counts delays only with kernel.task_delayacct",
	"proctree_group_network_":   "the kernel may not let the exporter count what processes send",
	"proctree_cgroup_pressure_": "it is off by default, and the kernel may be without pressure stall information",
}

// mayBeEmpty tells why a query may have no answer; it is empty if it must have one.
func mayBeEmpty(q question) string {
	for metric, why := range metricsNotHere {
		if strings.Contains(q.expr, metric) {
			return why
		}
	}
	return emptyHere[q.where]
}

// TestEveryQueryReturnsData runs every query of every panel, variable and annotation in a
// real Prometheus, over data of the real exporter, with the default names of the host's
// metrics and with node_exporter's.
func TestEveryQueryReturnsData(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED against a real Prometheus: -short")
	}
	t.Parallel()
	exporters := startExporters(t)
	p := startPrometheus(t, exporters...)
	load(t)
	for i, names := range []string{"proctree_system", "node"} {
		t.Run(names, func(t *testing.T) {
			t.Parallel()
			p.everyQueryReturnsData(t, exporters[i])
		})
	}
}

func (p prometheusServer) everyQueryReturnsData(t *testing.T, exporter string) {
	t.Helper()
	all := read(t)
	answered, values := make(map[question]bool), make(map[string]choices)
	var open []question
	for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(time.Second) {
		open = nil
		for _, d := range all {
			if values[d.UID] == nil {
				values[d.UID] = choices{"instance": exporter, "group": "sh", "band_group": "sh", "band_instance": exporter}
			}
			open = append(open, p.unanswered(t, d, values[d.UID], answered)...)
		}
		if !slices.ContainsFunc(open, needed) || time.Now().After(deadline) {
			break
		}
	}
	for _, q := range open {
		if needed(q) {
			t.Errorf("%s: no data: %s", q.where, q.expr)
		} else {
			t.Logf("EMPTY %s, for %s: %s", q.where, mayBeEmpty(q), q.expr)
		}
	}
}

func needed(q question) bool { return mayBeEmpty(q) == "" }

// unanswered asks what of a dashboard has had no answer yet. Once is enough: a scrape may be
// missed on a busy machine.
func (p prometheusServer) unanswered(t *testing.T, d dashboardJSON, values choices, answered map[question]bool) []question {
	t.Helper()
	open := p.variables(t, d, values)
	for _, q := range questions(d) {
		if answered[q] {
			continue
		}
		found, err := p.ask(t.Context(), values.fill(q.expr), q.instant)
		if err != nil {
			t.Fatalf("%s: %v", q.where, err)
		}
		if answered[q] = len(found) > 0; !answered[q] {
			open = append(open, q)
		}
	}
	return open
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

// fill puts the values into an expression. Ranges are of seconds, where none are chosen, and
// so is what a day or a week ago is.
func (c choices) fill(expr string) string {
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(c))) {
		expr = strings.ReplaceAll(expr, "$"+name, c[name])
	}
	return strings.NewReplacer("$__rate_interval", "8s", "$__range", "30s", "offset $before", "offset 5s", "offset 1d", "offset 5s", "offset 1w", "offset 10s").Replace(expr)
}

// variables asks for the values of a dashboard's variables, in their order, as Grafana does
// when the dashboard is opened: all values where it can be several, else the one that is
// there already, or the first. It gives the variables that have none.
func (p prometheusServer) variables(t *testing.T, d dashboardJSON, values choices) []question {
	t.Helper()
	var missing []question
	for _, v := range d.Templating.List {
		if v.Type != "query" || values["found "+v.Name] != "" {
			continue
		}
		expr, label := variableExpr(v)
		found, err := p.ask(t.Context(), values.fill(expr), true)
		if err != nil {
			t.Fatalf("%s: variable %s: %v", d.Title, v.Name, err)
		}
		options := optionsOf(v, label, found)
		if len(options) == 0 {
			missing = append(missing, question{d.Title + "/variable " + v.Name, expr, true})
		} else {
			values["found "+v.Name] = "yes"
		}
		switch {
		case v.Name == "instance" && values[v.Name] != "":
			// The one host that is asked about: another has other names of its metrics.
		case v.AllValue != "":
			values[v.Name] = v.AllValue
		case v.IncludeAll:
			values[v.Name] = strings.ReplaceAll(strings.Join(options, "|"), `\`, `\\`)
		case values[v.Name] == "" && len(options) > 0:
			values[v.Name] = options[0]
		}
	}
	return missing
}

// optionsOf gives what a variable can be chosen to be: the values of the label, or what its
// expression captures in the text of a series.
func optionsOf(v variableJSON, label string, found []sample) []string {
	var options []string
	for _, s := range found {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(s)) {
			pairs = append(pairs, name+`="`+s[name]+`"`)
		}
		text := "{" + strings.Join(pairs, ",") + "} 1 2"
		if label != "" {
			options = append(options, s[label])
		} else if m := regexp.MustCompile(strings.Trim(v.Regex, "/")).FindStringSubmatch(text); m != nil {
			options = append(options, regexp.QuoteMeta(m[1]))
		}
	}
	return options
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
