//go:build linux

package plugin

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// liveQueries are the queries of the shipped dashboards that this data source answers, by where they stand.
func liveQueries(t *testing.T) map[string]object {
	t.Helper()
	type panel struct {
		Title   string
		Targets []object
		Panels  []panel
	}
	files, err := filepath.Glob("../../../json/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	queries := make(map[string]object)
	add := func(where string, query object) {
		if source, ok := query["datasource"].(map[string]any); ok && source["type"] == ID {
			queries[where] = query
		}
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var dashboard struct {
			Title       string
			Panels      []panel
			Annotations struct {
				List []struct {
					Name   string
					Target object
				}
			}
		}
		if err := json.Unmarshal(text, &dashboard); err != nil {
			t.Fatal(err)
		}
		for _, p := range dashboard.Panels {
			for _, p := range append(p.Panels, p) {
				for _, query := range p.Targets {
					add(dashboard.Title+": "+p.Title, query)
				}
			}
		}
		for _, a := range dashboard.Annotations.List {
			add(dashboard.Title+": annotation "+a.Name, a.Target)
		}
	}
	return queries
}

// TestDashboardsAskForWhatThereIs puts every query of the dashboards to a real exporter with a recording.
func TestDashboardsAskForWhatThereIs(t *testing.T) {
	r := record(t)
	queries := liveQueries(t)
	for _, want := range []string{"Proctree / Host: Process tree", "Proctree / Incident: Crashed", "Proctree / Incident: annotation Crashes and OOM kills"} {
		if queries[want] == nil {
			t.Errorf("there is no query %s among %d", want, len(queries))
		}
	}
	// What may be empty on a host that is well.
	empty := []string{"OOM kills", "Restarted", "Grew", "Ended", "Exit codes", "other signals", "Limits nearly reached", "Started", "Short-lived", "most often", "Peaks", "Other abnormal exits"}
	for where, query := range queries {
		for name, value := range query {
			if text, ok := value.(string); ok {
				query[name] = strings.NewReplacer("$instance", "web1", "$process", r.id, "$tree_group", "").Replace(text)
			}
		}
		for _, now := range []time.Time{r.at, time.Now().Add(2 * nowish)} {
			response := ask(t, r.Datasource, "Admin", query, now)
			if response.Error != nil {
				t.Errorf("%s: %v", where, response.Error)
				continue
			}
			rows := 0
			for _, frame := range response.Frames {
				rows += frame.Rows()
			}
			if rows == 0 && !slices.ContainsFunc(empty, func(part string) bool { return strings.Contains(where, part) }) {
				t.Errorf("%s: no rows", where)
			}
		}
	}
}
