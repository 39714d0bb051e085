package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
)

// single is one number for the end of the range, coloured where it is wrong.
func single(title, description string, u unit, n needs, q query) *stat.PanelBuilder {
	q.instant = true
	return number(title, description, u, n, q).GraphMode(common.BigValueGraphModeNone)
}

// trend is one number with its course over the range behind it.
func trend(title, description string, u unit, n needs, q query) *stat.PanelBuilder {
	return number(title, description, u, n, q).GraphMode(common.BigValueGraphModeArea)
}

func number(title, description string, u unit, n needs, q query) *stat.PanelBuilder {
	panel := stat.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTimeSeries, []query{q})).
		Unit(string(u)).
		NoValue(n.short).
		Span(gridWidth / 4).
		Height(3).
		ColorMode(common.BigValueColorModeValue).
		TextMode(common.BigValueTextModeValue).
		Thresholds(plain()).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
	switch u {
	case share:
		panel.Decimals(1)
	case cores:
		panel.Decimals(2)
	case count, whole:
		panel.Decimals(0)
	}
	return panel
}
