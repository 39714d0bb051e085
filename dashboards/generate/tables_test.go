package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fieldOfRow is where a link takes a field of the row that was clicked.
var fieldOfRow = regexp.MustCompile(`\$\{__data\.fields\.(\w+)`)

// fields are those that a table's rows have: Grafana drops the others when it groups.
func (p panelJSON) fields() []string {
	var fields []string
	if p.Datasource.UID == "${live}" {
		// The data source has these in every frame of processes: TestReportRowsCanBeLinked there.
		fields = []string{"name", "id", "group"}
	}
	for _, t := range p.Transformations {
		if t.ID == "groupBy" {
			for name := range t.Options.Fields {
				fields = append(fields, name)
			}
		}
	}
	return fields
}

// TestLinksFindTheirFields: Grafana leaves the name of a field that a row lacks in the address
// as it is, and the link leads to nothing.
func TestLinksFindTheirFields(t *testing.T) {
	for _, d := range read(t) {
		for _, p := range d.all() {
			if p.Type != "table" {
				continue
			}
			for _, link := range p.links(t) {
				for _, m := range fieldOfRow.FindAllStringSubmatch(link.URL+link.Title, -1) {
					if !slices.Contains(p.fields(), m[1]) {
						t.Errorf("%s: %s: %s: rows have no field %s", d.Title, p.Title, link.URL, m[1])
					}
				}
			}
		}
	}
}

// TestOneHostHasNoColumn checks that the column of the host is there only while several hosts
// are chosen, and that links find the host all the same.
func TestOneHostHasNoColumn(t *testing.T) {
	for _, d := range read(t) {
		for _, p := range d.all() {
			// Its rows are the hosts.
			if p.Type != "table" || d.Title+"/"+p.Title == "Proctree / Fleet/Hosts" {
				continue
			}
			column := p.override("instance")
			shown := column != nil && column.value("custom.hideFrom.viz") != "true"
			if shown {
				t.Errorf("%s: %s: names the host in each row, even of one host", d.Title, p.Title)
			}
			if !slices.Contains(p.fields(), hostLabel) {
				continue
			}
			if column == nil || !strings.Contains(p.Targets[0].Expr, `"$host_column", "$1", "instance"`) {
				t.Errorf("%s: %s: want a column of the host that the variable host_column shows", d.Title, p.Title)
			}
			if v, ok := d.variable("host_column"); !ok || v.Hide != 2 {
				t.Errorf("%s: want a hidden variable host_column", d.Title)
			}
		}
	}
}

// override is the first one of a field, nil if it has none.
func (p panelJSON) override(field string) *overrideJSON {
	for i, o := range p.FieldConfig.Overrides {
		if string(o.Matcher.Options) == `"`+field+`"` {
			return &p.FieldConfig.Overrides[i]
		}
	}
	return nil
}
