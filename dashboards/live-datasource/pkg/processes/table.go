// Package processes holds the process table of one host, whether an exporter gave it or
// Prometheus, and makes frames and differences of it.
package processes

import (
	"math"
	"slices"
	"sync"
	"time"
)

// Text is a column of strings. The empty string is not known.
type Text uint8

// Number is a column of numbers. NaN is not known.
type Number uint8

// Unknown is the number that is not known.
var Unknown = math.NaN()

// Known says whether a number is.
func Known(number float64) bool { return !math.IsNaN(number) }

// Table is the processes of one host at one moment, a slice per column. It is immutable once
// it is shared.
type Table struct {
	Moment
	Texts   [numTexts][]string
	Numbers [numNumbers][]float64

	// less is the table without command lines, once somebody asked for it.
	less     *Table
	makeLess sync.Once
}

// Moment is what is to be said of a table as a whole.
type Moment struct {
	// Host is the host's own name.
	Host string
	Time time.Time
	// Interval is what the rates are over; 0 is not known.
	Interval time.Duration
	// Total is how many processes the host has; fewer may be in the table.
	Total int
}

// NewTable returns an empty table with room for so many processes.
func NewTable(room int) *Table {
	t := &Table{}
	for i := range t.Texts {
		t.Texts[i] = make([]string, 0, room)
	}
	for i := range t.Numbers {
		t.Numbers[i] = make([]float64, 0, room)
	}
	return t
}

// Grow makes room for n processes more.
func (t *Table) Grow(n int) {
	for i := range t.Texts {
		t.Texts[i] = slices.Grow(t.Texts[i], n)
	}
	for i := range t.Numbers {
		t.Numbers[i] = slices.Grow(t.Numbers[i], n)
	}
}

// Len is how many processes there are.
func (t *Table) Len() int { return len(t.Texts[ID]) }

// Row is one process.
type Row struct {
	Texts   [numTexts]string
	Numbers [numNumbers]float64
}

// NewRow returns a process of which nothing is known.
func NewRow() Row {
	var r Row
	for i := range r.Numbers {
		r.Numbers[i] = Unknown
	}
	return r
}

// Append adds a process.
func (t *Table) Append(r *Row) {
	for i := range t.Texts {
		t.Texts[i] = append(t.Texts[i], r.Texts[i])
	}
	for i := range t.Numbers {
		t.Numbers[i] = append(t.Numbers[i], r.Numbers[i])
	}
}

// WithoutCommandLines returns the table as those see it who may not see command lines, nor
// paths: the same one each time. It shares the other columns.
func (t *Table) WithoutCommandLines() *Table {
	t.makeLess.Do(func() {
		t.less = &Table{Moment: t.Moment, Texts: t.Texts, Numbers: t.Numbers}
		for _, text := range secret {
			t.less.Texts[text] = nil
		}
	})
	return t.less
}

// HasCommandLines says whether there is one to be seen.
func (t *Table) HasCommandLines() bool { return t.Texts[Cmdline] != nil }

// text returns a value of a column that may not be there.
func (t *Table) text(column Text, row int32) string {
	if t.Texts[column] == nil {
		return ""
	}
	return t.Texts[column][row]
}
