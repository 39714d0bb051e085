package treetest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"proctree/tree-api/openapi"
)

// Schemas holds answers against the OpenAPI document.
type Schemas struct {
	compiler *jsonschema.Compiler
}

const documentURL = "mem:///openapi.json"

// NewSchemas reads the document as it is served, and closes every object in it: a member
// that it does not describe is an error here, though clients must allow for it.
func NewSchemas(tb testing.TB) *Schemas {
	tb.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi.Document))
	if err != nil {
		tb.Fatal(err)
	}
	closeObjects(document)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(documentURL, document); err != nil {
		tb.Fatal(err)
	}
	return &Schemas{c}
}

func closeObjects(value any) {
	switch value := value.(type) {
	case map[string]any:
		_, described := value["properties"]
		if _, open := value["additionalProperties"]; described && !open {
			value["additionalProperties"] = false
		}
		for _, member := range value {
			closeObjects(member)
		}
	case []any:
		for _, element := range value {
			closeObjects(element)
		}
	}
}

// Check holds a body against a schema of components/schemas.
func (s *Schemas) Check(tb testing.TB, name string, body []byte) {
	tb.Helper()
	schema, err := s.compiler.Compile(documentURL + "#/components/schemas/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("not JSON: %v: %s", err, body)
	}
	if err := schema.Validate(value); err != nil {
		tb.Errorf("does not fit schema %s: %v\n%.2000s", name, err, body)
	}
}
