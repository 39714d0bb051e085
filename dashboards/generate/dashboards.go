package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// board is one dashboard. Its UID is in links of users and of other dashboards: it never
// changes.
type board struct {
	folder, uid, title, description string
	variables                       []cog.Builder[dashboard.VariableModel]
	annotations                     []cog.Builder[dashboard.AnnotationQuery]
	rows                            []row
	// from is how far back the dashboard looks when it is opened.
	from string
	// host is the variable with the host of graphs whose series do not name theirs. With it, a point of a
	// graph leads to what ran there at that time.
	host string
	// group is the variable with the group that its graphs are of, if it shows one at a time.
	group string
	// treeGroup is whether the tree is on the same dashboard, with its filter.
	treeGroup bool
}

// The folders of Grafana, which are what permissions are given for.
const (
	folderHosts    = "Proctree"
	folderExporter = "Proctree-Exporter"
)

// boards is every dashboard there is.
func boards() []board {
	return []board{
		fleet(), host(), incident(), processes(), history(), anomalies(), alerts(), exporter(),
	}
}

// tag is on every dashboard; the menu "Proctree" lists those who have it.
const tag = "proctree"

// classic is Grafana's classic model of a dashboard.
//
//nolint:staticcheck // The newer model cannot be provisioned by files in Grafana 12.
type classic = dashboard.Dashboard

// build makes Grafana's model of a dashboard.
func (b board) build() (classic, error) {
	//nolint:staticcheck // See classic.
	builder := dashboard.NewDashboardBuilder(b.title).
		Uid(b.uid).
		Description(b.description).
		Tags([]string{tag}).
		Readonly().
		Timezone("browser").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Time("now-"+b.from, "now").
		Refresh("30s").
		Link(menu())
	for _, variable := range b.variables {
		builder.WithVariable(variable)
	}
	for _, annotation := range b.annotations {
		builder.Annotation(annotation)
	}
	built, err := builder.Build()
	if err != nil {
		return built, fmt.Errorf("dashboard %s: %w", b.title, err)
	}
	// The Foundation SDK hides links in a menu that does not show links of this type.
	for i := range built.Links {
		built.Links[i].Placement = nil
	}
	built.Panels, err = place(b.rows)
	if err != nil {
		return built, fmt.Errorf("dashboard %s: %w", b.title, err)
	}
	if b.host != "" {
		linkMoments(built.Panels, b)
	}
	return built, nil
}

// render gives the content of every file by its name.
func render() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, b := range boards() {
		built, err := b.build()
		if err != nil {
			return nil, err
		}
		var content bytes.Buffer
		encoder := json.NewEncoder(&content)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(importable(built)); err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", b.title, err)
		}
		files[b.folder+"/"+b.uid+".json"] = content.Bytes()
	}
	return files, nil
}
