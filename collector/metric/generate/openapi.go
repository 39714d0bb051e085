package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"proctree/collector/metric"
)

//go:embed openapi.json.tmpl
var openAPITemplate string

// openAPI is the description of the API: the template with what follows from the table.
func openAPI(t *table, _ []byte) ([]byte, error) {
	functions := template.FuncMap{
		"filterRefs": t.filterRefs, "filters": t.filters, "sortKeys": t.sortKeys,
		"searched": t.searched, "searchedWords": t.searchedWords, "operatorWords": t.operatorWords, "operatorFields": t.operatorFields,
		"required": t.required, "members": t.members, "objects": t.objects, "sums": t.sums,
		"course": t.course, "columnNames": t.columnNames, "columns": t.columns, "changes": t.changes, "objectWords": t.objectWords,
	}
	parsed, err := template.New("openapi.json").Delims("<<", ">>").Funcs(functions).Parse(openAPITemplate)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := parsed.Execute(&text, nil); err != nil {
		return nil, err
	}
	if !json.Valid([]byte(text.String())) {
		return nil, fmt.Errorf("not JSON:\n%s", text.String())
	}
	return []byte(text.String()), nil
}

// filter is a parameter that filters by a metric.
type filter struct {
	name    string
	minimum bool
	*metric.Metric
}

// list returns the filters in the order of the table.
func (t *table) list() []filter {
	var list []filter
	for i := range t.metrics {
		m := &t.metrics[i]
		if m.Choice {
			list = append(list, filter{m.Name, false, m})
		}
		if m.HasMinimum() {
			list = append(list, filter{"min_" + m.Name, true, m})
		}
	}
	return list
}

func (t *table) filterRefs() string {
	var b strings.Builder
	for _, f := range t.list() {
		fmt.Fprintf(&b, "          { \"$ref\": \"#/components/parameters/%s\" },\n", f.name)
	}
	return b.String()
}

func (t *table) filters() string {
	var b strings.Builder
	for _, f := range t.list() {
		explode, help, schema := ", \"explode\": true", "Exactly this one; may be repeated for any of several. ", `{ "type": "array", "maxItems": 64, "items": { "type": "string" } }`
		switch {
		case f.minimum:
			explode, help, schema = "", "At least this; a process whose value is not known does not match. ", `{ "type": "integer", "minimum": 0 }`
			if f.Decimals > 0 {
				schema = `{ "type": "number", "minimum": 0 }`
			}
		case f.Kind == metric.State:
			schema = `{ "type": "array", "items": { "$ref": "#/components/schemas/State" } }`
		}
		fmt.Fprintf(&b, "      %q: {\n        \"name\": %[1]q, \"in\": \"query\"%s,\n        \"description\": %s,\n        \"schema\": %s\n      },\n",
			f.name, explode, quote(help+f.Help), schema)
	}
	return b.String()
}

// sortNames are the sort keys, without aliases.
func (t *table) sortNames() []string {
	var names []string
	for i := range t.metrics {
		if t.metrics[i].Sortable() {
			names = append(names, t.metrics[i].Name)
		}
	}
	names = append(names, "subtree_processes")
	for i := range t.metrics {
		if t.metrics[i].Sum == metric.SentSum {
			names = append(names, "subtree_"+t.metrics[i].Name)
		}
	}
	return names
}

func (t *table) sortKeys() string {
	var b strings.Builder
	for names := range slices.Chunk(t.sortNames(), 10) {
		if b.Len() > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("            " + quotes(names))
	}
	return b.String()
}

// names returns the names of the metrics that pass a test.
func (t *table) names(test func(m *metric.Metric) bool) []string {
	var names []string
	for i := range t.metrics {
		if test(&t.metrics[i]) {
			names = append(names, t.metrics[i].Name)
		}
	}
	return names
}

func isSearched(m *metric.Metric) bool { return m.Searched }

func isOperators(m *metric.Metric) bool { return m.Role == metric.Operator && m.Path != "" }

func (t *table) searched() string { return quotes(t.names(isSearched)) }

func (t *table) operatorWords() string { return words(t.names(isOperators), "and") }

func (t *table) operatorFields() string { return words(t.names(isOperators), "and no") }

func (t *table) searchedWords() string {
	open := t.names(func(m *metric.Metric) bool { return m.Searched && m.Role != metric.Operator })
	return words(open, "and") + "; for an operator also in " + words(t.names(isOperators), "and") + " as they are shown"
}

// words makes "a, b and c" of a list.
func words(list []string, last string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + last + " " + list[len(list)-1]
}

func (t *table) required() string {
	var names []string
	for i := range t.metrics {
		if t.metrics[i].Required {
			names = append(names, t.metrics[i].Path)
		}
	}
	return quotes(names)
}

// objectNames are the objects of a process, in order.
func (t *table) objectNames() []string {
	var names []string
	for i := range t.metrics {
		if object, _ := t.metrics[i].Split(); object != "" && !slices.Contains(names, object) {
			names = append(names, object)
		}
	}
	return names
}

func (t *table) objectWords() string { return words(t.objectNames(), "and") }

// eachMember calls yield for each member of a process, an object or a metric, in order.
func (t *table) eachMember(yield func(name string, m *metric.Metric)) {
	seen := map[string]bool{}
	for i := range t.metrics {
		m := &t.metrics[i]
		object, member := m.Split()
		switch {
		case m.Path == "", seen[object] && object != "":
		case object != "":
			seen[object] = true
			yield(object, nil)
		default:
			yield(member, m)
		}
	}
}

func (t *table) members() string {
	var b strings.Builder
	t.eachMember(func(name string, m *metric.Metric) {
		value := ref(goName(name))
		if m != nil {
			value = schema(m)
		}
		fmt.Fprintf(&b, "          %q: %s,\n", name, value)
	})
	return b.String()
}

func (t *table) objects() string {
	var b strings.Builder
	for _, name := range t.objectNames() {
		fmt.Fprintf(&b, "      %q: {\n        \"type\": \"object\",\n        \"minProperties\": 1,\n        \"properties\": {\n", goName(name))
		b.WriteString(t.within(name, schema))
		b.WriteString("        }\n      },\n")
	}
	return b.String()
}

// within writes the members of an object.
func (t *table) within(object string, value func(m *metric.Metric) string) string {
	var lines []string
	for i := range t.metrics {
		m := &t.metrics[i]
		if o, member := m.Split(); o == object && m.Path != "" {
			lines = append(lines, fmt.Sprintf("          %q: %s", member, value(m)))
		}
	}
	return strings.Join(lines, ",\n") + "\n"
}

// course are the members of a process at one moment of its course.
func (t *table) course() string {
	var lines []string
	t.eachMember(func(name string, m *metric.Metric) {
		if m == nil {
			lines = append(lines, fmt.Sprintf("%q: %s", name, ref(goName(name))))
		} else if m.Changes() {
			lines = append(lines, fmt.Sprintf("%q: %s", name, schema(m)))
		}
	})
	return strings.Join(lines, ",\n          ")
}

func (t *table) sums() string {
	var lines []string
	for i := range t.metrics {
		if m := &t.metrics[i]; m.Sum == metric.SentSum {
			_, member := m.Split()
			lines = append(lines, fmt.Sprintf("          %q: %s", member, schema(m)))
		}
	}
	return strings.Join(lines, ",\n") + "\n"
}

func (t *table) columnNames() string {
	var names []string
	t.eachMember(func(name string, m *metric.Metric) {
		if m == nil || m.Role != metric.Operator {
			names = append(names, name)
		}
	})
	return quotes(names)
}

func (t *table) columns() string {
	var b strings.Builder
	t.eachMember(func(name string, m *metric.Metric) {
		if m != nil {
			fmt.Fprintf(&b, "          %q: %s,\n", name, column(m))
			return
		}
		var required []string
		for i := range t.metrics {
			if object, member := t.metrics[i].Split(); object == name {
				required = append(required, member)
			}
		}
		inner := strings.ReplaceAll(t.within(name, column), "          \"", "              \"")
		fmt.Fprintf(&b, "          %q: {\n            \"type\": \"object\",\n            \"required\": [%s],\n            \"properties\": {\n%s            }\n          },\n",
			name, quotes(required), inner)
	})
	return b.String()
}

func column(m *metric.Metric) string {
	if m.IsNumber() {
		return ref("Numbers")
	}
	return ref("Dictionary")
}

// changes are the members of a change: what can become unknown may be null.
func (t *table) changes() string {
	var b strings.Builder
	t.eachMember(func(name string, m *metric.Metric) {
		switch {
		case name == "pid":
		case m == nil:
			fmt.Fprintf(&b, "          %q: { \"anyOf\": [%s, { \"type\": \"null\" }] },\n", name, ref(goName(name)))
		case m.Required:
			fmt.Fprintf(&b, "          %q: %s,\n", name, schema(m))
		default:
			fmt.Fprintf(&b, "          %q: { \"anyOf\": [%s, { \"type\": \"null\" }] },\n", name, schema(m))
		}
	})
	return b.String()
}

// schema describes the values of a metric.
func schema(m *metric.Metric) string {
	help := m.Help
	if m.Role != metric.Public {
		help += map[metric.Role]string{
			metric.Viewer:   " Absent for an account of the host that the kernel does not show it to.",
			metric.Operator: " Operators only.",
		}[m.Role]
	}
	described := func(kind string) string { return fmt.Sprintf(`{ %s, "description": %s }`, kind, quote(help)) }
	switch {
	case m.Kind == metric.Moment:
		return described(`"$ref": "#/components/schemas/Time"`)
	case m.Kind == metric.State:
		return described(`"$ref": "#/components/schemas/State"`)
	case m.Kind == metric.Flag:
		return described(`"const": true`)
	case m.Kind == metric.List:
		return described(`"type": "array", "items": { "type": "string" }`)
	case m.Kind == metric.Text:
		return described(`"type": "string"`)
	case m.Unit == metric.Cores:
		return described(`"$ref": "#/components/schemas/Cores"`)
	case m.Decimals > 0 || m.Kind == metric.PerSecond:
		return described(`"type": "number", "minimum": 0`)
	case m.Int != nil && m.Kind == metric.Gauge:
		return described(`"type": "integer"`)
	case m.Unit == metric.Bytes:
		return described(`"$ref": "#/components/schemas/Bytes"`)
	}
	return described(`"type": "integer", "minimum": 0`)
}

func ref(name string) string { return fmt.Sprintf(`{ "$ref": "#/components/schemas/%s" }`, name) }

func quotes(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}

// quote is a JSON string.
func quote(text string) string {
	data, _ := json.Marshal(text) //nolint:errchkjson // A string can always be written.
	return string(data)
}
