package rules

import (
	"fmt"
	"strings"

	"proctree/collector/process"

	"go.yaml.in/yaml/v3"
)

// maxRules bounds each list of the configuration.
const maxRules = 10_000

// Sections are the parts of the configuration file that are about groups. A nil or zero
// node is a section that is not there.
type Sections struct {
	// Groups is our own list of rules: each has "group", the template of the name, and
	// at least one matcher.
	Groups *yaml.Node
	// ProcessNames is process-exporter's list.
	ProcessNames *yaml.Node
	// Exclude is a list of matchers; what matches one is in no output at all.
	Exclude *yaml.Node
	// Limits are those of the system.
	Limits Limits
}

// Limits are what the system makes of the texts that rules look at. The zero value knows nothing.
type Limits struct {
	// LongestName is how many bytes of a name the system keeps; 0 is all.
	LongestName int
	// SlashedPaths is that the path of an executable and of a control group begins with "/".
	SlashedPaths bool
}

// Rules decide the group of a process: exclude first, then groups, then process_names,
// and the first entry that matches wins. Without groups and process_names, and for what
// no entry of groups matches, the group is the process' name. The zero value has no
// entries. Safe for concurrent use.
type Rules struct {
	exclude []conditions
	// excludeAt is where each of them stands.
	excludeAt []keyed
	rules     []grouper
	// inherit is process-exporter's way: what nothing matches is in the group of its
	// nearest ancestor that has one, or in none.
	inherit bool
	named   []string
	// warnings are what Warnings returns.
	warnings []string
}

// grouper is one entry of a list: it tells the name of the group, and false when the
// process is not its own.
type grouper interface {
	groupOf(*Subject) (string, bool)
}

// New compiles the sections. An error is a *ConfigError.
func New(s Sections) (*Rules, error) {
	r := &Rules{}
	if err := r.addExclude(s.Exclude); err != nil {
		return nil, err
	}
	for _, section := range []struct {
		key   string
		node  *yaml.Node
		parse func([]keyed) ([]grouper, error)
	}{
		{"groups", s.Groups, parseGroups},
		{"process_names", s.ProcessNames, parseProcessNames},
	} {
		list, err := entries(section.node, section.key)
		if err != nil {
			return nil, err
		}
		rules, err := section.parse(list)
		if err != nil {
			return nil, err
		}
		r.rules = append(r.rules, rules...)
	}
	r.inherit = !isNull(s.ProcessNames)
	r.judge(s.Limits)
	return r, nil
}

// entries returns the members of one section.
func entries(n *yaml.Node, key string) ([]keyed, error) {
	list, err := items(n, key)
	if err == nil && len(list) > maxRules {
		return nil, faultAt(n, key, fmt.Errorf("has %d entries; at most %d are allowed", len(list), maxRules))
	}
	return list, err
}

func (r *Rules) addExclude(n *yaml.Node) error {
	list, err := entries(n, "exclude")
	if err != nil {
		return err
	}
	for _, item := range list {
		conds, err := parseConditions(item, nil)
		if err != nil {
			return err
		}
		r.exclude = append(r.exclude, conds)
		r.excludeAt = append(r.excludeAt, item)
	}
	return nil
}

// judge gathers the names that the configuration spells out, and warns of the rules that can
// never match: no group is expected of them.
func (r *Rules) judge(limits Limits) {
	list := r.state(limits)
	for _, s := range list {
		if s.impossible != "" {
			r.warn(s.at, "never matches: "+s.impossible)
			continue
		}
		for _, name := range s.demands[aspectName].texts {
			switch {
			case limits.LongestName > 0 && len(name) > limits.LongestName:
				r.warn(s.at, fmt.Sprintf("the name %q never occurs: the kernel cuts names after %d bytes", name, limits.LongestName))
			case strings.ContainsAny(name, "\r\n"):
				r.warn(s.at, fmt.Sprintf("the name %q has a line break, which hardly any process has; remove it", name))
			}
		}
	}
	named := map[string]bool{}
	for i, g := range r.rules {
		var name string
		switch g := g.(type) {
		case *rule:
			name = g.constant
		case *processName:
			name = g.constant
		}
		if name != "" && list[len(r.exclude)+i].impossible == "" && !named[name] {
			named[name] = true
			r.named = append(r.named, name)
		}
	}
}

func (r *Rules) warn(at keyed, text string) {
	r.warnings = append(r.warnings, fmt.Sprintf("line %d: %s: %s", at.Line, at.key, text))
}

// Verdict is what the rules make of a process.
type Verdict uint8

const (
	// Grouped is in a group.
	Grouped Verdict = iota
	// Unmatched is in no group of its own.
	Unmatched
	// Excluded is in no output.
	Excluded
)

// Decide applies the rules; name is empty unless the process is grouped. Absent facts of s are
// set to empty ones.
func (r *Rules) Decide(s *Subject) (name string, v Verdict) {
	if r.Excludes(s) {
		return "", Excluded
	}
	for _, g := range r.rules {
		name, ok := g.groupOf(s)
		switch {
		case ok && name != "":
			return name, Grouped
		case ok:
			return "", Unmatched
		}
	}
	if r.inherit {
		return "", Unmatched
	}
	return defaultName(s), Grouped
}

// Excludes reports whether the process is in no output. Absent facts of s are set to empty ones.
func (r *Rules) Excludes(s *Subject) bool {
	if s.Facts == nil {
		s.Facts = &process.Facts{}
	}
	for _, conds := range r.exclude {
		if conds.match(s, nil) {
			return true
		}
	}
	return false
}

// HasExclusions reports whether any process can be excluded.
func (r *Rules) HasExclusions() bool { return len(r.exclude) > 0 }

// defaultName is the process' name. Of a kernel thread it is what comes before the first
// slash: the rest tells the CPU, the queue or the work at hand, and would make groups by
// the hundred that come and go.
func defaultName(s *Subject) string {
	name := s.Name
	if i := strings.IndexByte(name, '/'); s.Kernel && i > 0 {
		name = name[:i]
	}
	if name == "" {
		return "unknown"
	}
	return labelValue(name)
}
