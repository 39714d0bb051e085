package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/table"
)

// column is one of a table: a label, or the value of a query.
type column struct {
	// label is the label's name; empty for a value.
	label string
	// ref is the query's letter, for a value.
	ref string

	title string
	unit  unit
	// limits colours the value's text.
	limits cog.Builder[dashboard.ThresholdsConfig]
	// bar draws the value as a bar, from 0 to the largest, or to 1 for a share.
	bar bool
	// words replaces values by words.
	words dashboard.ValueMapping
	link  cog.Builder[dashboard.DashboardLink]
	width int
}

// reducer takes the one value that a row has.
const reducer = "lastNotNull"

// listing is a table of what instant queries return, joined on their labels. The columns
// appear in the order given, other labels not at all.
func listing(title, description string, n needs, queries []query, columns ...column) *table.PanelBuilder {
	for i := range queries {
		queries[i].instant = true
	}
	panel := table.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(prometheusSource()).
		Targets(targets(prometheus.PromQueryFormatTable, queries)).
		Unit(string(count)).
		NoValue(n.long).
		Span(gridWidth / 2).
		Height(10).
		CellHeight(common.TableCellHeightSm).
		MinWidth(70).
		Thresholds(plain())
	order, fields := make(map[string]int), make(map[string]any)
	for i, c := range columns {
		name := c.field(len(queries))
		if c.label != "" {
			fields[name] = map[string]any{"operation": "groupby", "aggregations": []string{}}
		} else {
			fields[name] = map[string]any{"operation": "aggregate", "aggregations": []string{reducer}}
			name += " (" + reducer + ")"
		}
		order[name] = i
		panel.OverrideByName(name, c.options())
	}
	if len(queries) > 1 {
		panel.WithTransformation(transform("merge", map[string]any{}))
	}
	// Grouped by its labels, a table without rows has no columns either: only then does Grafana
	// say what the panel has to say of no data.
	panel.WithTransformation(transform("groupBy", map[string]any{"fields": fields}))
	panel.WithTransformation(transform("organize", map[string]any{"indexByName": order}))
	return panel
}

// sortedBy sorts a table by the title of a column, the largest first.
func sortedBy(title string) []cog.Builder[common.TableSortByFieldState] {
	return []cog.Builder[common.TableSortByFieldState]{
		common.NewTableSortByFieldStateBuilder().DisplayName(title).Desc(true),
	}
}

// field is the name that Grafana gives to what the column shows.
func (c column) field(queries int) string {
	switch {
	case c.label != "":
		return c.label
	case queries == 1:
		return "Value"
	default:
		return "Value #" + c.ref
	}
}

func (c column) options() []dashboard.DynamicConfigValue {
	// A row need not have every value; what the panel says of no data is for all of them.
	options := set("displayName", c.title, "noValue", "–")
	if c.label != "" {
		// Otherwise Grafana takes a PID for a number and shortens it.
		options = append(options, set("unit", string(words))...)
	}
	if c.unit != "" {
		options = append(options, set("unit", string(c.unit))...)
	}
	if c.limits != nil {
		limits, _ := c.limits.Build()
		options = append(options, set("thresholds", limits,
			"custom.cellOptions", map[string]any{"type": "color-text"})...)
	}
	if c.bar {
		options = append(options, set(
			"custom.cellOptions", map[string]any{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
			"color", map[string]any{"mode": "fixed", "fixedColor": "blue"},
			"min", 0)...)
		if c.unit == share {
			options = append(options, set("max", 1)...)
		}
	}
	if c.words.ValueMap != nil {
		options = append(options, set("mappings", []dashboard.ValueMapping{c.words})...)
	}
	if c.link != nil {
		options = append(options, linked(c.link)...)
	}
	if c.width > 0 {
		options = append(options, set("custom.width", c.width)...)
	}
	return options
}

func transform(id string, options map[string]any) dashboard.DataTransformerConfig {
	return dashboard.DataTransformerConfig{Id: id, Options: options}
}

// linked makes a field a link.
func linked(builder cog.Builder[dashboard.DashboardLink]) []dashboard.DynamicConfigValue {
	link, _ := builder.Build()
	return set("links", []map[string]any{{"title": link.Title, "url": link.Url}})
}
