package main

import (
	"slices"

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
	links []cog.Builder[dashboard.DashboardLink]
	width int
	// hidden keeps a label in the row, where links find it, without a column.
	hidden bool
	// decimals is how many digits follow the point; nil leaves it to Grafana.
	decimals *int
}

// reducer takes the one value that a row has.
const reducer = "lastNotNull"

// panel is a table's builder.
type panel = *table.PanelBuilder

// listing is a table of what instant queries return, joined on their labels. The columns
// appear in the order given, other labels not at all.
func listing(title, description string, n needs, queries []query, columns ...column) panel {
	for i := range queries {
		queries[i].instant = true
	}
	if slices.ContainsFunc(columns, func(c column) bool { return c.label == hostLabel }) {
		queries[0].expr = withHostColumn(queries[0].expr)
		columns = append(columns, instanceOfRow())
	}
	built := table.NewPanelBuilder().
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
		built.OverrideByName(name, c.options())
	}
	if len(queries) > 1 {
		built.WithTransformation(transform("merge", map[string]any{}))
	}
	// Grouped by its labels, a table without rows has no columns either: only then does Grafana
	// say what the panel has to say of no data.
	built.WithTransformation(transform("groupBy", map[string]any{"fields": fields}))
	built.WithTransformation(transform("organize", map[string]any{"indexByName": order}))
	return built
}

// hostLabel is a copy of the label instance that the rows of a table have only while several
// hosts are chosen: one host's name in every row says nothing, and narrows the other columns.
const hostLabel = "host"

// hostColumn is the column of the host on a dashboard of several.
func hostColumn() column {
	return column{label: hostLabel, title: "Host", links: linksTo(hostLink(ofRow))}
}

// withHostColumn gives the series of an expression the label that the variable host_column
// names: host, or, where that would say nothing, instance, which they have.
func withHostColumn(expr string) string {
	return `label_replace(` + expr + `, "$host_column", "$1", "instance", "(.+)")`
}

// instanceOfRow is the host of a row for its links.
func instanceOfRow() column {
	return column{label: "instance", hidden: true}
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
	if c.hidden {
		return set("custom.hideFrom.viz", true)
	}
	// A row need not have every value; what the panel says of no data is for all of them.
	options := set("displayName", c.title, "noValue", "–")
	if c.label != "" {
		// Otherwise Grafana takes a PID for a number and shortens it.
		options = append(options, set("unit", string(words))...)
		// What does not fit its cell is shown in full when the pointer rests on it.
		options = append(options, set("custom.tooltip", map[string]any{"field": c.title, "placement": "auto"})...)
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
			// Otherwise the largest value of all columns is the end of every bar: bytes dwarf cores.
			"fieldMinMax", true,
			"min", 0)...)
		if c.unit == share {
			options = append(options, set("max", 1)...)
		}
	}
	if c.words.ValueMap != nil {
		options = append(options, set("mappings", []dashboard.ValueMapping{c.words})...)
	}
	if len(c.links) > 0 {
		options = append(options, linked(c.links...)...)
	}
	if decimals := c.digits(); decimals != nil {
		options = append(options, set("decimals", *decimals)...)
	}
	if c.width > 0 {
		options = append(options, set("custom.width", c.width)...)
	}
	return options
}

func transform(id string, options map[string]any) dashboard.DataTransformerConfig {
	return dashboard.DataTransformerConfig{Id: id, Options: options}
}

// digits is how many digits follow the point: cores are read to a hundredth.
func (c column) digits() *int {
	if c.decimals == nil && c.unit == cores {
		return new(2)
	}
	return c.decimals
}

// linked makes a field a link, or a menu of several.
func linked(builders ...cog.Builder[dashboard.DashboardLink]) []dashboard.DynamicConfigValue {
	all := make([]map[string]any, len(builders))
	for i, builder := range builders {
		link, _ := builder.Build()
		all[i] = map[string]any{"title": link.Title, "url": link.Url}
	}
	return set("links", all)
}
