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
	// before is the answer to the same query in an earlier scan; nil is none. What did not
	// change since is not searched again.
	before *Frame
	// at is the place in before that the walk has reached; both are sorted by PID.
	at int
	// steps is what the regular expression has cost.
	steps int
}

// finding is whether the texts of a process match.
type finding uint8

const (
	notLooked finding = iota
	notFound
	found
)

func newMatcher(v *View, q *Query, before *Frame) *matcher {
	m := &matcher{View: v, query: q, before: before}
	if q.searches() {
		m.places = q.places(v.Role)
		m.number = strings.Trim(q.match, "0123456789") == ""
		m.spans = strings.Contains(q.match, " ")
	}
	return m
}

// matches reports whether a node passes every filter, and notes what it found in its texts. A
// value that is not known passes no minimum. It has to be called in order of PID.
func (m *matcher) matches(i int32, findings []finding) (bool, error) {
	n, q := &m.Nodes[i], m.query
	for at := range q.oneOf {
		if o := &q.oneOf[at]; !slices.Contains(o.values, o.text(n)) {
			return false, nil
		}
	}
	for at := range q.atLeast {
		a := &q.atLeast[at]
		if value, ok := a.number(m.Tree, n); !ok || value < a.minimum {
			return false, nil
		}
	}
	if !q.searches() {
		return true, nil
	}
	findings[i] = m.foundBefore(i)
	if findings[i] == notLooked {
		ok, err := m.look(i)
		if err != nil {
			return false, err
		}
		findings[i] = notFound
		if ok {
			findings[i] = found
		}
	}
	return findings[i] == found, nil
}

// foundBefore returns the finding of the earlier answer if the process has the same texts
// still.
func (m *matcher) foundBefore(i int32) finding {
	if m.before == nil || m.before.findings == nil {
		return notLooked
	}
	now := &m.Nodes[i]
	for m.at < len(m.before.Nodes) && m.before.Nodes[m.at].Process.Compare(now.Process.ID) < 0 {
		m.at++
	}
	if m.at == len(m.before.Nodes) {
		return notLooked
	}
	old := &m.before.Nodes[m.at]
	if old.Process.ID != now.Process.ID || old.Process.Name != now.Process.Name || old.Group != now.Group ||
		m.before.facts[m.at] != m.facts[i] {
		return notLooked
	}
	return m.before.findings[m.at]
}

// look searches the texts of a node.
func (m *matcher) look(i int32) (bool, error) {
	if m.query.match != "" && !m.hasText(i) {
		return false, nil
	}
	if m.query.pattern == nil {
		return true, nil
	}
	return m.hasPattern(i)
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
func (m *matcher) hasPattern(i int32) (bool, error) {
	n := &m.Nodes[i]
	for _, f := range m.places {
		m.scratch = m.scratch[:0]
		switch f.source {
		case fromText, fromGroup:
			m.scratch = append(m.scratch, f.text(n)...)
		case fromList:
			m.joinArguments(m.facts[i].cmdline)
		default:
			m.scratch = f.appendValue(m.scratch, m.View, n)
		}
		if len(m.scratch) == 0 {
			continue
		}
		if err := m.spend(m.query.pattern.steps(len(m.scratch))); err != nil {
			return false, err
		}
		if m.query.pattern.Match(m.scratch) {
			return true, nil
		}
	}
	return false, nil
}

// spend takes the steps from what this answer, and the caller, may use.
func (m *matcher) spend(steps int) error {
	if m.query.charge == nil {
		return nil
	}
	if m.steps += steps; m.steps > maxSteps {
		return BadParameter("regexp", errTooMuchWork)
	}
	return m.query.charge(steps)
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
