package main

import (
	"encoding/json"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// liveQuery is a query of the live data source.
type liveQuery struct {
	RefID      string               `json:"refId"`
	Datasource common.DataSourceRef `json:"datasource"`
	QueryType  string               `json:"queryType"`
	Instance   string               `json:"instance"`
	// Group leaves only the processes of a group in the tree.
	Group string `json:"group,omitempty"`
	// Stream asks for the table as it changes, as long as the range ends now.
	Stream bool `json:"stream,omitempty"`
	// Sort is the resource that a query of type used ranks by, Limit how many it returns.
	Sort  string `json:"sort,omitempty"`
	Limit int    `json:"limit,omitempty"`
	// Section is a part of the report.
	Section string `json:"section,omitempty"`
	// Process is the id of the process of which Metric is wanted.
	Process string `json:"process,omitempty"`
	Metric  string `json:"metric,omitempty"`
	// Kind and Status choose events, Format is theirs.
	Kind   string    `json:"kind,omitempty"`
	Status separated `json:"status,omitempty"`
	Format string    `json:"format,omitempty"`
}

// separated is several texts, with spaces between them: queries are compared, as lists could not be.
type separated string

// MarshalJSON makes a list of the texts.
func (s separated) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Fields(string(s))) }

// ImplementsDataqueryVariant makes the query one of the Foundation SDK's.
func (liveQuery) ImplementsDataqueryVariant() {}

// DataqueryType is the data source's plugin.
func (liveQuery) DataqueryType() string { return "proctree-live-datasource" }

// Equals compares two queries.
func (q liveQuery) Equals(other variants.Dataquery) bool { return q == other }

// Build lets the query stand where a builder is asked for.
func (q liveQuery) Build() (variants.Dataquery, error) { return q, nil }

// tree is the panel of the process tree.
func tree(title, description string) *dashboard.PanelBuilder {
	source := live()
	return dashboard.NewPanelBuilder().
		Id(treePanelID).
		Type("proctree-tree-panel").
		Title(title).
		Description(description).
		Datasource(source).
		WithTarget(liveQuery{RefID: "A", Datasource: source, QueryType: "tree", Instance: "$instance", Group: "$" + treeGroupName, Stream: true}).
		Options(map[string]any{}).
		// What the panel says of no data is no text for a cell.
		OverrideByRegexp(".*", set("noValue", "–")).
		// A click on a name leads to the history of that very process, or to what happened when the tree was so: how and
		// when the process ended, if it did.
		OverrideByName("name", linked(
			to(uidHistory, "History of ${__data.fields.name} ${__data.fields.pid}", ofRow,
				variable{name: "instance"}, variable{"group", "group"}, variable{"pid", "pid"}),
			over(aroundEnd, uidIncident, "What happened around this time", ofRow,
				variable{name: "instance"}, variable{"process", "id"}),
		)).
		OverrideByName("start_time", set("unit", string(since), "custom.width", 120)).
		NoValue("No data here: is the data source Proctree live set up, and may it reach the exporter?").
		Span(gridWidth).
		Height(18)
}

// treeGroupName is in links, those of the templates of Alertmanager too.
const treeGroupName = "tree_group"

// treeGroup is the group that the tree shows; links of alerts about a group set it.
func treeGroup() cog.Builder[dashboard.VariableModel] {
	return dashboard.NewTextBoxVariableBuilder(treeGroupName).
		Label("Group in the tree").
		Description("Only the processes of this group, and their ancestors; all of them if empty.")
}

// Validate has nothing to check: the query is made here.
func (liveQuery) Validate() error { return nil }
