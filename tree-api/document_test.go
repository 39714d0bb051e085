package treeapi

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestDocumentNamesWhatThereIs holds the lists of the document against the code.
func TestDocumentNamesWhatThereIs(t *testing.T) {
	var document struct {
		Paths      map[string]map[string]struct{ Parameters []map[string]any }
		Components struct {
			Parameters map[string]struct{ Schema struct{ Enum []string } }
		}
	}
	if err := json.Unmarshal(openAPI, &document); err != nil {
		t.Fatal(err)
	}
	for path, as := range map[string]shape{"/api/v1/tree": nested, "/api/v1/processes": flat} {
		var described, taken []string
		for _, p := range document.Paths[path]["get"].Parameters {
			ref, _ := p["$ref"].(string)
			described = append(described, ref[strings.LastIndexByte(ref, '/')+1:])
		}
		for _, p := range parameters {
			if !p.treeOnly || as == nested {
				taken = append(taken, p.name)
			}
		}
		checkSame(t, "parameters of "+path, taken, described)
	}
	var names []string
	for _, k := range sortKeys {
		names = append(names, k.name)
	}
	checkSame(t, "sort keys", names, document.Components.Parameters["sort"].Schema.Enum)
}
