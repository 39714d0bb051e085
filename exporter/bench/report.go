//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
)

// report writes Markdown tables and remembers which targets were missed.
type report struct {
	out    io.Writer
	missed []string
	met    int
	absent []string
}

// line writes one line. What fails to be written has nowhere to be told.
func (r *report) line(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format+"\n", args...)
}

func (r *report) heading(format string, args ...any) {
	r.line("\n## "+format+"\n", args...)
}

// table writes rows under their heads; all columns but the first are values.
func (r *report) table(heads []string, rows [][]string) {
	r.line("\n| %s |\n|---|%s", strings.Join(heads, " | "), strings.Repeat("---:|", len(heads)-1))
	for _, row := range rows {
		r.line("| %s |", strings.Join(row, " | "))
	}
	r.line("")
}

// target is a value that has to keep a limit. measured is a number, or nothing where
// what it needs was not there.
type target struct {
	what     string
	measured *float64
	// why says what was not there.
	why   string
	limit float64
	least bool
	// format shows measured and limit, as "%.1f ms".
	format string
}

// atMost and atLeast are targets for a measured value.
func atMost(what string, measured, limit float64, format string) target {
	return target{what: what, measured: &measured, limit: limit, format: format}
}

func atLeast(what string, measured, limit float64, format string) target {
	return target{what: what, measured: &measured, limit: limit, least: true, format: format}
}

// notMeasured is a target of which nothing can be said.
func notMeasured(what, why string) target { return target{what: what, why: why} }

func (t target) verdict() string {
	switch {
	case t.measured == nil:
		return "not measured"
	case t.least && *t.measured >= t.limit, !t.least && *t.measured <= t.limit:
		return "met"
	}
	return "**missed**"
}

// targets writes a table of targets, and counts.
func (r *report) targets(all []target) {
	var rows [][]string
	for _, t := range all {
		verdict := t.verdict()
		row := []string{t.what, t.why, "–", verdict}
		if t.measured != nil {
			sign := "≤ "
			if t.least {
				sign = "≥ "
			}
			row[1], row[2] = fmt.Sprintf(t.format, *t.measured), sign+fmt.Sprintf(t.format, t.limit)
		}
		rows = append(rows, row)
		switch verdict {
		case "met":
			r.met++
		case "not measured":
			r.absent = append(r.absent, t.what)
		default:
			r.missed = append(r.missed, t.what)
		}
	}
	r.table([]string{"metric", "measured", "target", "verdict"}, rows)
}

// plain strips a row's name of Markdown.
func plain(row string) string { return strings.ReplaceAll(row, "**", "") }
