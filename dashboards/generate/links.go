package main

import (
	"net/url"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
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
