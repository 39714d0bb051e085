package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// The selectors that every query carries, written HOSTS, GROUPS and PIDS in the
// expressions.
const (
	hostsSelector  = `job=~"$job", instance=~"$instance"`
	groupsSelector = hostsSelector + `, group=~"$group"`
	pidsSelector   = groupsSelector + `, pid=~"$pid"`
)

// promql puts the selectors into an expression.
func promql(expr string) string {
	return strings.NewReplacer(
		"HOSTS", hostsSelector, "GROUPS", groupsSelector, "PIDS", pidsSelector,
		"HOSTMETRICS", hostMetricsSelector, "METRICS", metricsSelector,
	).Replace(strings.TrimSpace(expr))
}

// query is one PromQL expression of a panel.
type query struct {
	expr string
	// legend names the series; {{label}} stands for the label's value.
	legend string
	// instant is for what a table or a single value shows: the value at the end of the range.
	instant bool
}

// series is a query over the whole range.
func series(expr, legend string) query {
	return query{expr: promql(expr), legend: legend}
}

// now is a query for the end of the range alone.
func now(expr string) query {
	return query{expr: promql(expr), instant: true}
}

// orElse is the end of an expression: a series of that name, with the value 0, for the time in
// which the expression has none. Some panels of Grafana fail where there is no series at all.
func orElse(label, name string) string {
	return ` or on () label_replace(vector(0), "` + label + `", "` + name + `", "", "")`
}

// prometheusSource is the data source that the variable datasource chose.
func prometheusSource() common.DataSourceRef {
	return common.DataSourceRef{Type: new("prometheus"), Uid: new("${datasource}")}
}

// targets makes Grafana's queries, A, B and so on. Tables want rows of labels, the other
// panels series.
func targets(format prometheus.PromQueryFormat, queries []query) []cog.Builder[variants.Dataquery] {
	built := make([]cog.Builder[variants.Dataquery], len(queries))
	for i, q := range queries {
		target := prometheus.NewDataqueryBuilder().
			Expr(q.expr).
			RefId(refID(i)).
			Datasource(prometheusSource()).
			Format(format)
		if q.instant {
			target.Instant()
		} else {
			target.Range()
		}
		if q.legend != "" {
			target.LegendFormat(q.legend)
		}
		built[i] = target
	}
	return built
}

// refID is the name of a panel's i-th query.
func refID(i int) string {
	return string(rune('A' + i))
}
