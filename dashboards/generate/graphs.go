package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// graph is lines over time, half a row wide unless told otherwise.
func graph(title, description string, u unit, n needs, queries ...query) *timeseries.PanelBuilder {
	return timeseries.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTimeSeries, queries)).
		Unit(string(u)).
		Min(0).
		NoValue(n.long).
		Span(gridWidth / 2).
		Height(8).
		LineWidth(1).
		FillOpacity(8).
		ShowPoints(common.VisibilityModeNever).
		Thresholds(plain()).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).ShowLegend(true)).
		Tooltip(common.NewVizTooltipOptionsBuilder().
			Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending))
}

// stacked is a graph whose lines add up to a whole.
func stacked(title, description string, u unit, n needs, queries ...query) *timeseries.PanelBuilder {
	return graph(title, description, u, n, queries...).
		FillOpacity(45).
		LineWidth(0).
		Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal).Group("A"))
}

// perGroup is a graph with a line per group or host, and a legend that ranks them.
func perGroup(title, description string, u unit, n needs, queries ...query) *timeseries.PanelBuilder {
	return graph(title, description, u, n, queries...).
		Height(11).
		FillOpacity(0).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeTable).Placement(common.LegendPlacementBottom).ShowLegend(true).
			Calcs([]string{"mean", "max", "lastNotNull"}).SortBy("Mean").SortDesc(true))
}

// mirrored draws the series of a graph's second query below the axis: what is received or
// read, above what is sent or written.
func mirrored(panel *timeseries.PanelBuilder) *timeseries.PanelBuilder {
	return panel.
		AxisCenteredZero(true).
		// Of all series: those that differ in their minimum have axes of their own.
		OverrideByRegexp(".*", set("min", nil)).
		OverrideByQuery(refID(1), set("custom.transform", "negative-Y"))
}

// limitLines draws the thresholds of a graph into it.
func limitLines(panel *timeseries.PanelBuilder, limits cog.Builder[dashboard.ThresholdsConfig]) *timeseries.PanelBuilder {
	return panel.
		Thresholds(limits).
		ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
}

// dashed is the look of a line to compare with: a limit, or the same a day before.
func dashed(color string) []dashboard.DynamicConfigValue {
	return set(
		"custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{6, 4}},
		"custom.fillOpacity", 0,
		"custom.stacking", map[string]any{"mode": "none"},
		"custom.lineWidth", 1,
		"color", map[string]any{"mode": "fixed", "fixedColor": color},
	)
}

// set pairs the names of field options with their values.
func set(pairs ...any) []dashboard.DynamicConfigValue {
	values := make([]dashboard.DynamicConfigValue, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, dashboard.DynamicConfigValue{Id: pairs[i].(string), Value: pairs[i+1]})
	}
	return values
}

// fixed is the look of a series of which the colour means something.
func fixed(color string) []dashboard.DynamicConfigValue {
	return set("color", map[string]any{"mode": "fixed", "fixedColor": color})
}
