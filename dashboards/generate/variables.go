package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// variables begins with the ones of every dashboard: the data source and the job.
func variables(more ...cog.Builder[dashboard.VariableModel]) []cog.Builder[dashboard.VariableModel] {
	return append([]cog.Builder[dashboard.VariableModel]{
		dashboard.NewDatasourceVariableBuilder("datasource").
			Label("Data source").
			Type("prometheus").
			Current(chosen("Prometheus", "proctree-prometheus")),
		labelValues("job", "Job", `label_values(proctree_build_info, job)`).
			Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
	}, more...)
}

// labelValues is a variable of the values that Prometheus knows.
func labelValues(name, label, query string) *dashboard.QueryVariableBuilder {
	return dashboard.NewQueryVariableBuilder(name).
		Label(label).
		Datasource(prometheusSource()).
		Query(dashboard.StringOrMap{Map: map[string]any{"query": query, "refId": name}}).
		Definition(query).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortNaturalAsc)
}

// instances lets choose several hosts, all at first.
func instances() cog.Builder[dashboard.VariableModel] {
	return labelValues("instance", "Instance", `label_values(proctree_build_info{job=~"$job"}, instance)`).
		Multi(true).IncludeAll(true).AllValue(".+").Current(all())
}

// hostColumnName is a hidden variable: the label in which tables show the host of a row. While
// one host is chosen, it names a label that they do not show.
func hostColumnName() cog.Builder[dashboard.VariableModel] {
	return labelValues("host_column", "", promql(`query_result(label_replace(count(count by (instance) (last_over_time(proctree_build_info{HOSTS}[$__range]))) > 1, "column", "`+hostLabel+`", "", "")`+
		` or on () label_replace(vector(1), "column", "instance", "", ""))`)).
		Regex(valueOf("column")).
		Current(chosen("instance", "instance")).
		Hide(dashboard.VariableHideHideVariable)
}

// instance lets choose one host.
func instance() cog.Builder[dashboard.VariableModel] {
	return labelValues("instance", "Instance", `label_values(proctree_build_info{job=~"$job"}, instance)`)
}

// groups lets choose several groups, all at first.
func groups() cog.Builder[dashboard.VariableModel] {
	return labelValues("group", "Group", promql(`label_values(proctree_group_processes{HOSTS}, group)`)).
		Multi(true).IncludeAll(true).AllValue(".+").Current(all())
}

// alertGroups lets choose the groups whose alerts are shown. "All" shows those of hosts too.
func alertGroups() cog.Builder[dashboard.VariableModel] {
	return labelValues("group", "Group", promql(`label_values(ALERTS{HOSTS, group!=""}, group)`)).
		Multi(true).IncludeAll(true).AllValue(".*").Current(all())
}

// largest is a hidden variable: the groups that are largest by an expression over the range
// that is looked at. A graph that shows these shows the same lines from end to end, which
// topk in the graph's own query would not.
func largest(name, expr string) cog.Builder[dashboard.VariableModel] {
	return labelValues(name, "", promql("query_result("+expr+")")).
		Regex(valueOf("group")).
		Multi(true).IncludeAll(true).Current(all()).
		Hide(dashboard.VariableHideHideVariable)
}

// ranked lets choose values of a label among those that an expression finds, at first the one
// that it puts first.
func ranked(name, title, label, expr string) *dashboard.QueryVariableBuilder {
	return labelValues(name, title, promql("query_result("+expr+")")).
		Regex(valueOf(label)).
		Sort(dashboard.VariableSortDisabled)
}

// valueOf is the expression that finds the value of a label in what Grafana makes of a series
// for a variable: {group="a",job="b"} 1 1790000000000, with nothing escaped. A process may have
// quotes in its name; an empty choice would be taken for the one that is in force.
func valueOf(label string) string {
	return `/` + label + `="(.+?)"(?:,\w+="|} )/`
}

// liveSource lets choose the data source that asks the exporters themselves.
func liveSource() cog.Builder[dashboard.VariableModel] {
	return dashboard.NewDatasourceVariableBuilder("live").
		Label("Live data source").
		Type("proctree-live-datasource").
		Current(chosen("Proctree live", "proctree-live"))
}

// live is the data source that the variable live chose.
func live() common.DataSourceRef {
	return common.DataSourceRef{Type: new("proctree-live-datasource"), Uid: new("${live}")}
}

// chosen is a variable's first value.
func chosen(text, value string) dashboard.VariableOption {
	return dashboard.VariableOption{
		Selected: new(true),
		Text:     dashboard.StringOrArrayOfString{String: &text},
		Value:    dashboard.StringOrArrayOfString{String: &value},
	}
}

// all is the choice of every value.
func all() dashboard.VariableOption {
	return dashboard.VariableOption{
		Selected: new(true),
		Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
		Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
	}
}
