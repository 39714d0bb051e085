package tree

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// matcher applies the filters of one query to the processes one role may see. Nothing is
// searched that is not shown: otherwise a viewer could guess a command line letter by letter,
// and an operator a masked secret.
type matcher struct {
	*View
	query *Query
	// places are the fields to search.
	places []*field
	// number is whether match can be found in a number.
	number bool
	// spans is whether match can reach from one argument into the next.
	spans bool
	// scratch holds what is made to be searched.
	scratch []byte
}

func newMatcher(v *View, q *Query) matcher {
	m := matcher{View: v, query: q}
	if q.match != "" || q.regexp != nil {
		m.places = q.places(v.Role)
		m.number = strings.Trim(q.match, "0123456789") == ""
		m.spans = strings.Contains(q.match, " ")
	}
	return m
}

// matches reports whether a node passes every filter. A value that is not known passes no
// minimum.
func (m *matcher) matches(i int32) bool {
	n, q := &m.Nodes[i], m.query
	for at := range q.oneOf {
		if o := &q.oneOf[at]; !slices.Contains(o.values, o.text(n)) {
			return false
		}
	}
	for at := range q.atLeast {
		a := &q.atLeast[at]
		if value, ok := a.number(m.Tree, n); !ok || value < a.minimum {
			return false
		}
	}
	return (q.match == "" || m.hasText(i)) && (q.regexp == nil || m.hasPattern(i))
}

// hasText looks for the text.
func (m *matcher) hasText(i int32) bool {
	n := &m.Nodes[i]
	for _, f := range m.places {
		switch {
		case f.source == fromList:
			if m.hasArgument(m.facts[i].cmdline) {
				return true
			}
		case f.IsNumber():
			if !m.number {
				continue
			}
			if m.scratch = f.appendValue(m.scratch[:0], m.View, n); bytes.Contains(m.scratch, []byte(m.query.match)) {
				return true
			}
		case containsFold(f.text(n), m.query.match):
			return true
		}
	}
	return false
}

// hasArgument looks for the text in the arguments, with spaces between them.
func (m *matcher) hasArgument(arguments []string) bool {
	if m.spans {
		return containsFold(strings.Join(arguments, " "), m.query.match)
	}
	for _, argument := range arguments {
		if containsFold(argument, m.query.match) {
			return true
		}
	}
	return false
}

// hasPattern looks for the regular expression.
func (m *matcher) hasPattern(i int32) bool {
	n := &m.Nodes[i]
	for _, f := range m.places {
		if f.source == fromText || f.source == fromGroup {
			if text := f.text(n); text != "" && m.query.regexp.MatchString(text) {
				return true
			}
			continue
		}
		m.scratch = m.scratch[:0]
		if f.source == fromList {
			m.joinArguments(m.facts[i].cmdline)
		} else {
			m.scratch = f.appendValue(m.scratch, m.View, n)
		}
		if len(m.scratch) > 0 && m.query.regexp.Match(m.scratch) {
			return true
		}
	}
	return false
}

// joinArguments writes the arguments into scratch, with spaces between them.
func (m *matcher) joinArguments(arguments []string) {
	for at, argument := range arguments {
		if at > 0 {
			m.scratch = append(m.scratch, ' ')
		}
		m.scratch = append(m.scratch, argument...)
	}
}

// containsFold reports whether s holds lower, a text in lower case, in any case.
func containsFold(s, lower string) bool {
	for i := range len(lower) {
		if lower[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), lower)
		}
	}
	if len(lower) == 0 {
		return true
	}
	first := lower[0]
	for i := 0; i+len(lower) <= len(s); i++ {
		if lowerASCII(s[i]) == first && hasPrefixFold(s[i:], lower) {
			return true
		}
	}
	return false
}

func hasPrefixFold(s, lower string) bool {
	for i := range len(lower) {
		if lowerASCII(s[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
