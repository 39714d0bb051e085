package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// before lets choose how long before the graphs look for the line to compare with. "nothing" is a
// time before Prometheus was written, of which no server has a series.
func before() cog.Builder[dashboard.VariableModel] {
	const choices = `nothing : 50y, an hour before : 1h, a day before : 1d, a week before : 1w`
	return dashboard.NewCustomVariableBuilder("before").
		Label("Compare with").
		Values(dashboard.StringOrMap{String: new(choices)}).
		Current(chosen("nothing", "50y"))
}

// beside is a query for the same as it was the chosen time before. AGO stands in the expression
// for the offset.
func beside(expr, legend string) query {
	return series(strings.ReplaceAll(expr, "AGO", " offset $before"), legend+beforeSuffix)
}

// beforeSuffix ends the name of each line that beside asks for.
const beforeSuffix = ", before"

// withBefore draws the lines that beside asks for dashed and grey.
func withBefore(panel *timeseries.PanelBuilder) *timeseries.PanelBuilder {
	return panel.OverrideByRegexp("/.*"+beforeSuffix+"$/", dashed(colorMuted))
}
