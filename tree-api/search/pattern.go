package search

import (
	"errors"
	"regexp"
	"strings"
)

var (
	errPattern = errors.New("this regular expression is not valid")
	// A browser's engine would take forever on such as (a+)+; the exporter's own does not.
	errNested = errors.New("a repetition inside a repetition is not supported")
)

// letters are those that may stand behind a backslash: where Go and JavaScript agree.
const letters = "dDwWsSbBtnr"

// repetition is one of the kinds, at the start of a text.
var repetition = regexp.MustCompile(`^(?:[*+?]|\{[0-9]{1,2}(?:,(?:[0-9]{1,2})?)?\})\??`)

// checkPattern admits what means the same in Go and in JavaScript, and is fast in both.
func checkPattern(text string) error {
	c := checker{repeats: []bool{false}}
	for i := 0; i < len(text); {
		n, err := c.take(text[i:])
		if err != nil {
			return err
		}
		i += n
	}
	if len(c.repeats) > 1 {
		return errPattern
	}
	if _, err := regexp.Compile(text); err != nil {
		return errPattern
	}
	return nil
}

// checker knows which groups are open, and whether each holds a repetition.
type checker struct {
	repeats []bool
	// last is whether what can be repeated next holds a repetition.
	last bool
}

// take checks the next part and returns its length.
func (c *checker) take(text string) (int, error) {
	top := len(c.repeats) - 1
	switch text[0] {
	case '\\':
		c.last = false
		return 2, checkEscape(text)
	case '[':
		c.last = false
		return checkClass(text)
	case '(':
		if strings.HasPrefix(text, "(?") && !strings.HasPrefix(text, "(?:") {
			return 0, errPattern
		}
		c.repeats = append(c.repeats, false)
		return len("(") + 2*strings.Count(text[:min(3, len(text))], "?:"), nil
	case ')':
		if top == 0 {
			return 0, errPattern
		}
		c.last = c.repeats[top]
		c.repeats = c.repeats[:top]
		c.repeats[top-1] = c.repeats[top-1] || c.last
		return 1, nil
	}
	if found := repetition.FindString(text); found != "" {
		if c.last && found[0] != '?' {
			return 0, errNested
		}
		c.repeats[top] = c.repeats[top] || found[0] != '?'
		return len(found), nil
	}
	if text[0] == '{' || text[0] == '}' {
		return 0, errPattern
	}
	c.last = false
	return 1, nil
}

func checkEscape(text string) error {
	if len(text) < 2 {
		return errPattern
	}
	c := text[1]
	isLetter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	if isLetter && !strings.Contains(letters, string(c)) || c >= '0' && c <= '9' || c >= 0x80 || c <= ' ' || c == '_' {
		return errPattern
	}
	return nil
}

// checkClass checks a class such as [a-z] and returns its length.
func checkClass(text string) (int, error) {
	if strings.HasPrefix(text, "[]") || strings.HasPrefix(text, "[^]") {
		return 0, errPattern
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if err := checkEscape(text[i:]); err != nil || strings.ContainsAny(text[i+1:i+2], "bB") {
				return 0, errPattern
			}
			i++
		case '[':
			return 0, errPattern
		case ']':
			return i + 1, nil
		}
	}
	return 0, errPattern
}
