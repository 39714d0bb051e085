package procfile

import (
	"bufio"
	"bytes"
	"iter"
	"math"
	"strconv"
	"strings"
)

// Bounds of what a kernel file may say, far above what any kernel says.
const (
	// maxCounter is the largest counter that is believed. Beyond it is what wrapped below
	// zero: the kernel computes some counters as differences of others.
	maxCounter = math.MaxInt64
	// maxTasks is the largest number of tasks, or of requests under way, that is believed.
	// Some kernels show -1 in 32 bits.
	maxTasks = math.MaxInt32
	// maxName is the longest name of a field that is believed.
	maxName = 128
	// maxLines is the largest number of lines that become metrics.
	maxLines = 4096
)

// What is wrong with a field.
const (
	notNumber  = "not a number"
	impossible = "impossible value"
	twice      = "in the file twice"
	badName    = "not a name"
	unknown    = "unknown form"
	tooMany    = "more lines than any kernel writes"
	empty      = "empty file"
	unfinished = "the last line has no end"
)

// Lines yields the lines of a file without what ends them, which may be CR LF, and without
// blank ones.
func Lines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}

// WholeLines returns the lines of a file of the kernel that have an end, and whether these are
// all. The kernel ends every line, so one without is only a part of what was written, such as
// "ctxt 777" of "ctxt 77712".
func WholeLines(file []byte) (lines []byte, all bool) {
	end := bytes.LastIndexByte(file, '\n') + 1
	return file[:end], end == len(file)
}

// ScanWholeLines is bufio.ScanLines without a line that has no end.
func ScanWholeLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if atEOF && bytes.IndexByte(data, '\n') < 0 {
		return len(data), nil, nil
	}
	return bufio.ScanLines(data, atEOF)
}

// WholeLines is the function WholeLines, and counts a line without an end as lost. A file of one
// value may go without.
func (d *Damage) WholeLines(where, text string) string {
	end := strings.LastIndexByte(text, '\n') + 1
	if end < len(text) {
		d.Lost(where, unfinished)
	}
	return text[:end]
}

// WholeFields is WholeLines for a file of one line, whose fields are separated by blanks: all
// but the last are whole.
func (d *Damage) WholeFields(where, text string) string {
	if strings.HasSuffix(text, "\n") {
		return text
	}
	end := strings.LastIndexAny(text, " \t\n") + 1
	if end < len(text) {
		d.Lost(where, unfinished)
	}
	return text[:end]
}

// NeedLine counts a file that has no line at all as lost, where every kernel writes some.
func (d *Damage) NeedLine(where, text string) {
	if strings.TrimSpace(text) == "" {
		d.Lost(where, empty)
	}
}

// Counter parses a counter. A value that cannot be parsed or is impossible is lost, with where it stands.
func (d *Damage) Counter(where, text string) (n uint64, ok bool) {
	return d.number(where, text, maxCounter)
}

// Tasks parses a number of tasks or of requests, as Counter does.
func (d *Damage) Tasks(where, text string) (n uint64, ok bool) {
	return d.number(where, text, maxTasks)
}

func (d *Damage) number(where, text string, most uint64) (n uint64, ok bool) {
	n, why := parseNumber(text, most)
	if why != "" {
		d.Lost(where, why)
	}
	return n, why == ""
}

func parseNumber(text string, most uint64) (n uint64, why string) {
	n, err := strconv.ParseUint(text, 10, 64)
	switch {
	case err != nil:
		return 0, notNumber
	case n > most:
		return 0, impossible
	}
	return n, ""
}

// IsName reports whether s can be a part of a metric's name: letters, digits, underscores
// and, as in "Active(anon)", parentheses.
func IsName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
		if !letter && (c < '0' || c > '9') && c != '(' && c != ')' {
			return false
		}
	}
	return true
}
