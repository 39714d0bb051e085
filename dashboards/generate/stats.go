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

// trend is one share of something whole, with its course over the range below it. Grafana draws the
// course in the lower half of the panel and the digits in the middle: only a scale that ends at twice
// the whole keeps the line below the digits. A number without a largest value has no such scale.
func trend(title, description string, n needs, q query) *stat.PanelBuilder {
	return number(title, description, share, n, q).GraphMode(common.BigValueGraphModeArea).Min(0).Max(2)
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
