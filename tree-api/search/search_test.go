package search

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzParse: any text is a search whose terms say something, or one line that says what is wrong.
func FuzzParse(f *testing.F) {
	f.Add(`pid:1 !user:"a b" cpu>50% /a|b/`)
	f.Add(`"\`)
	f.Add("/\\")
	f.Add("!!x /[\\d]{2,3}?/")
	f.Add("state:")
	f.Fuzz(func(t *testing.T, text string) {
		terms, err := Parse(text)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%q: an error that says nothing", text)
			}
			return
		}
		for _, term := range terms {
			if term.Metric == nil && term.Text == "" && term.Pattern == "" && term.On == Nothing {
				t.Errorf("%q: a term that says nothing", text)
			}
			if _, err := regexp.Compile("(?i)" + term.Pattern); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func TestParseRefusesLongTexts(t *testing.T) {
	if _, err := Parse(strings.Repeat("ä", MaxLength)); err != nil {
		t.Error(err)
	}
	_, err := Parse(strings.Repeat("a", MaxLength+1))
	if err == nil || err.Error() != "the search is longer than 256 characters" {
		t.Error(err)
	}
}
