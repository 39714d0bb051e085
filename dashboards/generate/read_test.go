package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// The tests read the JSON, as Grafana does, not the builders' types.
type (
	dashboardJSON struct {
		UID, Title, Description, Timezone string
		Editable                          bool
		GraphTooltip                      int
		Tags                              []string
		Panels                            []panelJSON
		Links                             []linkJSON
		Templating                        struct{ List []variableJSON }
		Annotations                       struct{ List []annotationJSON }
	}
	panelJSON struct {
		ID                       int
		Type, Title, Description string
		Collapsed                bool
		GridPos                  dashboard.GridPos
		Datasource               sourceJSON
		Targets                  []targetJSON
		Panels                   []panelJSON
		Options                  struct{ GraphMode string }
		Transformations          []struct {
			ID      string
			Options struct{ Fields map[string]json.RawMessage }
		}
		FieldConfig struct {
			Defaults struct {
				Unit, NoValue string
				Min, Max      *float64
				Links         []linkJSON
			}
			Overrides []overrideJSON
		}
	}
	overrideJSON struct {
		Matcher struct {
			ID      string
			Options json.RawMessage
		}
		Properties []struct {
			ID    string
			Value json.RawMessage
		}
	}
	sourceJSON struct{ Type, UID string }
	targetJSON struct {
		RefID, Expr, LegendFormat string
		Instant, Range            bool
		Datasource                sourceJSON
	}
	linkJSON struct {
		Title, URL, Placement string
		Tags                  []string
		IncludeVars, KeepTime bool
	}
	variableJSON struct {
		Name, Label, Type, Definition, Regex, AllValue string
		Query                                          json.RawMessage
		Hide                                           int
		Multi, IncludeAll                              bool
		Refresh                                        int
		Datasource                                     sourceJSON
	}
	annotationJSON struct {
		Name, Expr string
		Datasource sourceJSON
	}
)

// read gives all dashboards as they are written.
func read(t *testing.T) []dashboardJSON {
	t.Helper()
	files, err := render()
	if err != nil {
		t.Fatal(err)
	}
	var all []dashboardJSON
	for _, b := range boards() {
		var d dashboardJSON
		if err := json.Unmarshal(files[b.folder+"/"+b.uid+".json"], &d); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// all gives the panels of a dashboard that show data, those in closed rows too: not the rows, and
// not what is only text.
func (d dashboardJSON) all() []panelJSON {
	var panels []panelJSON
	for _, p := range d.Panels {
		panels = append(append(panels, p), p.Panels...)
	}
	return slices.DeleteFunc(panels, func(p panelJSON) bool { return p.Type == "row" || p.Type == "text" })
}

// variable finds a variable by its name.
func (d dashboardJSON) variable(name string) (variableJSON, bool) {
	for _, v := range d.Templating.List {
		if v.Name == name {
			return v, true
		}
	}
	return variableJSON{}, false
}

// value gives the JSON of a property; "" if it is not set.
func (o overrideJSON) value(id string) string {
	for _, property := range o.Properties {
		if property.ID == id {
			return string(property.Value)
		}
	}
	return ""
}

// links gives every link that a panel's data carries.
func (p panelJSON) links(t *testing.T) []linkJSON {
	t.Helper()
	links := p.FieldConfig.Defaults.Links
	for _, override := range p.FieldConfig.Overrides {
		for _, property := range override.Properties {
			if property.ID != "links" {
				continue
			}
			var more []linkJSON
			if err := json.Unmarshal(property.Value, &more); err != nil {
				t.Errorf("panel %s: %v", p.Title, err)
			}
			links = append(links, more...)
		}
	}
	return links
}
