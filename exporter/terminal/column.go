package terminal

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"proctree/collector/metric"
)

// column is a metric as a table shows it.
type column struct {
	*metric.Metric
	// title heads the column.
	title string
	// object and member are where the value stands in the JSON of a process.
	object, member string
	// at is the column's place in the list of all columns.
	at int
	// cells is the width in top; 0 takes what the others leave.
	cells int
	// from is the width of the terminal from which top shows the column unless somebody chose
	// otherwise; 0 is always, never is not.
	from int
}

const never = math.MaxInt

// layout is what the terminal adds to the table of metrics. Columns are in this order, and then
// come those that are not here, which are shown when somebody asks for them.
var layout = []struct {
	name, title string
	cells, from int
}{
	{name: "pid", cells: 7},
	{name: "user", cells: 10, from: 64},
	{name: "state", cells: 8, from: 90},
	{name: "cpu", cells: 6},
	{name: "memory", cells: 9},
	{name: "read", cells: 10, from: 130},
	{name: "written", cells: 10, from: 130},
	{name: "threads", cells: 7, from: 120},
	{name: "start_time", title: "Age", cells: 8, from: 76},
	{name: "name"},
	{name: "cmdline", from: 100},
}

// columns are all columns that there are.
var columns = makeColumns(metric.All())

func makeColumns(all []metric.Metric) []column {
	var list []column
	add := func(m *metric.Metric, c column) {
		c.Metric = m
		c.object, c.member = m.Split()
		c.title = cmp.Or(c.title, m.Title)
		c.at = len(list)
		list = append(list, c)
	}
	shown := func(m *metric.Metric) bool { return m.ShownIn(metric.Page) }
	for _, l := range layout {
		for i := range all {
			if m := &all[i]; m.Name == l.name && shown(m) {
				add(m, column{title: l.title, cells: l.cells, from: l.from})
			}
		}
	}
	placed := len(list)
	for i := range all {
		m := &all[i]
		if !shown(m) || slices.ContainsFunc(list[:placed], func(c column) bool { return c.Name == m.Name }) {
			continue
		}
		cells := 14
		if m.IsNumber() {
			cells = max(width(m.Title)+1, 9)
		}
		add(m, column{cells: cells, from: never})
	}
	return list
}

// findColumn returns the column of a name, which may be an earlier one.
func findColumn(name string) (*column, error) {
	names := make([]string, len(columns))
	for i := range columns {
		c := &columns[i]
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c, nil
		}
		names[i] = c.Name
	}
	return nil, fmt.Errorf("no such column %q; the columns are %s", plain(name), strings.Join(names, ", "))
}

// findColumns reads a list of names with commas between them.
func findColumns(list string) ([]*column, error) {
	var found []*column
	for name := range strings.SplitSeq(list, ",") {
		c, err := findColumn(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(found, c) {
			return nil, fmt.Errorf("the column %q is named twice", c.Name)
		}
		found = append(found, c)
	}
	return found, nil
}

// descends reports whether the largest value comes first by default.
func (c *column) descends() bool { return c.IsNumber() && !c.Ascending }

// value is one cell: a text, or a number that may not be known.
type value struct {
	number float64
	text   string
}

var unknown = value{number: math.NaN()}

// known reports whether there is a value.
func (c *column) known(v value) bool {
	if c.IsNumber() {
		return !math.IsNaN(v.number)
	}
	return v.text != ""
}

// read takes the value out of the JSON of a process.
func (c *column) read(n node) value {
	var v any
	if c.object == "" {
		v = n[c.member]
	} else if object, ok := n[c.object].(map[string]any); ok {
		v = object[c.member]
	}
	switch v := v.(type) {
	case float64:
		if c.IsNumber() {
			return value{number: v}
		}
	case string:
		if !c.IsNumber() {
			return value{text: v}
		}
	case []any:
		arguments := make([]string, 0, len(v))
		for _, argument := range v {
			if text, ok := argument.(string); ok {
				arguments = append(arguments, quote(text))
			}
		}
		return value{text: strings.Join(arguments, " ")}
	}
	return unknown
}

// compare orders two values, those that are not known last in either direction.
func (c *column) compare(a, b value, descending bool) int {
	knowsA, knowsB := c.known(a), c.known(b)
	switch {
	case knowsA != knowsB && knowsA:
		return -1
	case knowsA != knowsB:
		return 1
	case !knowsA:
		return 0
	}
	order := cmp.Compare(a.text, b.text)
	if c.IsNumber() {
		order = cmp.Compare(a.number, b.number)
	}
	if descending {
		return -order
	}
	return order
}

// cell writes a value for people; it is safe to show.
func (c *column) cell(v value, now float64, set charset) string {
	switch {
	case !c.known(v):
		return set.unknown
	case c.IsNumber():
		return formatted(c.Metric, v.number, now)
	}
	return set.plain(v.text)
}
