package terminal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"proctree/collector/metric"
	"proctree/tree-api/csvtext"
)

// printer writes rows once.
type printer struct {
	out     io.Writer
	columns []*column
	set     charset
	// now is the time of the scan, in seconds since 1970.
	now float64
	// cells is the width of the terminal; 0 is without an end.
	cells int
	// tree is whether the rows are those of a tree.
	tree bool
}

// table writes columns that are as wide as what stands in them.
func (p *printer) table(rows []row) error {
	lines := make([][]string, 0, len(rows)+1)
	titles := make([]string, len(p.columns))
	for i, c := range p.columns {
		titles[i] = strings.ToUpper(c.title)
	}
	lines = append(lines, titles)
	for i := range rows {
		lines = append(lines, p.cellsOf(&rows[i]))
	}
	widths := make([]int, len(p.columns))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], width(text))
		}
	}
	w := bufio.NewWriter(p.out)
	for _, line := range lines {
		text := p.line(line, widths)
		if p.cells > 0 {
			text = p.set.cut(text, p.cells)
		}
		if _, err := w.WriteString(text + "\n"); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	return w.Flush()
}

func (p *printer) cellsOf(r *row) []string {
	cells := make([]string, len(p.columns))
	for i, c := range p.columns {
		cells[i] = c.cell(r.value(c), p.now, p.set)
		if c.Name == "name" {
			cells[i] = r.guides + cells[i]
		}
	}
	return cells
}

func (p *printer) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, text := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		if p.columns[i].IsNumber() {
			b.WriteString(padLeft(text, widths[i]))
		} else {
			b.WriteString(padRight(text, widths[i]))
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// csv writes values in base units under the names of the metrics (RFC 4180). What is not known is
// empty.
func (p *printer) csv(rows []row) error {
	w := csv.NewWriter(p.out)
	var head []string
	if p.tree {
		head = append(head, "depth")
	}
	for _, c := range p.columns {
		head = append(head, c.Name)
	}
	if err := w.Write(head); err != nil {
		return fmt.Errorf("write the CSV: %w", err)
	}
	for i := range rows {
		r := &rows[i]
		var line []string
		if p.tree {
			line = append(line, strconv.Itoa(r.depth))
		}
		for _, c := range p.columns {
			line = append(line, c.raw(r.value(c)))
		}
		if err := w.Write(line); err != nil {
			return fmt.Errorf("write the CSV: %w", err)
		}
	}
	w.Flush()
	return w.Error()
}

// raw writes a value for programs; a spreadsheet must not take a text for a formula.
func (c *column) raw(v value) string {
	switch {
	case !c.known(v):
		return ""
	case c.IsNumber():
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	}
	return csvtext.Inert(plain(v.text))
}

// json writes a list of objects, in a tree with their children. What is not known is absent, and
// numbers are in base units, as in the API.
func (p *printer) json(rows []row) error {
	var w bytes.Buffer
	w.WriteByte('[')
	depth := 0
	for i := range rows {
		r := &rows[i]
		switch {
		case i == 0:
		case r.depth > depth:
			w.WriteString(`,"children":[`)
		default:
			w.WriteString(strings.Repeat("}]", depth-r.depth) + "},")
		}
		depth = r.depth
		w.WriteString("\n" + strings.Repeat(" ", depth+1) + "{")
		if err := p.members(&w, r); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		w.WriteString(strings.Repeat("}]", depth) + "}")
	}
	w.WriteString("\n]\n")
	if _, err := w.WriteTo(p.out); err != nil {
		return fmt.Errorf("write the JSON: %w", err)
	}
	return nil
}

func (p *printer) members(w *bytes.Buffer, r *row) error {
	first := true
	for _, c := range p.columns {
		v := r.value(c)
		if !c.known(v) {
			continue
		}
		data, err := json.Marshal(c.exported(v, r))
		if err != nil {
			return fmt.Errorf("write the JSON: %w", err)
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.WriteString(`"` + c.Name + `":` + escapeJSON(data))
	}
	return nil
}

// exported is the value as it stands in the JSON.
func (c *column) exported(v value, r *row) any {
	switch {
	case !c.IsNumber() && c.Kind == metric.List:
		return r.fields[c.member]
	case !c.IsNumber():
		return v.text
	case v.number == math.Trunc(v.number):
		return int64(v.number)
	}
	return v.number
}

// escapeJSON writes as escapes what JSON may hold, and a terminal must not get.
func escapeJSON(data []byte) string {
	var b strings.Builder
	for _, r := range string(data) {
		switch {
		case r < ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// inOrder returns rows in the order in which they were sent.
func inOrder(t *table, sent []node) []row {
	list := make([]row, 0, len(sent))
	for _, n := range sent {
		id, _ := n["id"].(string)
		if p := t.processes[id]; p != nil {
			list = append(list, row{process: p, parent: -1})
		}
	}
	return list
}

// seen drops the columns that a table for people has by default, and of which nothing is known.
func seen(list []*column, rows []row) []*column {
	return slices.DeleteFunc(slices.Clone(list), func(c *column) bool {
		return c.Role > metric.Public && !slices.ContainsFunc(rows, func(r row) bool { return c.known(r.value(c)) })
	})
}

// columnsOf returns the columns that were asked for, or those of the layout.
func columnsOf(names string, defaults ...string) ([]*column, error) {
	return findColumns(cmp.Or(names, strings.Join(defaults, ",")))
}
