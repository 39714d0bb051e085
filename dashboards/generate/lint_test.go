package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// lintRules are the rules of Grafana's dashboard-linter, by its names. Each gives what is
// wrong with a dashboard, a line per panel or query.
var lintRules = map[string]func(d dashboardJSON) []string{
	"template-datasource-rule": func(d dashboardJSON) (wrong []string) {
		for _, v := range d.Templating.List {
			if v.Type == "datasource" && (v.Name != "datasource" || v.Label != "Data source") {
				wrong = append(wrong, v.Name)
			}
		}
		return wrong
	},
	"template-job-rule":      func(d dashboardJSON) []string { return lintTemplate(d, "job", "Job") },
	"template-instance-rule": func(d dashboardJSON) []string { return lintTemplate(d, "instance", "Instance") },
	"template-label-promql-rule": func(d dashboardJSON) (wrong []string) {
		for _, v := range d.Templating.List {
			if v.Type != "query" {
				continue
			}
			expr, _ := variableExpr(v)
			if _, err := parse(expr); err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %v", v.Name, err))
			}
		}
		return wrong
	},
	"template-on-time-change-reload-rule": func(d dashboardJSON) (wrong []string) {
		for _, v := range d.Templating.List {
			if v.Type == "query" && v.Refresh != 2 {
				wrong = append(wrong, v.Name)
			}
		}
		return wrong
	},
	"panel-datasource-rule": perPanel(func(d dashboardJSON, p panelJSON) bool {
		return p.Datasource.UID == "${datasource}" || p.Datasource.UID == "${live}"
	}),
	"panel-title-description-rule": perPanel(func(_ dashboardJSON, p panelJSON) bool {
		return p.Title != "" && p.Description != ""
	}),
	"panel-units-rule": perPanel(func(_ dashboardJSON, p panelJSON) bool {
		return p.Type == "proctree-tree-panel" || slices.Contains(grafanaUnits, p.FieldConfig.Defaults.Unit)
	}),
	"panel-no-targets-rule": perPanel(func(_ dashboardJSON, p panelJSON) bool { return len(p.Targets) > 0 }),
	// There is no Loki here.
	"target-logql-rule":      perTarget(func(q targetJSON) bool { return q.Datasource.Type != "loki" }),
	"target-logql-auto-rule": perTarget(func(q targetJSON) bool { return q.Datasource.Type != "loki" }),
	"target-promql-rule": perTarget(func(q targetJSON) bool {
		_, err := parse(q.Expr)
		return err == nil
	}),
	"target-rate-interval-rule": perTarget(usesRateInterval),
	"target-job-rule":           perTarget(func(q targetJSON) bool { return selects(q, "job") }),
	"target-instance-rule":      perTarget(func(q targetJSON) bool { return selects(q, "instance") }),
	"target-counter-agg-rule":   perTarget(aggregatesCounters),
	"uneditable-dashboard-rule": func(d dashboardJSON) (wrong []string) {
		if d.Editable {
			wrong = append(wrong, "it can be edited")
		}
		return wrong
	},
}

// grafanaUnits are those of Grafana's own units that are used here.
var grafanaUnits = []string{
	"none", "short", "locale", "percentunit", "bytes", "Bps", "pps", "s", "celsius", "dateTimeFromNow",
	"count:starts/s", "count:exits/s", "count:processes/s", "count:faults/s", "count:switches/s", "count:errors/s", "count:events/s", "count:pages/s",
}

// TestLint runs the rules, but for what ../.lint excludes with a reason.
func TestLint(t *testing.T) {
	content, err := os.ReadFile("../.lint")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Exclusions map[string]struct {
			Reason  string
			Entries []struct{ Dashboard, Panel string }
		}
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	excluded := make(map[string]bool)
	for rule, exclusion := range file.Exclusions {
		if lintRules[rule] == nil || exclusion.Reason == "" {
			t.Errorf("exclusion of %s: there is no such rule, or no reason", rule)
		}
		for _, entry := range exclusion.Entries {
			excluded[rule+"/"+entry.Dashboard+"/"+entry.Panel] = true
		}
	}
	for rule, check := range lintRules {
		for _, d := range read(t) {
			for _, wrong := range check(d) {
				panel, _, _ := strings.Cut(wrong, ": ")
				one, whole := rule+"/"+d.Title+"/"+panel, rule+"/"+d.Title+"/"
				if _, ok := excluded[one]; ok {
					excluded[one] = false
				} else if _, ok := excluded[whole]; ok {
					excluded[whole] = false
				} else {
					t.Errorf("%s: %s: %s", rule, d.Title, wrong)
				}
			}
		}
	}
	for exclusion, unused := range excluded {
		if unused {
			t.Errorf("exclusion %s is not needed", exclusion)
		}
	}
}

func lintTemplate(d dashboardJSON, name, label string) []string {
	v, ok := d.variable(name)
	switch {
	case !ok:
		return []string{"is missing"}
	case v.Datasource.UID != "${datasource}", v.Type != "query", v.Label != label, !v.Multi, v.AllValue != ".+":
		return []string{fmt.Sprintf("%+v", v)}
	}
	return nil
}

func perPanel(fine func(dashboardJSON, panelJSON) bool) func(dashboardJSON) []string {
	return func(d dashboardJSON) (wrong []string) {
		for _, p := range d.all() {
			if !fine(d, p) {
				wrong = append(wrong, p.Title)
			}
		}
		return wrong
	}
}

func perTarget(fine func(targetJSON) bool) func(dashboardJSON) []string {
	return func(d dashboardJSON) (wrong []string) {
		for _, p := range d.all() {
			for _, q := range p.Targets {
				if q.Datasource.Type == "prometheus" && !fine(q) {
					wrong = append(wrong, p.Title+": "+q.Expr)
				}
			}
		}
		return wrong
	}
}

// The durations that stand for Grafana's in an expression that is only parsed.
const (
	rateInterval = 4*time.Minute + 13*time.Second
	fullRange    = 3*time.Hour + 7*time.Second
)

// parse reads an expression with Grafana's durations in it. Its other variables stand in
// strings, as what they are.
func parse(expr string) (parser.Expr, error) {
	return parser.ParseExpr(strings.NewReplacer(
		"$__rate_interval", model.Duration(rateInterval).String(),
		"$__range", model.Duration(fullRange).String(),
		"$before", "1h",
	).Replace(expr))
}

// selects tells whether every selector of a query has job=~"$job" or the same for instance.
func selects(q targetJSON, label string) bool {
	expr, err := parse(q.Expr)
	if err != nil {
		return true // This is target-promql-rule's.
	}
	for _, selector := range parser.ExtractSelectors(expr) {
		if !slices.ContainsFunc(selector, func(m *labels.Matcher) bool {
			return m.Name == label && m.Type == labels.MatchRegexp && m.Value == "$"+label
		}) {
			return false
		}
	}
	return true
}

// usesRateInterval tells whether every rate is over $__rate_interval.
func usesRateInterval(q targetJSON) bool {
	return holds(q, func(node parser.Node, path []parser.Node) bool {
		selector, ok := node.(*parser.MatrixSelector)
		if !ok || selector.Range == rateInterval {
			return true
		}
		call, ok := path[len(path)-1].(*parser.Call)
		return ok && call.Func.Name != "rate" && call.Func.Name != "irate"
	})
}

// aggregatesCounters tells whether every counter is in rate, irate or increase.
func aggregatesCounters(q targetJSON) bool {
	return holds(q, func(node parser.Node, path []parser.Node) bool {
		selector, ok := node.(*parser.VectorSelector)
		if !ok || !strings.HasSuffix(selector.Name, "_total") {
			return true
		}
		if len(path) < 2 {
			return false
		}
		call, ok := path[len(path)-2].(*parser.Call)
		return ok && slices.Contains([]string{"rate", "irate", "increase"}, call.Func.Name)
	})
}

// holds tells whether something is so at every node of a query. The path leads to the node.
func holds(q targetJSON, fine func(node parser.Node, path []parser.Node) bool) bool {
	expr, err := parse(q.Expr)
	if err != nil {
		return true // This is target-promql-rule's.
	}
	all := true
	parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
		if node != nil && !fine(node, path) {
			all = false
		}
		return nil
	})
	return all
}
