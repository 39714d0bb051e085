package tree

import (
	"encoding/json"
	"strings"
	"testing"

	"proctree/tree-api/openapi"
	"proctree/tree-api/treetest"
)

// TestDocumentNamesWhatThereIs holds the lists of the document against the code.
func TestDocumentNamesWhatThereIs(t *testing.T) {
	var document struct {
		Paths      map[string]map[string]struct{ Parameters []map[string]any }
		Components struct {
			Parameters map[string]struct{ Schema struct{ Enum []string } }
		}
	}
	if err := json.Unmarshal(openapi.Document, &document); err != nil {
		t.Fatal(err)
	}
	for path, as := range map[string]Shape{"/api/v1/tree": Nested, "/api/v1/processes": Flat} {
		var described []string
		taken := []string{"time", "format"} // Of package rest: they choose the table, and how it is written.
		for _, p := range document.Paths[path]["get"].Parameters {
			ref, _ := p["$ref"].(string)
			described = append(described, ref[strings.LastIndexByte(ref, '/')+1:])
		}
		if as == Nested {
			taken = append(taken, "by") // It chooses what the processes are nested by.
		} else {
			taken = append(taken, "layout") // It chooses between nodes and columns.
		}
		for _, p := range parameters {
			if !p.treeOnly || as == Nested {
				taken = append(taken, p.name)
			}
		}
		treetest.CheckSame(t, "parameters of "+path, taken, described)
	}
	var names []string
	for _, k := range sortKeys {
		names = append(names, k.name)
	}
	treetest.CheckSame(t, "sort keys", names, document.Components.Parameters["sort"].Schema.Enum)
}
