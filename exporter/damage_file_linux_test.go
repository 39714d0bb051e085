package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDamageOfEachFile damages each file as a whole, and puts odd lines at places where parsers
// expect a heading or the other half of a pair. It needs no knowledge of what is derived from a
// file: all of it may go if that is counted, none of it may become 0, and lines that are not the
// file's cost nothing.
func TestDamageOfEachFile(t *testing.T) {
	h := newDamagedHost(t, damageDeadline)
	usual := -h.scrape(t).errors()
	usual += h.scrape(t).errors()
	seen := make(map[string]bool)
	for _, file := range h.files {
		// Files that differ by a number are read alike.
		if kind := digits.ReplaceAllString(file, "N"); !seen[kind] {
			seen[kind] = true
			h.damageFile(t, file, usual)
		}
	}
}

// damageFile tries what can happen to a file, and restores it. Usual is how many errors a
// scrape counts of the whole host.
func (h *damagedHost) damageFile(t *testing.T, file string, usual float64) {
	t.Helper()
	content := h.read(t, file)
	if len(content) == 0 {
		return
	}
	whole := h.scrape(t)
	errors := whole.errors()
	counted := func(damaged readings) bool {
		before := errors
		errors = damaged.errors()
		return errors-before > usual
	}
	for _, odd := range wholeDamages(file, content) {
		h.write(t, file, odd.content)
		h.checkWhole(t, file, odd.how, whole, h.scrape(t), counted)
	}
	if !ofProcess.MatchString(file) {
		undo := fifo(t, filepath.Join(h.root, file), content)
		h.checkWhole(t, file, "is a FIFO", whole, h.scrape(t), counted)
		undo()
	}
	for _, odd := range cutFiles(file, content) {
		h.write(t, file, odd.content)
		damaged := h.scrape(t)
		h.checkWhole(t, file, odd.how, whole, damaged, counted)
		wrong := altered(file, whole, damaged)
		// With a process less others get its place, with another user it has another label.
		if !ofProcess.MatchString(file) {
			wrong = append(wrong, appeared(whole, damaged)...)
		}
		for _, wrong := range wrong {
			t.Errorf("%s %s: %s", file, odd.how, wrong)
		}
	}
	for _, odd := range addedLines(file, content) {
		h.write(t, file, odd.content)
		damaged := h.scrape(t)
		counted(damaged)
		for _, wrong := range append(verdict(file, whole, damaged, nil, true), appeared(whole, damaged)...) {
			t.Errorf("%s %s: %s", file, odd.how, wrong)
		}
	}
	h.write(t, file, content)
	h.scrape(t) // It may take one to see that the file is whole again.
	for series := range whole.differing(h.scrape(t)) {
		if !ofTable.MatchString(series) && !texts.MatchString(series) {
			t.Errorf("%s: %s is not what it was", file, series)
		}
	}
}

// ofProcess are files of processes, of which a FIFO holds up a scan.
var ofProcess = regexp.MustCompile(`^proc/[0-9]+/([a-z]+|task/.*)$`)

// oddContent is what a file can hold instead.
type oddContent struct {
	how     string
	content []byte
}

// wholeDamages are contents of a file of which no line is what a kernel writes. Any text will do
// for a name, and for what a program left.
func wholeDamages(file string, content []byte) (all []oddContent) {
	if names.MatchString(file) {
		return nil
	}
	if !canBeEmpty.MatchString(file) {
		all = append(all, oddContent{"is empty", nil})
		if !strings.HasPrefix(file, "sys/") {
			all = append(all, oddContent{"is blank", []byte("\n")})
		}
	}
	if !strings.HasPrefix(file, "textfiles/") && !labels.MatchString(file) {
		all = append(all, oddContent{"is garbled", regexp.MustCompile(`\S+`).ReplaceAll(content, []byte("#$0\x00"))})
	}
	return all
}

// labels are files of texts that no parser can find fault with.
var labels = regexp.MustCompile(`/(\w*_label|type|slaves|available_clocksource|current_clocksource|comm|cmdline|cgroup|mounts)$`)

// cutFiles are the beginnings of a file that end within a line, as a reader gets them of a
// file that is written meanwhile, or by a program that bounds what it passes on.
func cutFiles(file string, content []byte) (all []oddContent) {
	if isOneValue(file, content) || names.MatchString(file) || strings.HasPrefix(file, "textfiles/") || ofProcess.MatchString(file) && labels.MatchString(file) {
		return nil
	}
	const cuts = 12
	before := -1
	for n := 1; n <= cuts; n++ {
		at := (len(content) - 1) * n / cuts // The last is without the end of the last line alone.
		if at > before && at > 0 && content[at-1] != '\n' {
			all = append(all, oddContent{fmt.Sprintf("cut behind %q", content[:at]), content[:at]})
		}
		before = at
	}
	return all
}

// addedLines are contents of a file with a line more, or with other ends of lines.
func addedLines(file string, content []byte) (all []oddContent) {
	if isOneValue(file, content) || identity.MatchString(file) || sections.MatchString(file) || strings.HasPrefix(file, "sys/") {
		return nil
	}
	for at := range 2 {
		for _, line := range []string{"", "\xff\x00 #", "7 8 9"} {
			lines := slices.Insert(splitFile(content), at, []byte(line))
			all = append(all, oddContent{fmt.Sprintf("with %q before line %d", line, at), joinFile(lines)})
		}
	}
	return append(all, oddContent{"with CR LF", bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))})
}

// checkWhole checks what is left of the metrics of a file that is damaged as a whole.
func (h *damagedHost) checkWhole(t *testing.T, file, how string, whole, damaged readings, counted func(readings) bool) {
	t.Helper()
	errors := counted(damaged)
	gone := lost(whole, damaged)
	if gone > 0 && !errors {
		t.Errorf("%s %s: %d series are gone and no error is counted", file, how, gone)
	}
	for series := range whole.differing(damaged) {
		got, ok := damaged[series]
		switch {
		case !ok || identity.MatchString(file) || ofSums.MatchString(series):
		case got == 0 && whole[series] != 0:
			t.Errorf("%s %s: %s is 0 and was %v: what is unknown is absent", file, how, series, whole[series])
		case got < 0 && whole[series] >= 0 && !signed.MatchString(series):
			t.Errorf("%s %s: %s is %v", file, how, series, got)
		}
	}
}

// ofSums are series that count what there is, of which some may be none.
var ofSums = regexp.MustCompile(`^proctree_system_(arp_entries|processes_\w+)\b`)
