// Package search reads the search language of the page, of the API's parameter q and of the
// Grafana panel. tree-api/web/model/search.js reads the same language; testdata/cases.json holds
// the cases that both must pass.
package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"proctree/collector/metric"
)

// MaxLength bounds a search, in characters.
const MaxLength = 256

// Search is what a process must pass: all terms.
type Search []Term

// Term is one condition. Without a metric it is a text or a pattern that is looked for in every
// searched field.
type Term struct {
	// Not turns the condition round.
	Not bool
	// Metric is what the key names; nil for none.
	Metric *metric.Metric
	// On is what is looked up only when somebody asks; Nothing for most terms.
	On OnDemand
	// Op compares; a text has Contains or Equal.
	Op Op
	// Text is in lower case; for a state it is the state's name.
	Text string
	// Pattern is a regular expression, "" for none.
	Pattern string
	Number  float64
}

// Op is how a value is compared.
type Op uint8

// The operators.
const (
	Contains Op = iota
	Equal
	Less
	AtMost
	More
	AtLeast
)

// OnDemand is what is not in the process table, because it is expensive to read.
type OnDemand uint8

// What can be looked up.
const (
	Nothing OnDemand = iota
	// Port is a port of a socket of the process, local or remote, in Number.
	Port
	// File is a part of the path of an open file, in Text.
	File
)

// Parse reads a search. The error is one line for the person who wrote it.
func Parse(text string) (Search, error) {
	if utf8.RuneCountInString(text) > MaxLength {
		return nil, fmt.Errorf("the search is longer than %d characters", MaxLength)
	}
	r := reader{rest: text}
	var s Search
	for {
		r.rest = strings.TrimLeftFunc(r.rest, unicode.IsSpace)
		if r.rest == "" {
			return s, nil
		}
		term, ok, err := r.term()
		if err != nil {
			return nil, err
		}
		if ok {
			s = append(s, term)
		}
	}
}

// reader takes a search apart.
type reader struct{ rest string }

// term reads one term. ok is false for one that says nothing, such as "!".
func (r *reader) term() (t Term, ok bool, err error) {
	start := r.rest
	if strings.HasPrefix(r.rest, "!") {
		t.Not = true
		r.rest = r.rest[1:]
	}
	if key, op, rest, found := splitKey(r.rest); found {
		r.rest = rest
		ok, err = true, r.keyed(&t, key, op)
	} else {
		ok, err = r.plain(&t)
	}
	if err != nil {
		return t, false, fmt.Errorf("%s: %w", strings.TrimSpace(start[:len(start)-len(r.rest)]), err)
	}
	return t, ok, nil
}

// plain reads a term without a key.
func (r *reader) plain(t *Term) (ok bool, err error) {
	v, err := r.value(true)
	t.Text, t.Pattern = strings.ToLower(v.text), v.pattern
	return v.text != "" || v.pattern != "", err
}

// value is what a term looks for.
type value struct {
	text, pattern string
	quoted        bool
}

// value reads a word, "words" or, where it may be, a /regular expression/.
func (r *reader) value(mayBePattern bool) (value, error) {
	if strings.HasPrefix(r.rest, `"`) {
		return r.quoted()
	}
	if pattern, rest, ok := cutPattern(r.rest); ok && mayBePattern {
		r.rest = rest
		return value{pattern: pattern}, checkPattern(pattern)
	}
	end := strings.IndexFunc(r.rest, unicode.IsSpace)
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	return value{text: word}, nil
}

// quoted reads words between quotation marks; a backslash stands before one that is meant itself.
func (r *reader) quoted() (value, error) {
	var text strings.Builder
	for i := 1; i < len(r.rest); i++ {
		c := r.rest[i]
		switch {
		case c == '"':
			r.rest = r.rest[i+1:]
			return value{text: text.String(), quoted: true}, nil
		case c == '\\' && i+1 < len(r.rest) && (r.rest[i+1] == '"' || r.rest[i+1] == '\\'):
			i++
			text.WriteByte(r.rest[i])
		default:
			text.WriteByte(c)
		}
	}
	r.rest = ""
	return value{}, errNoClosingMark
}

// cutPattern cuts a regular expression off. Its second slash ends it and the word: /usr/bin is a
// path, and so is /usr.
func cutPattern(text string) (pattern, rest string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", false
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '/':
			after, _ := utf8.DecodeRuneInString(text[i+1:])
			if i == 1 || i+1 < len(text) && !unicode.IsSpace(after) {
				return "", "", false
			}
			return text[1:i], text[i+1:], true
		}
	}
	return "", "", false
}
