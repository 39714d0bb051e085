package main

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
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
	var address strings.Builder
	address.WriteString("/d/" + uid + "?${__url_time_range}&${datasource:queryparam}&${job:queryparam}")
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
)

// momentLinks lead from a point of a graph to what ran on a host at that second, and to what happened around
// it. host is the variable instance, or the label of a series.
func momentLinks(host string) []dashboard.DashboardLink {
	common := "&${datasource:queryparam}&${job:queryparam}&" + host
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
func linkMoments(panels []dashboard.PanelOrRowPanel, variable string) {
	for i := range panels {
		if panels[i].RowPanel == nil {
			linkMoment(panels[i].Panel, variable)
			continue
		}
		inner := panels[i].RowPanel.Panels
		for j := range inner {
			linkMoment(&inner[j], variable)
		}
	}
}

func linkMoment(panel *dashboard.Panel, variable string) {
	if panel.Type != "timeseries" {
		return
	}
	host := "var-instance=${" + variable + ":percentencode}"
	for _, target := range panel.Targets {
		// Of a graph of several hosts, each series tells whose it is.
		if q, ok := target.(prometheus.Dataquery); ok && q.LegendFormat != nil && strings.Contains(*q.LegendFormat, "{{instance}}") {
			host = "var-instance=${" + string(ofSeries) + ".instance:percentencode}"
		}
	}
	defaults := &panel.FieldConfig.Defaults
	defaults.Links = append(defaults.Links, momentLinks(host)...)
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
