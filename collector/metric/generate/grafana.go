package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/metric"
)

// grafanaOrder is the order of the first fields of a frame, in which the panel and tables show
// them. The other metrics follow in the order of the table.
var grafanaOrder = []string{
	"name", "pid", "ppid", "user", "state", "cpu", "memory", "pss", "virtual", "swap", "read", "written",
	"threads", "nice", "open_fds", "start_time", "group", "unit", "container", "pod_uid", "exe", "cmdline",
}

// inGrafana returns the metrics that Grafana shows, in the order of the fields.
func (t *table) inGrafana() []*metric.Metric {
	var list []*metric.Metric
	for i := range t.metrics {
		if t.metrics[i].ShownIn(metric.Grafana) {
			list = append(list, &t.metrics[i])
		}
	}
	path := func(m *metric.Metric) int {
		if i := slices.Index(grafanaOrder, m.Name); i >= 0 {
			return i
		}
		return len(grafanaOrder)
	}
	slices.SortStableFunc(list, func(a, b *metric.Metric) int { return cmp.Compare(path(a), path(b)) })
	return list
}

// grafanaUnit is the unit of a field's configuration.
func grafanaUnit(m *metric.Metric) string {
	switch {
	case !m.IsNumber(), m.Kind == metric.Moment:
		return ""
	case m.Unit == metric.Bytes:
		return "bytes"
	case m.Unit == metric.BytesPerSecond:
		return "Bps"
	case m.Unit == metric.Seconds:
		return "s"
	case m.Unit == metric.Ratio:
		return "percentunit"
	}
	return "none"
}

// kindOf is the kind of a column in the data source.
func kindOf(m *metric.Metric) string {
	switch {
	case m.Kind == metric.Moment:
		return "moment"
	case !m.IsNumber() && m.Required && m.Kind == metric.Text:
		return "identity"
	case !m.IsNumber():
		return "text"
	case m.Unit == metric.Count && m.Kind != metric.PerSecond:
		return "whole"
	}
	return "fraction"
}

// isRanked reports whether a query can ask for the first processes by a metric.
func isRanked(m *metric.Metric) bool {
	return m.Kind == metric.Gauge || m.Kind == metric.Counter || m.Kind == metric.PerSecond
}

// dataSourceColumns is the table of the live data source.
func dataSourceColumns(t *table, _ []byte) ([]byte, error) {
	var b, texts, numbers, columns, ranked bytes.Buffer
	var secret, searched []string
	for _, m := range t.inGrafana() {
		name := goName(m.Name)
		column := fmt.Sprintf("name: %q, title: %q, kind: %s", m.Name, m.Title, kindOf(m))
		if unit := grafanaUnit(m); unit != "" {
			column += fmt.Sprintf(", unit: %q", unit)
		}
		if m.IsNumber() {
			if numbers.Len() == 0 {
				fmt.Fprintf(&numbers, "	%s Number = iota\n", name)
			} else {
				fmt.Fprintf(&numbers, "	%s\n", name)
			}
			fmt.Fprintf(&columns, "	{%s, number: %s},\n", column, name)
			if isRanked(m) {
				fmt.Fprintf(&ranked, "	{Name: %q, Number: %s, Unit: %q%s},\n", m.Name, name, grafanaUnit(m), rankingOptions(m))
			}
			continue
		}
		fmt.Fprintf(&texts, "	%s\n", name)
		fmt.Fprintf(&columns, "	{%s, text: %s},\n", column, name)
		if m.Role == metric.Operator {
			secret = append(secret, name)
		}
		if m.Searched {
			searched = append(searched, name)
		}
	}
	fmt.Fprintf(&b, `// The columns of strings. ID is unique in a table; Parent is the ID of the parent, empty for
// a root.
const (
	ID Text = iota
	Parent
%snumTexts
)

// The columns of numbers: sizes in bytes, CPU in cores, times in milliseconds since 1970.
const (
%snumNumbers
)

// columns are the fields of the frame "processes", in order.
var columns = []column{
	{name: "id", title: "ID", kind: identity, text: ID},
	{name: "parent", title: "Parent", kind: identity, text: Parent},
%s}

// secret are the texts that not everybody may see; searched are those that a match looks into.
var (
	secret   = []Text{%s}
	searched = []Text{%s}
)

// rankings are the numbers by which processes can be ordered.
var rankings = []Ranking{
%s}
`, &texts, &numbers, &columns, strings.Join(secret, ", "), strings.Join(searched, ", "), &ranked)
	return withImports("processes", b.Bytes())
}

func rankingOptions(m *metric.Metric) string {
	options := ""
	if m.Ascending {
		options += ", Ascending: true"
	}
	if len(m.Aliases) > 0 {
		options += fmt.Sprintf(", Aliases: []string{%s}", quotes(m.Aliases))
	}
	return options
}

// dataSourceNode is a process as the live data source decodes it.
func dataSourceNode(t *table, _ []byte) ([]byte, error) {
	var b, forget, texts, numbers bytes.Buffer
	var lists []string
	b.WriteString("// node is a process as the exporter writes it. A number that is absent stays unknown.\ntype node struct {\n	ID string `json:\"id\"`\n")
	object := ""
	for i := range t.metrics {
		m := &t.metrics[i]
		if !m.ShownIn(metric.Grafana) {
			continue
		}
		within, member := m.Split()
		if within != object {
			if object != "" {
				fmt.Fprintf(&b, "	} `json:%q`\n", object)
			}
			if within != "" {
				fmt.Fprintf(&b, "	%sObject struct {\n", goName(within))
			}
			object = within
		}
		field := "n." + goName(m.Name)
		if within != "" {
			field = fmt.Sprintf("n.%sObject.%s", goName(within), goName(m.Name))
		}
		fmt.Fprintf(&b, "	%s %s `json:%q`\n", goName(m.Name), goType(m), member)
		switch {
		case m.Kind == metric.Moment:
			fmt.Fprintf(&numbers, "	processes.%s: math.Round(%s * 1e3),\n", goName(m.Name), field)
		case m.IsNumber():
			fmt.Fprintf(&numbers, "	processes.%s: %s,\n", goName(m.Name), field)
		case m.Kind == metric.List:
			lists = append(lists, fmt.Sprintf("%s: %s[:0]", goName(m.Name), field))
			fmt.Fprintf(&texts, "	processes.%s: shared.line(%s),\n", goName(m.Name), field)
		default:
			fmt.Fprintf(&texts, "	processes.%s: shared.one(%s),\n", goName(m.Name), field)
		}
		if m.IsNumber() {
			fmt.Fprintf(&forget, "	%s = processes.Unknown\n", field)
		}
	}
	if object != "" {
		fmt.Fprintf(&b, "	} `json:%q`\n", object)
	}
	fmt.Fprintf(&b, `}

// forget makes nothing known. It keeps the room of the lists.
func (n *node) forget() {
	*n = node{%s}
%s}

// row is the process in the columns of a table. Many have the same user, state, path, …: one
// copy of each text is kept.
func (n *node) row(shared *texts) (r processes.Row) {
	r.Texts = [...]string{
		processes.ID: n.ID,
		processes.Parent: "",
%s}
	r.Numbers = [...]float64{
%s}
	return r
}
`, strings.Join(lists, ", "), &forget, &texts, &numbers)
	return withImports("exporter", b.Bytes(), "math", "proctree/dashboards/live-datasource/pkg/processes")
}

// goType is the type of a decoded value.
func goType(m *metric.Metric) string {
	switch {
	case m.IsNumber():
		return "float64"
	case m.Kind == metric.List:
		return "[]string"
	}
	return "string"
}

// dataSourceChoices is what the query editor offers.
func dataSourceChoices(t *table, _ []byte) ([]byte, error) {
	var b strings.Builder
	b.WriteString(scriptHead + "/** The metrics of a query of type top. */\nexport const SORTS = [\n")
	var aliases scriptObject
	for _, m := range t.inGrafana() {
		if !isRanked(m) {
			continue
		}
		fmt.Fprintf(&b, "  { label: %s, value: %s },\n", literal(m.Title), literal(m.Name))
		for _, alias := range m.Aliases {
			aliases.text(alias, m.Name)
		}
	}
	fmt.Fprintf(&b, "];\n\n/** Earlier names of these metrics. */\nexport const SORT_ALIASES: Record<string, string> = %s;\n", aliases.String())
	return []byte(b.String()), nil
}

// panelFields is what the panel knows of a field by its name.
func panelFields(t *table, _ []byte) ([]byte, error) {
	var b strings.Builder
	b.WriteString(scriptHead + `/** What the table of metrics says of a field. */
export interface Metric {
  title: string;
  help: string;
  /** Whether a branch has a sum of it. */
  sum?: boolean;
}

/** The fields of a process by their names. */
export const METRICS: Record<string, Metric> = {
`)
	var aliases scriptObject
	for _, m := range t.inGrafana() {
		var o scriptObject
		o.text("title", m.Title)
		o.text("help", m.Help)
		o.flag("sum", m.Sum != metric.NotSummed)
		fmt.Fprintf(&b, "  %s: %s,\n", m.Name, o.String())
		for _, alias := range m.Aliases {
			aliases.text(alias, m.Name)
		}
	}
	fmt.Fprintf(&b, "};\n\n/** Earlier names of these fields. */\nexport const EARLIER_NAMES: Record<string, string> = %s;\n", aliases.String())
	return []byte(b.String()), nil
}
