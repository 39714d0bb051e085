package group

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"proctree/collector/process"
)

// maxExpression bounds one regular expression, in bytes.
const maxExpression = 16 << 10

// subject is a process as the rules see it.
type subject struct {
	id     process.ID
	name   string
	kernel bool
	facts  *process.Facts
	clock  process.Clock
	// joined is what commandLine returned before.
	joined string
}

func newSubject(id process.ID, name string, facts *process.Facts) *subject {
	if facts == nil {
		facts = &process.Facts{}
	}
	return &subject{id: id, name: name, facts: facts}
}

// commandLine returns the argument vector joined by spaces. Few rules look at it.
func (s *subject) commandLine() string {
	if s.joined == "" {
		s.joined = strings.Join(s.facts.Cmdline, " ")
	}
	return s.joined
}

// A matcher looks at one field. An absent field is an empty text, so that "" matches
// what has none and ".+" what has one.
type matcher struct {
	key   string
	value func(*subject) string
}

// matchers are the fields that a rule can look at, in the order in which they are tried:
// the cheap ones first.
var matchers = []matcher{
	{"name", func(s *subject) string { return s.name }},
	{"user", func(s *subject) string { return s.facts.User }},
	{"unit", func(s *subject) string { return s.facts.Unit }},
	{"container", func(s *subject) string { return s.facts.Container }},
	{"cgroup", func(s *subject) string { return s.facts.Cgroup }},
	{"exe", func(s *subject) string { return s.facts.Exe }},
	{"cmdline", (*subject).commandLine},
}

// conditions are the expressions of one rule by the index of matchers; nil is any value.
type conditions []*regexp.Regexp

// match reports whether every expression matches its field, and adds the captures that
// have a name to captures unless that is nil.
func (c conditions) match(s *subject, captures map[string]string) bool {
	for i, re := range c {
		if re == nil {
			continue
		}
		value := matchers[i].value(s)
		if re.NumSubexp() == 0 || captures == nil {
			if !re.MatchString(value) {
				return false
			}
			continue
		}
		found := re.FindStringSubmatch(value)
		if found == nil {
			return false
		}
		for j, name := range re.SubexpNames() {
			if name != "" {
				captures[name] = found[j]
			}
		}
	}
	return true
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

// sampleText stands in for any field when a template is tried: long enough to slice.
const sampleText = "/0123456789012345678901234567890123456789012345678901234567890123456789"

// captureSample returns a map with every capture that has a name.
func (c conditions) captureSample() map[string]string {
	names := map[string]string{}
	for _, re := range c {
		if re == nil {
			continue
		}
		for _, name := range re.SubexpNames() {
			if name != "" {
				names[name] = sampleText
			}
		}
	}
	return names
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
