package processes

import (
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// column is how a column of the table appears in frames and differences.
type column struct {
	// name is the field's; title is what people read.
	name, title string
	// unit is one of Grafana's.
	unit string
	// Of text and number one counts, as kind says.
	kind   kind
	text   Text
	number Number
}

type kind uint8

const (
	// identity is a text that is never unknown, only empty.
	identity kind = iota
	text
	// whole and fraction are numbers, moment is one of milliseconds since 1970.
	whole
	fraction
	moment
)

// Metric is a number that changes while a process runs.
type Metric struct {
	Name, Title string
	// Unit is one of Grafana's.
	Unit   string
	Number Number
}

// Metrics returns all of them, in the order of the fields of a frame.
func Metrics() []Metric {
	list := make([]Metric, 0, len(rankings))
	for _, c := range columns {
		if (c.kind == whole || c.kind == fraction) && IsMetric(c.name) {
			list = append(list, Metric{c.name, c.title, c.unit, c.number})
		}
	}
	return list
}

// IsMetric reports whether a number of that name changes while a process runs.
func IsMetric(name string) bool {
	return slices.ContainsFunc(rankings, func(r Ranking) bool { return r.Name == name })
}

// optional are numbers that exporters read only if a flag asks for them. A table in which no
// process has one lacks the column, so that it costs no reader anything.
var optional = []Number{PSS}

// omitUnknown takes the optional columns away of which nothing is known.
func (t *Table) omitUnknown() {
	for _, number := range optional {
		if !slices.ContainsFunc(t.Numbers[number], Known) {
			t.Numbers[number] = nil
		}
	}
}

// Number returns a value of a column that may not be there.
func (t *Table) Number(column Number, row int32) float64 {
	if t.Numbers[column] == nil {
		return Unknown
	}
	return t.Numbers[column][row]
}

// SameColumns reports whether two tables of the same audience have the same columns.
func (t *Table) SameColumns(other *Table) bool {
	for _, number := range optional {
		if (t.Numbers[number] == nil) != (other.Numbers[number] == nil) {
			return false
		}
	}
	return true
}

// shown returns the columns that a table has: exe and cmdline are missing where the reader
// may not see them, and optional numbers where none is known.
func (t *Table) shown() []column {
	list := make([]column, 0, len(columns))
	for _, c := range columns {
		if c.kind > text && t.Numbers[c.number] == nil || c.kind <= text && t.Texts[c.text] == nil {
			continue
		}
		list = append(list, c)
	}
	return list
}

// field makes a field of the rows of a selection.
func (c *column) field(s *Selection) *data.Field {
	var values any
	switch c.kind {
	case identity:
		values = pick(s.Texts[c.text], s.Rows)
	case text:
		values = pointers(s.Texts[c.text], s.Rows, func(v string) (string, bool) { return v, v != "" })
	case whole:
		values = pointers(s.Numbers[c.number], s.Rows, func(v float64) (int64, bool) { return int64(v), Known(v) })
	case fraction:
		values = pointers(s.Numbers[c.number], s.Rows, func(v float64) (float64, bool) { return v, Known(v) })
	case moment:
		values = pointers(s.Numbers[c.number], s.Rows, func(v float64) (time.Time, bool) {
			return time.UnixMilli(int64(v)), Known(v)
		})
	}
	field := data.NewField(c.name, nil, values)
	field.Config = &data.FieldConfig{DisplayNameFromDS: c.title, Unit: c.unit}
	return field
}

func pick(values []string, rows []int32) []string {
	picked := make([]string, len(rows))
	for at, i := range rows {
		picked[at] = values[i]
	}
	return picked
}

// pointers is the form of a column with unknown values; they all point into one array.
func pointers[From, To any](values []From, rows []int32, convert func(From) (To, bool)) []*To {
	list, converted := make([]*To, len(rows)), make([]To, len(rows))
	for at, i := range rows {
		if v, ok := convert(values[i]); ok {
			converted[at] = v
			list[at] = &converted[at]
		}
	}
	return list
}
