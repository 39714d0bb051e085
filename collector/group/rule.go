package group

import (
	"fmt"
	"strings"
)

// groupKey is the key of a rule that holds the template of the group's name.
const groupKey = "group"

// rule is one entry of groups.
type rule struct {
	conditions
	namer
}

// fieldsOf are what a template of groups may use.
type fieldsOf struct {
	Name, Exe, ExeBase, Cmdline, User, Unit, Container, PodUID, Cgroup string
	// Matches holds the captures that have a name.
	Matches map[string]string
}

func (r *rule) groupOf(s *subject) (string, bool) {
	if r.tmpl == nil {
		return r.constant, r.match(s, nil)
	}
	captures := map[string]string{}
	if !r.match(s, captures) {
		return "", false
	}
	f := s.facts
	name, err := r.execute(fieldsOf{
		Name: s.name, Exe: f.Exe, ExeBase: base(f.Exe), Cmdline: s.commandLine(), User: f.User, Unit: f.Unit,
		Container: f.Container, PodUID: f.PodUID, Cgroup: f.Cgroup, Matches: captures,
	})
	return name, err == nil && name != ""
}

// base returns the last element of a path of this or of another system.
func base(p string) string {
	sep := "/"
	if !strings.Contains(p, sep) {
		sep = `\\`
	}
	return p[strings.LastIndex(p, sep)+1:]
}

// parseRule reads one entry of groups.
func parseRule(item keyed) (*rule, error) {
	var name *keyed
	conds, err := parseConditions(item, map[string]func(keyed) error{
		groupKey: func(k keyed) error { name = &k; return nil },
	})
	if err != nil {
		return nil, err
	}
	if name == nil {
		return nil, item.fault(fmt.Errorf("has no %q, the name of the group", groupKey))
	}
	text, err := name.text()
	if err != nil {
		return nil, err
	}
	n, err := newNamer(text, "error", fieldsOf{
		Name: sampleText, Exe: sampleText, ExeBase: sampleText, Cmdline: sampleText, User: sampleText, Unit: sampleText,
		Container: sampleText, PodUID: sampleText, Cgroup: sampleText, Matches: conds.captureSample(),
	})
	if err != nil {
		return nil, name.fault(err)
	}
	return &rule{conditions: conds, namer: n}, nil
}

// parseGroups reads the list groups.
func parseGroups(list []keyed) ([]grouper, error) {
	seen := map[string]int{}
	rules := make([]grouper, 0, len(list))
	for _, item := range list {
		r, err := parseRule(item)
		if err != nil {
			return nil, err
		}
		if r.constant != "" {
			if line, ok := seen[r.constant]; ok {
				return nil, faultAt(item.Node, item.key+"."+groupKey, fmt.Errorf("group %q is already named in line %d", r.constant, line))
			}
			seen[r.constant] = item.Line
		}
		rules = append(rules, r)
	}
	return rules, nil
}
