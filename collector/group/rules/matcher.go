package rules

import (
	"errors"
	"fmt"
	"regexp"
)

// maxExpression bounds one regular expression, in bytes.
const maxExpression = 16 << 10

// A matcher looks at one field. An absent field is an empty text, so that "" matches
// what has none and ".+" what has one.
type matcher struct {
	key   string
	value func(*Subject) string
	// secrecy is how much of the field may stand in the name of a group.
	secrecy secrecy
}

// secrecy is how much of a field may stand in the name of a group.
type secrecy uint8

const (
	// public may stand there.
	public secrecy = iota
	// anExe as Shown.exe returns it.
	anExe
	// aCgroup as Shown.cgroup returns it.
	aCgroup
	// aCmdline as Shown.Args returns it.
	aCmdline
)

// matchers are the fields that a rule can look at, in the order in which they are tried:
// the cheap ones first.
var matchers = []matcher{
	{"name", func(s *Subject) string { return s.Name }, public},
	{"user", func(s *Subject) string { return s.Facts.User }, public},
	{"unit", func(s *Subject) string { return s.Facts.Unit }, public},
	{"container", func(s *Subject) string { return s.Facts.Container }, public},
	{"namespace", func(s *Subject) string { return s.Facts.Namespace }, public},
	{"pod", func(s *Subject) string { return s.Facts.Pod }, public},
	{"container_name", func(s *Subject) string { return s.Facts.ContainerName }, public},
	{"cgroup", func(s *Subject) string { return s.Facts.Cgroup }, aCgroup},
	{"exe", func(s *Subject) string { return s.Facts.Exe }, anExe},
	{"cmdline", (*Subject).commandLine, aCmdline},
}

// conditions are the expressions of one rule by the index of matchers; nil is any value.
type conditions []*regexp.Regexp

// match reports whether every expression matches its field, and adds the captures that
// have a name to captures unless that is nil.
func (c conditions) match(s *Subject, captures map[string]string) bool {
	for i, re := range c {
		if re != nil && !re.MatchString(matchers[i].value(s)) {
			return false
		}
	}
	if captures == nil {
		return true
	}
	for i, re := range c {
		if re != nil && re.NumSubexp() > 0 {
			matchers[i].capture(s, re, captures)
		}
	}
	return true
}

// capture adds the captures that have a name, as they may be shown.
func (m *matcher) capture(s *Subject, re *regexp.Regexp, captures map[string]string) {
	value := m.value(s)
	if m.secrecy == aCmdline {
		value = s.shownLine()
	}
	found := re.FindStringSubmatch(value)
	for i, name := range re.SubexpNames() {
		switch {
		case name == "":
		case found == nil:
			// What is shown of the value no longer matches.
			captures[name] = ""
		case m.secrecy == anExe:
			captures[name] = s.Shown.exe(found[i])
		case m.secrecy == aCgroup:
			captures[name] = s.Shown.cgroup(found[i])
		default:
			captures[name] = found[i]
		}
	}
}

// empty reports whether there is no expression at all.
func (c conditions) empty() bool {
	for _, re := range c {
		if re != nil {
			return false
		}
	}
	return true
}

// captureSample returns a map with every capture that has a name.
func (c conditions) captureSample(s sample) map[string]string {
	names := map[string]string{}
	for i, re := range c {
		if re != nil {
			addCaptures(names, re, s.text(matchers[i].secrecy))
		}
	}
	return names
}

// addCaptures gives every capture that has a name the same value.
func addCaptures(names map[string]string, re *regexp.Regexp, value string) {
	for _, name := range re.SubexpNames() {
		if name != "" {
			names[name] = value
		}
	}
}

// compileAnchored compiles an expression that has to match the whole value, a newline
// being a character like any other, as in Prometheus.
func compileAnchored(expr string) (*regexp.Regexp, error) {
	if len(expr) > maxExpression {
		return nil, fmt.Errorf("bad expression: longer than %d bytes", maxExpression)
	}
	// Compiled alone first, so that "a)(b" is refused and errors quote what was written.
	if _, err := regexp.Compile(expr); err != nil {
		return nil, fmt.Errorf("bad expression: %w", err)
	}
	re, err := regexp.Compile("^(?s:" + expr + ")$")
	if err != nil {
		return nil, fmt.Errorf("bad expression: %w", err)
	}
	return re, nil
}

// parseConditions reads the matchers of one entry, and hands the other keys to rest.
func parseConditions(item keyed, rest map[string]func(keyed) error) (conditions, error) {
	known := make(map[string]bool, len(matchers)+len(rest))
	index := make(map[string]int, len(matchers))
	for i, m := range matchers {
		known[m.key], index[m.key] = true, i
	}
	for key := range rest {
		known[key] = true
	}
	fields, err := item.fields(known)
	if err != nil {
		return nil, err
	}
	conds := make(conditions, len(matchers))
	for _, f := range fields {
		if parse, ok := rest[f.name]; ok {
			if err := parse(f.keyed); err != nil {
				return nil, err
			}
			continue
		}
		expr, err := f.text()
		if err != nil {
			return nil, err
		}
		if conds[index[f.name]], err = compileAnchored(expr); err != nil {
			return nil, f.fault(err)
		}
	}
	if conds.empty() {
		return nil, item.fault(errors.New(`matches nothing in particular; give at least one matcher, as name: ".*"`))
	}
	return conds, nil
}
