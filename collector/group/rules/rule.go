package rules

import "fmt"

// groupKey is the key of a rule that holds the template of the group's name.
const groupKey = "group"

// rule is one entry of groups.
type rule struct {
	// at is where it stands in the file.
	at keyed
	conditions
	namer
}

// ruleFields are what a template of groups may use.
type ruleFields struct {
	Name, Exe, ExeBase, User, Unit, Container, PodUID, Cgroup string
	// Those of Kubernetes.
	Namespace, Pod, ContainerName string
	// Matches holds the captures that have a name.
	Matches map[string]string

	subject *Subject
}

// Cmdline returns the command line as it may be shown. It is a method, as masking takes its
// time and few templates ask for it.
func (f ruleFields) Cmdline() string { return f.subject.shownLine() }

func (r *rule) groupOf(s *Subject) (string, bool) {
	if r.tmpl == nil {
		return r.constant, r.match(s, nil)
	}
	captures := map[string]string{}
	if !r.match(s, captures) {
		return "", false
	}
	f := s.Facts
	name, err := r.execute(ruleFields{
		Name: s.Name, Exe: s.Shown.exe(f.Exe), ExeBase: base(f.Exe), User: f.User, Unit: f.Unit,
		Container: f.Container, PodUID: f.PodUID, Cgroup: s.Shown.cgroup(f.Cgroup), Matches: captures, subject: s,
		Namespace: f.Namespace, Pod: f.Pod, ContainerName: f.ContainerName,
	})
	return name, err == nil && name != ""
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
	r := &rule{at: item, conditions: conds}
	if r.namer, err = newNamer(text, "error", r.sampleFields(wholeSample)); err != nil {
		return nil, name.fault(err)
	}
	return r, nil
}

// sampleFields returns fields to try the template with.
func (r *rule) sampleFields(s sample) any {
	return ruleFields{
		Name: sampleText, Exe: s.exe, ExeBase: sampleText, User: sampleText, Unit: sampleText, Container: sampleText,
		PodUID: sampleText, Cgroup: s.cgroup, Matches: r.captureSample(s), subject: s.subject(),
		Namespace: sampleText, Pod: sampleText, ContainerName: sampleText,
	}
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
