package rules

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// aspect is something of a process that a rule can look at.
type aspect uint8

// The aspects: the matchers of groups in their order, and argv[0], which process_names has.
const (
	aspectName aspect = iota
	aspectUser
	aspectUnit
	aspectContainer
	aspectNamespace
	aspectPod
	aspectContainerName
	aspectCgroup
	aspectExe
	aspectCmdline
	aspectArgv0
	aspects
)

// demand is what a rule demands of one aspect. The zero value is nothing.
type demand struct {
	// all must match.
	all []language
	// texts are the only ones that will do; nil is any.
	texts []string
	// some is that the empty text will not do.
	some bool
}

// nothing reports whether everything will do.
func (d *demand) nothing() bool {
	return d.texts == nil && !slices.ContainsFunc(d.all, func(l language) bool { return !l.all })
}

// impossible says why no text will do; "" if one may. Only what the limits say of the aspect
// counts.
func (d *demand) impossible(limits Limits) string {
	longest := limits.LongestName
	switch {
	case d.texts != nil && len(d.texts) == 0:
		return "an empty list matches nothing"
	case longest > 0 && d.texts != nil && !slices.ContainsFunc(d.texts, func(s string) bool { return len(s) <= longest }):
		return fmt.Sprintf("the kernel cuts names after %d bytes: %q never occurs, %q may", longest, d.texts[0], d.texts[0][:longest])
	}
	for _, l := range d.all {
		switch {
		case l.shortest >= never:
			return "the expression matches nothing"
		case longest > 0 && l.shortest > longest:
			return fmt.Sprintf("the kernel cuts names after %d bytes, and the shortest that matches has %d", longest, l.shortest)
		case limits.SlashedPaths && !l.path():
			return `the path begins with "/", and the expression must match all of it`
		}
	}
	return ""
}

// within reports whether all that will do for d will do for the other too. False may mean
// that nobody knows.
func (d *demand) within(other *demand) bool {
	if other.texts != nil && (d.texts == nil || !subset(d.texts, other.texts)) {
		return false
	}
	for i := range other.all {
		if !d.implies(&other.all[i]) {
			return false
		}
	}
	return true
}

func (d *demand) implies(l *language) bool {
	switch {
	case l.all, l.some && d.some:
		return true
	case d.texts != nil:
		return !slices.ContainsFunc(d.texts, func(s string) bool { return !l.MatchString(s) })
	}
	for i := range d.all {
		own := &d.all[i]
		if own.String() == l.String() || own.texts != nil && !slices.ContainsFunc(own.texts, func(s string) bool { return !l.MatchString(s) }) {
			return true
		}
	}
	return false
}

func subset(list, of []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(of, s) })
}

// demands are those of one rule.
type demands [aspects]demand

// within reports whether every process that the rule matches is one that the other matches.
func (d *demands) within(other *demands) bool {
	for i := range d {
		if !other[i].nothing() && !d[i].within(&other[i]) {
			return false
		}
	}
	return true
}

func (c conditions) demands() *demands {
	d := &demands{}
	for i, re := range c {
		if re == nil {
			continue
		}
		l := languageOf(re)
		d[i] = demand{all: []language{l}, texts: l.texts, some: !re.MatchString("")}
	}
	return d
}

func (p *processName) demands() *demands {
	d := &demands{}
	if p.comm != nil {
		d[aspectName].texts = sortedKeys(p.comm)
	}
	if p.exe != nil {
		d[aspectArgv0].texts = make([]string, 0, len(p.exe))
		for base, full := range p.exe {
			d[aspectArgv0].texts = append(d[aspectArgv0].texts, base+"\x00"+full)
		}
		slices.Sort(d[aspectArgv0].texts)
	}
	// There is an argv[0] only where there is a command line.
	d[aspectCmdline].some = p.exe != nil
	for _, re := range p.cmdline {
		d[aspectCmdline].all = append(d[aspectCmdline].all, languageOf(re))
		d[aspectCmdline].some = d[aspectCmdline].some || !re.MatchString("")
	}
	return d
}

func sortedKeys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// alwaysNames reports whether a template of groups makes a name of every process: otherwise
// the next rule is tried.
func (n namer) alwaysNames() bool {
	if n.tmpl == nil {
		return true
	}
	text := false
	for _, node := range n.tmpl.Root.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
			text = text || len(node.Text) > 0
		case *parse.ActionNode:
			if len(node.Pipe.Decl) > 0 || len(node.Pipe.Cmds) != 1 || len(node.Pipe.Cmds[0].Args) != 1 {
				return false
			}
			field, ok := node.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
			if !ok {
				return false
			}
			text = text || field.Ident[0] == "Name"
		default:
			return false
		}
	}
	return text
}

// stated is a rule as it is written, for what is said about it.
type stated struct {
	at keyed
	*demands
	// takes is that what it matches gets to no later rule.
	takes bool
	// impossible is why it matches nothing; "" if it may match.
	impossible string
}

func (s *stated) where() string { return fmt.Sprintf("%s in line %d", s.at.key, s.at.Line) }

// state finds the rules that can never match.
func (r *Rules) state(limits Limits) []*stated {
	var list []*stated
	for i, conds := range r.exclude {
		list = append(list, &stated{at: r.excludeAt[i], demands: conds.demands(), takes: true})
	}
	for _, g := range r.rules {
		switch g := g.(type) {
		case *rule:
			list = append(list, &stated{at: g.at, demands: g.demands(), takes: g.alwaysNames()})
		case *processName:
			list = append(list, &stated{at: g.at, demands: g.demands(), takes: true})
		}
	}
	before := takers{byName: map[string][]*stated{}}
	for _, s := range list {
		if s.impossible = s.whyNever(&before, limits); s.impossible == "" && s.takes {
			before.add(s)
		}
	}
	return list
}

// maxWide bounds with how many rules each later one is compared.
const maxWide = 500

// takers are rules that leave nothing of what they match to later ones: by each name that
// they want, and the first of those that want no certain names.
type takers struct {
	byName map[string][]*stated
	wide   []*stated
}

func (t *takers) add(s *stated) {
	names := s.demands[aspectName].texts
	if names == nil && len(t.wide) < maxWide {
		t.wide = append(t.wide, s)
	}
	for _, name := range names {
		t.byName[name] = append(t.byName[name], s)
	}
}

// mayTake returns the rules that may take all that a rule matches.
func (t *takers) mayTake(s *stated) []*stated {
	if names := s.demands[aspectName].texts; len(names) > 0 {
		return slices.Concat(t.byName[names[0]], t.wide)
	}
	return t.wide
}

// whyNever says why a rule behind others never matches; "" if it may.
func (s *stated) whyNever(before *takers, limits Limits) string {
	for i := range s.demands {
		if why := s.demands[i].impossible(limits.of(aspect(i))); why != "" {
			return why
		}
	}
	for _, other := range before.mayTake(s) {
		if s.within(other.demands) {
			return other.where() + " takes every process that it could match"
		}
	}
	return ""
}

// of returns the limits of one aspect.
func (l Limits) of(a aspect) Limits {
	switch a {
	case aspectName:
		return Limits{LongestName: l.LongestName}
	case aspectCgroup, aspectExe:
		return Limits{SlashedPaths: l.SlashedPaths}
	}
	return Limits{}
}

// Named returns the names that the configuration spells out, of rules that can match.
func (r *Rules) Named() []string {
	if r == nil {
		return nil
	}
	return r.named
}

// Warnings returns a line for each rule that can never match, and for each name that the
// kernel would have cut.
func (r *Rules) Warnings() []string {
	if r == nil {
		return nil
	}
	return r.warnings
}

// affected returns the rules whose names change with a sample.
func (r *Rules) affected(other sample) string {
	var list []string
	for _, g := range r.rules {
		var at keyed
		var n namer
		var fields func(sample) any
		switch g := g.(type) {
		case *rule:
			at, n, fields = g.at, g.namer, g.sampleFields
		case *processName:
			at, n, fields = g.at, g.namer, g.sampleFields
		}
		if n.tmpl == nil {
			continue
		}
		first, firstErr := n.execute(fields(wholeSample))
		second, secondErr := n.execute(fields(other))
		if first != second || (firstErr == nil) != (secondErr == nil) {
			list = append(list, (&stated{at: at}).where())
		}
	}
	return strings.Join(list, ", ")
}

// ShowCmdline lists the rules whose names have something of a command line; "" if none has.
func (r *Rules) ShowCmdline() string {
	if r == nil {
		return ""
	}
	return r.affected(sample{exe: sampleText, cgroup: sampleText})
}

// ShowExe lists the rules whose names have the path of an executable; "" if none has.
func (r *Rules) ShowExe() string {
	if r == nil {
		return ""
	}
	return r.affected(sample{exe: "x", cgroup: sampleText, cmdline: sampleText})
}

// ShowCgroup lists the rules whose names have the path of a control group; "" if none has.
func (r *Rules) ShowCgroup() string {
	if r == nil {
		return ""
	}
	return r.affected(sample{exe: sampleText, cgroup: "x", cmdline: sampleText})
}
