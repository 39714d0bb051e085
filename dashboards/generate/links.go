package main

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// The dashboards' UIDs. Links and bookmarks hold them.
const (
	uidFleet     = "proctree-fleet"
	uidHost      = "proctree-host"
	uidProcesses = "proctree-processes"
	uidHistory   = "proctree-history"
	uidAnomalies = "proctree-anomalies"
	uidAlerts    = "proctree-alerts"
	uidExporter  = "proctree-exporter"
	uidIncident  = "proctree-incident"
)

// menu is the list of all dashboards at the top of each. It carries time and variables.
func menu() cog.Builder[dashboard.DashboardLink] {
	return dashboard.NewDashboardLinkBuilder("Proctree").
		Type(dashboard.DashboardLinkTypeDashboards).
		Tags([]string{tag}).
		AsDropdown(true).
		IncludeVars(true).
		KeepTime(true)
}

// variable is one that a link sets: to the value of a label of what was clicked, or, with no
// label, to what it is now.
type variable struct{ name, label string }

// to is a link from a value to a dashboard. It keeps time, data source and job, and sets
// the variables given.
func to(uid, title string, from origin, variables ...variable) cog.Builder[dashboard.DashboardLink] {
	return over("${__url_time_range}", uid, title, from, variables...)
}

// over is to, with a time range of its own, as parameters.
func over(timeRange, uid, title string, from origin, variables ...variable) cog.Builder[dashboard.DashboardLink] {
	var address strings.Builder
	address.WriteString("/d/" + uid + "?" + timeRange + "&${datasource:queryparam}&${job:queryparam}")
	for _, v := range variables {
		if v.label == "" {
			address.WriteString("&${" + v.name + ":queryparam}")
			continue
		}
		address.WriteString("&var-" + url.QueryEscape(v.name) + "=${" + string(from) + "." + v.label + ":percentencode}")
	}
	return dashboard.NewDashboardLinkBuilder(title).
		Type(dashboard.DashboardLinkTypeLink).
		Url(address.String())
}

// treePanelID is the number of the process tree in every dashboard that has one: links open that panel.
// Others are numbered from 1.
const treePanelID = 1000

// The ranges of links from a point of a graph. Grafana cannot calculate in a link: what ends at the point
// begins where the graph does, and what lies around it is five minutes to either side.
const (
	untilThen  = "from=${__from}&to=${__value.time}"
	aroundThen = "time=${__value.time}&time.window=600000"
	// aroundEnd is about the end of the range, which is when a tree was as it is shown.
	aroundEnd = "time=${__to}&time.window=600000"
)

// momentLinks lead from a point of a graph to what ran on a host at that second, and to what happened around
// it. scope is the host, and the group in the tree if the graph is of one, as parameters.
func momentLinks(scope string) []dashboard.DashboardLink {
	common := "&${datasource:queryparam}&${job:queryparam}&" + scope
	return []dashboard.DashboardLink{
		{
			Type: dashboard.DashboardLinkTypeLink, Title: "Process tree at this time",
			Url: new("/d/" + uidHost + "?" + untilThen + common + "&viewPanel=panel-" + strconv.Itoa(treePanelID)),
		},
		{
			Type: dashboard.DashboardLinkTypeLink, Title: "What happened around this time",
			Url: new("/d/" + uidIncident + "?" + aroundThen + common),
		},
	}
}

// linkMoments gives every graph of a dashboard of one host, or of several, its momentLinks, after those that
// it has.
func linkMoments(panels []dashboard.PanelOrRowPanel, b board) {
	for i := range panels {
		if panels[i].RowPanel == nil {
			linkMoment(panels[i].Panel, b)
			continue
		}
		inner := panels[i].RowPanel.Panels
		for j := range inner {
			linkMoment(&inner[j], b)
		}
	}
}

func linkMoment(panel *dashboard.Panel, b board) {
	if panel.Type != "timeseries" {
		return
	}
	scope := "var-instance=${" + b.host + ":percentencode}"
	// Of a graph of several hosts, each series tells whose it is.
	if slices.ContainsFunc(panel.Targets, func(t variants.Dataquery) bool { return strings.Contains(legend(t), "{{instance}}") }) {
		scope = "var-instance=${" + string(ofSeries) + ".instance:percentencode}"
	}
	defaults := &panel.FieldConfig.Defaults
	defaults.Links = append(defaults.Links, momentLinks(scope+groupScope(panel, b))...)
}

// groupScope filters the tree by the group of a graph: that of the series if each has one, otherwise the one
// that is chosen on the dashboard. A graph of the host keeps the filter that is there.
func groupScope(panel *dashboard.Panel, b board) string {
	every := func(is func(variants.Dataquery) bool) bool {
		return !slices.ContainsFunc(panel.Targets, func(t variants.Dataquery) bool { return !is(t) })
	}
	switch {
	case every(func(t variants.Dataquery) bool { return strings.Contains(legend(t), "{{group}}") }):
		return "&var-" + treeGroupName + "=${" + string(ofSeries) + ".group:percentencode}"
	case b.group != "" && every(func(t variants.Dataquery) bool { return strings.Contains(expression(t), `"$`+b.group+`"`) }):
		// Of several groups, Grafana sets a text box to none.
		return "&${" + b.group + ":customqueryparam:var-" + treeGroupName + "}"
	case b.treeGroup:
		return "&${" + treeGroupName + ":queryparam}"
	default:
		return ""
	}
}

// legend is the names of the series of a query; a query of the live data source has none.
func legend(target variants.Dataquery) string {
	if q, ok := target.(prometheus.Dataquery); ok && q.LegendFormat != nil {
		return *q.LegendFormat
	}
	return ""
}

// expression is that of a query of Prometheus.
func expression(target variants.Dataquery) string {
	if q, ok := target.(prometheus.Dataquery); ok {
		return q.Expr
	}
	return ""
}

// linksTo is a list of links.
func linksTo(links ...cog.Builder[dashboard.DashboardLink]) []cog.Builder[dashboard.DashboardLink] {
	return links
}

// origin is where a link finds the labels of what was clicked.
type origin string

const (
	// ofRow is the row of a table.
	ofRow origin = "__data.fields"
	// ofSeries is the line of a graph.
	ofSeries origin = "__field.labels"
)

// hostLink leads to the host of what was clicked.
func hostLink(from origin) cog.Builder[dashboard.DashboardLink] {
	return to(uidHost, "Host ${"+string(from)+".instance}", from, variable{"instance", "instance"})
}

// historyLink leads to the history of the group that was clicked.
func historyLink(from origin) cog.Builder[dashboard.DashboardLink] {
	return to(uidHistory, "History of ${"+string(from)+".group} on ${"+string(from)+".instance}", from,
		variable{"instance", "instance"}, variable{"group", "group"})
}

// processLink leads to the history of the process that was clicked.
func processLink(from origin) cog.Builder[dashboard.DashboardLink] {
	return to(uidHistory, "History of process ${"+string(from)+".pid}", from,
		variable{"instance", "instance"}, variable{"group", "group"}, variable{"pid", "pid"})
}
