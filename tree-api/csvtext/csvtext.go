// Package csvtext appends CSV (RFC 4180) to byte slices: strings that any user of the host can
// choose must not become formulas in a spreadsheet, nor commands to a terminal.
package csvtext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// AppendRow appends the fields of a line and its end.
func AppendRow(dst []byte, texts ...string) []byte {
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendText(dst, text)
	}
	return AppendEnd(dst)
}

// AppendEnd ends a line.
func AppendEnd(dst []byte) []byte { return append(dst, "\r\n"...) }

// AppendText appends a text as a field, in quotation marks where it needs them.
func AppendText(dst []byte, text string) []byte {
	text = Inert(text)
	if !strings.ContainsAny(text, ",\"\r\n") {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, text[i])
	}
	return append(dst, '"')
}

// Inert returns a text that a spreadsheet does not take for a formula, and that does nothing to a
// terminal. Spreadsheets run a field that begins with one of these characters, whether it has
// quotation marks or not; an apostrophe in front makes it a text (OWASP, "CSV Injection"). Control
// characters that no table needs, and what is not UTF-8, become U+FFFD.
func Inert(text string) string {
	text = strings.Map(visible, text)
	first, _ := utf8.DecodeRuneInString(text)
	// The last four are the wide forms, which some spreadsheets take for the others.
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}

func visible(r rune) rune {
	if unicode.IsControl(r) && r != '\t' && r != '\r' && r != '\n' {
		return utf8.RuneError
	}
	return r
}
