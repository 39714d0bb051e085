package exporter

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// schemaNode is what a part of an OpenAPI document says.
type schemaNode struct {
	Ref        string                 `json:"$ref"`
	Type       any                    `json:"type"`
	Properties map[string]*schemaNode `json:"properties"`
	Items      *schemaNode            `json:"items"`
	AllOf      []*schemaNode          `json:"allOf"`
}

// TestAnswersAreThoseOfTheAPI holds the types of answers about a span against the exporter's own
// description: a field that it does not have would be empty for ever.
func TestAnswersAreThoseOfTheAPI(t *testing.T) {
	text, err := os.ReadFile("../../../../tree-api/openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]*schemaNode `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	d := description{t: t, schemas: document.Components.Schemas, found: map[string]bool{}}
	for name, answer := range map[string]any{"Top": Used{}, "Track": Course{}, "Report": Report{}, "Events": Events{}} {
		d.compare(name, d.schemas[name], reflect.TypeOf(answer))
	}
	for field, found := range d.found {
		if !found {
			t.Errorf("no answer of the API has %s", field)
		}
	}
}

// description is what the exporter says of its API. Found has the fields of the types, and whether an
// answer has them: an Entry stands in several, of which each has its own part.
type description struct {
	t       *testing.T
	schemas map[string]*schemaNode
	found   map[string]bool
}

// resolve follows references.
func (d *description) resolve(s *schemaNode) *schemaNode {
	for s != nil && s.Ref != "" {
		s = d.schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// member finds a property of an object, in what it is made of too; nil for none.
func (d *description) member(s *schemaNode, name string) *schemaNode {
	if s = d.resolve(s); s == nil {
		return nil
	}
	if found := s.Properties[name]; found != nil {
		return found
	}
	for _, part := range s.AllOf {
		if found := d.member(part, name); found != nil {
			return found
		}
	}
	return nil
}

func (d *description) compare(where string, s *schemaNode, decoded reflect.Type) {
	s = d.resolve(s)
	for decoded.Kind() == reflect.Pointer {
		decoded = decoded.Elem()
	}
	want := []any{"number", "integer"}
	switch decoded.Kind() {
	case reflect.Slice:
		d.compare(where+"[]", s.Items, decoded.Elem())
		return
	case reflect.Struct:
		// A point has the numbers of a process; TestPointHasEveryMetric holds them.
		if decoded != reflect.TypeFor[Point]() {
			d.members(where, s, decoded)
		}
		return
	case reflect.String:
		want = []any{"string"}
	default:
	}
	if s.Type != nil && !slices.Contains(want, s.Type) {
		d.t.Errorf("%s is %v in the API, and a %v here", where, s.Type, decoded)
	}
}

// members compares the fields of a struct, those of embedded ones too.
func (d *description) members(where string, s *schemaNode, decoded reflect.Type) {
	for field := range decoded.Fields() {
		name := field.Tag.Get("json")
		if field.Anonymous {
			d.members(where, s, field.Type)
			continue
		}
		id := decoded.String() + "." + name
		if decoded.Name() == "" {
			id = where + "." + name
		}
		found := d.member(s, name)
		d.found[id] = d.found[id] || found != nil
		if found != nil {
			d.compare(where+"."+name, found, field.Type)
		}
	}
}
