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
		m.places = q.searchedBy(v.Role)
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
	for at := range q.values {
		if t := &q.values[at]; t.passes(m.Tree, n) == t.Not {
			return false, nil
		}
	}
	if !q.holds(n.Process.ID) {
		return false, nil
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
	for at := range m.query.texts {
		t := &m.query.texts[at]
		ok, err := m.finds(t, i)
		if err != nil || ok == t.not {
			return false, err
		}
	}
	return true, nil
}

// finds looks for a text or a pattern where it can be.
func (m *matcher) finds(t *textTerm, i int32) (bool, error) {
	if t.field != nil {
		return m.isIn(t, t.field, i)
	}
	for _, f := range m.places {
		if ok, err := m.isIn(t, f, i); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// isIn looks for a text or a pattern in one field.
func (m *matcher) isIn(t *textTerm, f *field, i int32) (bool, error) {
	switch {
	case t.pattern != nil:
		return m.hasPattern(t.pattern, f, i)
	case t.equal:
		m.write(f, i)
		return strings.EqualFold(string(m.scratch), t.text), nil
	case f.source == fromList:
		return t.isInArguments(m.facts[i].cmdline), nil
	case f.IsNumber():
		if !t.digits {
			return false, nil
		}
		m.write(f, i)
		return bytes.Contains(m.scratch, []byte(t.text)), nil
	}
	return containsFold(f.text(&m.Nodes[i]), t.text), nil
}

// isInArguments looks for the text in the arguments, with spaces between them.
func (t *textTerm) isInArguments(arguments []string) bool {
	if t.spans {
		return containsFold(strings.Join(arguments, " "), t.text)
	}
	for _, argument := range arguments {
		if containsFold(argument, t.text) {
			return true
		}
	}
	return false
}

// hasPattern looks for a regular expression in one field.
func (m *matcher) hasPattern(p *Pattern, f *field, i int32) (bool, error) {
	m.write(f, i)
	if len(m.scratch) == 0 {
		return false, nil
	}
	if err := m.spend(p.Steps(len(m.scratch))); err != nil {
		return false, err
	}
	return p.Match(m.scratch), nil
}

// write writes a field into scratch as it is searched.
func (m *matcher) write(f *field, i int32) {
	m.scratch = m.scratch[:0]
	switch f.source {
	case fromText, fromGroup, fromWaiting:
		m.scratch = append(m.scratch, f.text(&m.Nodes[i])...)
	case fromList:
		m.joinArguments(m.facts[i].cmdline)
	default:
		m.scratch = f.appendValue(m.scratch, m.View, &m.Nodes[i])
	}
}

// spend takes the steps from what this answer, and the caller, may use.
func (m *matcher) spend(steps int) error {
	if m.query.charge == nil {
		return nil
	}
	if m.steps += steps; m.steps > MaxSteps {
		return BadParameter("regexp", errTooMuchWork)
	}
	return m.query.charge(steps)
}

// joinArguments appends the arguments to scratch, with spaces between them.
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
