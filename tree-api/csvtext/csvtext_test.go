package csvtext

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

func TestAppendRow(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"nginx", "nginx"},
		{"a b", "a b"},
		{"a,b", `"a,b"`},
		{`say "hi"`, `"say ""hi"""`},
		{"two\nlines", "\"two\nlines\""},
		{"naïve", "naïve"},
		{"-bash", "'-bash"},
		{`=HYPERLINK("http://x","y")`, `"'=HYPERLINK(""http://x"",""y"")"`},
		{"+1", "'+1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "\"'\r=1\""},
		{"\n=1", "\"'\n=1\""},
		{"＝1", "'＝1"},
		{"a=b", "a=b"},
		{"\x1b[2J", "\uFFFD[2J"},
		{"\xff", "\uFFFD"},
		{"a\x00b\u009b", "a\uFFFDb\uFFFD"},
	} {
		if got := string(AppendRow(nil, test.text, "x")); got != test.want+",x\r\n" {
			t.Errorf("%q is written as %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzAppendRow holds the writer against the reader of the standard library.
func FuzzAppendRow(f *testing.F) {
	f.Add("nginx", `a "b",c`)
	f.Add("=1\r\n", "-\x1b")
	f.Fuzz(func(t *testing.T, first, second string) {
		text := string(AppendRow(nil, "head", first, second))
		lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		// The reader makes a line feed of each CR LF.
		inert := func(s string) string { return strings.ReplaceAll(Inert(s), "\r\n", "\n") }
		if want := []string{"head", inert(first), inert(second)}; err != nil || len(lines) != 1 || !slices.Equal(lines[0], want) {
			t.Fatalf("%q is read as %q, want %q: %v", text, lines, want, err)
		}
		for _, field := range lines[0] {
			if field != "" && strings.ContainsRune("=+-@", rune(field[0])) {
				t.Errorf("%q begins as a formula", field)
			}
		}
	})
}
