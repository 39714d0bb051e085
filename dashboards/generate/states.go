package main

import (
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
)

// state is a value with a name and a colour.
type state struct{ text, color string }

// timeline is a line of coloured spells per series. The states are those of the values 0, 1
// and so on.
func timeline(title, description string, n needs, states []state, queries ...query) *statetimeline.PanelBuilder {
	return statetimeline.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTimeSeries, queries)).
		Unit(string(count)).
		Mappings([]dashboard.ValueMapping{named(states)}).
		NoValue(n.long).
		Span(gridWidth).
		Height(8).
		PerPage(20).
		ShowValue(common.VisibilityModeNever).
		RowHeight(0.8).
		LineWidth(0).
		FillOpacity(80).
		MergeValues(true).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom).ShowLegend(true))
}

// named gives the values 0, 1 and so on their words and colours.
func named(states []state) dashboard.ValueMapping {
	options := make(map[string]dashboard.ValueMappingResult)
	for i, s := range states {
		result := dashboard.ValueMappingResult{Text: &s.text, Index: new(int32(i))}
		if s.color != "" {
			result.Color = &s.color
		}
		options[strconv.Itoa(i)] = result
	}
	return dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options}}
}

// heat is a map of time by series, a cell the more orange the larger its value, from the
// first limit, below which there is none, to the second.
func heat(title, description string, u unit, n needs, from, to float32, q query) *heatmap.PanelBuilder {
	// Grafana makes the axis a little too narrow for its longest name, and cuts off its beginning.
	q.legend = "\u2003" + q.legend
	return heatmap.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTimeSeries, []query{q})).
		Unit(string(u)).
		NoValue(n.long).
		Span(gridWidth).
		Height(12).
		Calculate(false).
		RowsFrame(heatmap.NewRowsHeatmapOptionsBuilder().Layout(common.HeatmapCellLayoutAuto)).
		CellValues(heatmap.NewCellValuesBuilder().Unit(string(u)).Decimals(1)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().
			Mode(heatmap.HeatmapColorModeScheme).Scheme("Oranges").Steps(32).Min(from).Max(to)).
		FilterValues(heatmap.NewFilterValueRangeBuilder().Le(from)).
		CellGap(1).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().Mode(common.TooltipDisplayModeSingle)).
		ShowLegend()
}

// spread is a map of time by value: how many of the series have which value.
func spread(title, description string, u unit, n needs, q query) *heatmap.PanelBuilder {
	return heatmap.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTimeSeries, []query{q})).
		Unit(string(u)).
		NoValue(n.long).
		Span(gridWidth / 2).
		Height(9).
		Calculate(true).
		Calculation(common.NewHeatmapCalculationOptionsBuilder().
			YBuckets(common.NewHeatmapCalculationBucketConfigBuilder().
				Mode(common.HeatmapCalculationModeCount).Value("20"))).
		YAxis(heatmap.NewYAxisConfigBuilder().Unit(string(u)).Min(0)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().
			Mode(heatmap.HeatmapColorModeScheme).Scheme("Blues").Steps(32)).
		CellGap(1).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().Mode(common.TooltipDisplayModeSingle)).
		ShowLegend()
}
