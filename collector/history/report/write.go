package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
	"unicode"
)

// maxCell is how many characters of a column are printed, and maxPageCell those in a page.
const (
	maxCell     = 90
	maxPageCell = 400
)

// WriteText writes the report for a terminal, with times of a zone.
func (r *Report) WriteText(w io.Writer, zone *time.Location) error {
	p := &printer{r, zone}
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s\n", p.title())
	for _, fact := range p.facts() {
		fmt.Fprintf(b, "%s\n", fact)
	}
	for _, s := range p.sections() {
		note := ""
		if s.Note != "" {
			note = " (" + s.Note + ")"
		}
		fmt.Fprintf(b, "\n%s%s\n", s.Title, note)
		writeTable(b, &s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeTable aligns the columns.
func writeTable(b *strings.Builder, s *section) {
	widths := make([]int, len(s.Head))
	rows := append([][]string{s.Head}, s.Rows...)
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i], maxCell)
			widths[i] = max(widths[i], len([]rune(row[i])))
		}
	}
	for _, row := range rows {
		line := make([]string, len(row))
		for i, text := range row {
			line[i] = text + strings.Repeat(" ", widths[i]-len([]rune(text)))
		}
		b.WriteString("  " + strings.TrimRight(strings.Join(line, "  "), " ") + "\n")
	}
}

// cell makes a text printable: a process can have any bytes in its name, also such that a terminal obeys, or
// that turn the direction of writing.
func cell(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// pageStyle is all the style of the page.
const pageStyle = `
:root{color-scheme:light dark}
body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;max-width:110rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}
small{font-weight:normal;opacity:.75}
div{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.15rem .9rem .15rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #8884;white-space:nowrap}
td:nth-last-child(-n+2){white-space:normal;overflow-wrap:anywhere;min-width:14rem;font-family:ui-monospace,monospace;font-size:.92em}
`

// PagePolicy is the content security policy of the page: no script, and only its own style.
func PagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pageText is one file without anything outside of it. There is no script in it.
const pageText = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<title>{{.Title}}</title>
<style>` + pageStyle + `</style></head><body>
<h1>{{.Title}}</h1>
<ul>{{range .Facts}}<li>{{.}}</li>{{end}}</ul>
{{range .Sections}}<h2>{{.Title}}{{if .Note}} <small>({{.Note}})</small>{{end}}</h2>
<div><table><thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{end}}</body></html>
`

// WriteHTML writes the report as a page, with times of a zone.
func (r *Report) WriteHTML(w io.Writer, zone *time.Location) error {
	page, err := template.New("report").Parse(pageText)
	if err != nil {
		return fmt.Errorf("the page of the report: %w", err)
	}
	p := &printer{r, zone}
	sections := p.sections()
	for i := range sections {
		for _, row := range sections[i].Rows {
			for k := range row {
				row[k] = cell(row[k], maxPageCell)
			}
		}
	}
	err = page.Execute(w, struct {
		Title, Policy string
		Facts         []string
		Sections      []section
	}{p.title(), PagePolicy(), p.facts(), sections})
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
