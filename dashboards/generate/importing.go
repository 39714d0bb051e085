package main

import (
	"maps"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// imported is a dashboard as grafana.com and Grafana's page "Import" want it: with what it asks
// for, and what has to be there. The data source is a variable, so it asks for nothing.
type imported struct {
	Inputs   []struct{}    `json:"__inputs"`
	Requires []requirement `json:"__requires"`
	classic
}

// requirement is Grafana itself or a plugin.
type requirement struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// The names that Grafana shows for the plugins a dashboard uses.
var pluginNames = map[string]string{
	"heatmap": "Heatmap", "logs": "Logs", "stat": "Stat", "state-timeline": "State timeline", "table": "Table", "text": "Text",
	"timeseries": "Time series", "proctree-tree-panel": "proctree tree",
}

// grafanaVersion is the oldest Grafana in which the dashboards were tried.
const grafanaVersion = "12.3.0"

// importable adds what a dashboard requires to it.
func importable(built classic) imported {
	types := make(map[string]bool)
	for _, p := range built.Panels {
		for _, inner := range panelsOf(p) {
			types[inner.Type] = true
		}
	}
	requires := []requirement{
		{"grafana", "grafana", "Grafana", grafanaVersion},
		{"datasource", "prometheus", "Prometheus", "1.0.0"},
	}
	if asksLive(built) {
		requires = append(requires, requirement{"datasource", "proctree-live-datasource", "proctree live", "0.9.0"})
	}
	for _, id := range slices.Sorted(maps.Keys(types)) {
		version := ""
		if id == "proctree-tree-panel" {
			version = "0.9.0"
		}
		requires = append(requires, requirement{"panel", id, pluginNames[id], version})
	}
	return imported{Inputs: []struct{}{}, Requires: requires, classic: built}
}

// asksLive tells whether a panel asks the live data source.
func asksLive(built classic) bool {
	for _, p := range built.Panels {
		for _, inner := range panelsOf(p) {
			if inner.Datasource != nil && inner.Datasource.Type != nil && *inner.Datasource.Type == (liveQuery{}).DataqueryType() {
				return true
			}
		}
	}
	return false
}

// panelsOf gives a panel, or those of a closed row.
func panelsOf(p dashboard.PanelOrRowPanel) []dashboard.Panel {
	if p.RowPanel != nil {
		return p.RowPanel.Panels
	}
	return []dashboard.Panel{*p.Panel}
}
