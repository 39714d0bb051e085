package tree

import (
	"slices"
	"strings"
	"unicode/utf8"

	"proctree/collector/process"
	"proctree/tree-api/access"
)

// matcher applies the filters of one query to the processes one role may see. Nothing is
// searched that is not shown: else a viewer could guess a command line letter by letter,
// and an operator a masked secret.
type matcher struct {
	*View
	query *Query
}

// matches reports whether a node passes every filter. A figure that is not known passes
// no threshold.
func (m *matcher) matches(i int32) bool {
	n, q := &m.Nodes[i], m.query
	switch {
	case len(q.states) > 0 && !slices.Contains(q.states, n.Process.State),
		len(q.users) > 0 && !slices.Contains(q.users, n.Process.Facts.User),
		len(q.groups) > 0 && !slices.Contains(q.groups, n.Group),
		q.minCores != nil && (!n.Rates.HasCores || n.Rates.Cores < *q.minCores),
		q.minMemory != nil && (!n.Process.Known.Has(process.HasMemory) || n.Process.ResidentBytes < *q.minMemory):
		return false
	}
	return m.matchesText(i)
}

// matchesText looks for the text and the regular expression in the name, and for an
// operator in the path of the executable and in the arguments with spaces between them.
func (m *matcher) matchesText(i int32) bool {
	if m.query.match == "" && m.query.regexp == nil {
		return true
	}
	facts := m.facts[i]
	var fields [3]string
	shown := fields[:0]
	if m.query.looksIn(inName) {
		shown = append(shown, m.Nodes[i].Process.Name)
	}
	if m.Role == access.Operator {
		if m.query.looksIn(inExe) {
			shown = append(shown, facts.exe)
		}
		if m.query.looksIn(inCmdline) && len(facts.cmdline) > 0 {
			shown = append(shown, strings.Join(facts.cmdline, " "))
		}
	}
	return m.anyHasText(shown) && m.anyHasPattern(shown)
}

func (m *matcher) anyHasText(fields []string) bool {
	if m.query.match == "" {
		return true
	}
	return slices.ContainsFunc(fields, func(s string) bool { return containsFold(s, m.query.match) })
}

func (m *matcher) anyHasPattern(fields []string) bool {
	if m.query.regexp == nil {
		return true
	}
	return slices.ContainsFunc(fields, m.query.regexp.MatchString)
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
