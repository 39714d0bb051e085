package terminal

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile is a name that would clear the screen, set the title, and write backwards.
const hostile = "a\x1b[2J\x1b]0;x\x07\u202eb\u009bc\x7f\xff\r\n\td"

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"bash":               "bash",
		"caf\u00e9 日本 🎉":     "café 日本 🎉",
		"e\u0301":            "e\u0301",
		hostile:              `a\x1b[2J\x1b]0;x\x07\u202eb\u009bc\x7f\xff\x0d\n\td`,
		"\u200b\u2028\ufeff": `\u200b\u2028\ufeff`,
		"\u00a0":             `\u00a0`,
		"\U000e0041":         `\U000e0041`,
		"\ufffd":             "\ufffd",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// TestASCII: where the terminal does not take UTF-8, nothing but ASCII gets there.
func TestASCII(t *testing.T) {
	for text, want := range map[string]string{"bash": "bash", `a\b"`: `a\b"`, "caf\u00e9": `caf\u00e9`, "日": `\u65e5`, "🎉": `\U0001f389`, "\x1b\\": `\x1b\`} {
		if got := asciiSet.plain(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestWrapped(t *testing.T) {
	for _, tt := range []struct {
		text  string
		cells int
		want  string
	}{
		{"", 5, ""},
		{"abc", 5, "abc"},
		{"abcdefgh", 5, "abcde|fgh"},
		{"ab cd ef", 5, "ab cd|ef"},
		{"ab cdefghijk l", 5, "ab|cdefg|hijk|l"},
		{"日本語", 4, "日本|語"},
		{"abcdef", -3, "ab|cd|ef"},
	} {
		got := wrapped(tt.text, tt.cells)
		for i := range got {
			got[i] = strings.TrimSpace(got[i])
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%q in %d cells is %q, want %s", tt.text, tt.cells, got, tt.want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, text string) {
		got := plain(text)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is shown as %q", text, got)
		}
		if plain(got) != got {
			t.Errorf("%q is not left as it is", got)
		}
		if cells := 7; width(unicodeSet.cut(got, cells)) > cells {
			t.Errorf("%q is wider than %d cells", unicodeSet.cut(got, cells), cells)
		}
	})
}

func TestWidths(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "日本": 4, "e\u0301": 1, "🎉": 2} {
		if got := width(text); got != want {
			t.Errorf("%q has %d cells, want %d", text, got, want)
		}
	}
	for _, tt := range []struct {
		text  string
		cells int
		want  string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 4, "abc…"}, {"日本語", 4, "日…"}, {"日本語", 5, "日本…"}, {"abc", 0, ""}, {"abc", -1, ""}} {
		if got := unicodeSet.cut(tt.text, tt.cells); got != tt.want {
			t.Errorf("%q in %d cells is %q, want %q", tt.text, tt.cells, got, tt.want)
		}
	}
	if got := padLeft("日", 4) + "|" + padRight("日", 4) + "|"; got != "  日|日  |" {
		t.Errorf("padded: %q", got)
	}
}

func TestQuote(t *testing.T) {
	for argument, want := range map[string]string{
		"-x": "-x", "/bin/a=b:1,2%@+": "/bin/a=b:1,2%@+", "": "''", "two words": "'two words'",
		"$(reboot)": "'$(reboot)'", "it's": `'it'\''s'`, "é": "'é'", "~": "'~'", "#": "'#'",
	} {
		if got := quote(argument); got != want {
			t.Errorf("%q is quoted as %s, want %s", argument, got, want)
		}
	}
}

func TestCharset(t *testing.T) {
	for _, tt := range []struct {
		name    string
		env     map[string]string
		windows bool
		want    charset
	}{
		{"UTF-8", map[string]string{"LANG": "de_DE.UTF-8"}, false, unicodeSet},
		{"utf8", map[string]string{"LC_CTYPE": "C.utf8", "LANG": "C"}, false, unicodeSet},
		{"LC_ALL first", map[string]string{"LC_ALL": "C", "LANG": "C.UTF-8"}, false, asciiSet},
		{"Latin 1", map[string]string{"LANG": "de_DE.ISO-8859-1"}, false, asciiSet},
		{"nothing", nil, false, asciiSet},
		{"Windows", nil, true, unicodeSet},
	} {
		if got := newCharset(func(name string) string { return tt.env[name] }, tt.windows); got != tt.want {
			t.Errorf("%s: draws with %q", tt.name, got.branch)
		}
	}
}
