package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// errEncoding is the error of a file that Prometheus would refuse, and all else with it.
var errEncoding = errors.New("not valid UTF-8")

// errUTF16 is the error of a file as Windows PowerShell's ">" and Out-File write it.
var errUTF16 = errors.New("UTF-16 text; write the file as UTF-8 (in Windows PowerShell: Out-File -Encoding utf8)")

// prepare returns the text of a file as the parser wants it: without the byte order mark that
// Windows programs put before UTF-8, and with lines that end in LF.
func prepare(content []byte) ([]byte, error) {
	if isUTF16(content) {
		return nil, errUTF16
	}
	if !utf8.Valid(content) {
		return nil, errEncoding
	}
	content = bytes.TrimPrefix(content, []byte("\uFEFF"))
	return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), nil
}

// isUTF16 reports whether a text begins with a byte order mark of UTF-16, or without one has
// a NUL in its first letter, as ASCII letters have in UTF-16.
func isUTF16(content []byte) bool {
	if len(content) < 2 {
		return false
	}
	switch first, second := content[0], content[1]; {
	case first == 0xFF && second == 0xFE, first == 0xFE && second == 0xFF:
		return true
	default:
		return (first == 0) != (second == 0)
	}
}

// check refuses a file that would take the parser long: the time for a sample grows with the
// square of the number of its labels. It looks at each byte once.
func (l Limits) check(content []byte) error {
	number, samples := 0, 0
	for line := range bytes.Lines(content) {
		number++
		line = bytes.TrimLeft(line, " \t\n")
		if len(line) > l.LineBytes {
			return fmt.Errorf("line %d: longer than %d bytes", number, l.LineBytes)
		}
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if samples++; samples > l.Series {
			return fmt.Errorf("line %d: more than %d samples", number, l.Series)
		}
		if labels(line) > l.Labels {
			return fmt.Errorf("line %d: more than %d labels", number, l.Labels)
		}
	}
	return nil
}

// labels returns how many labels a sample has at most, from the signs outside quotes.
func labels(line []byte) int {
	equals, commas, quoted := 0, 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case quoted:
		case c == '=':
			equals++
		case c == ',':
			commas++
		case c == '}':
			return max(equals, commas)
		}
	}
	return max(equals, commas)
}

// deadline is a reader that fails when the time is up: what is left of a file is not parsed.
type deadline struct {
	reader io.Reader
	until  time.Time
	now    func() time.Time
}

// errTime is the error of a file that could not be parsed in time.
var errTime = errors.New("parsing took too long")

// Read implements io.Reader.
func (d *deadline) Read(p []byte) (int, error) {
	if d.now().After(d.until) {
		return 0, errTime
	}
	return d.reader.Read(p)
}
