package past

import (
	"proctree/collector/group/rules"
	"proctree/collector/history/ledger"
	"proctree/collector/history/report"
	"proctree/collector/process"
	"proctree/tree-api/access"
)

// Sight is what a role may see of the processes of a span.
func (p *Policy) Sight(role access.Role) *report.Sight {
	s := &report.Sight{Private: role != access.Public, Group: p.Group}
	if role.SeesAll() {
		s.Args, s.Paths = p.Shown.Args, true
	}
	return s
}

// Show reports whether a process of a span may be shown, and names its groups as they may be.
func (p *Policy) Show(l *ledger.Life) bool {
	s := &rules.Subject{ID: l.ID, Name: l.Name, Kernel: l.Kernel, Facts: l.Facts, Clock: l.Clock, Shown: p.Shown}
	if p.excludes(s) {
		return false
	}
	l.Group, l.FirstGroup = p.Names.Group(l.Group, *s), p.Names.Group(l.FirstGroup, *s)
	return true
}

// ShowsProcess reports whether a process of a table may be shown.
func (p *Policy) ShowsProcess(q *process.Process, clock process.Clock) bool {
	return !p.excludes(p.subject(q, clock))
}

// Group returns the name under which the group of a process of a table may be shown.
func (p *Policy) Group(recorded string, q *process.Process, clock process.Clock) string {
	return p.Names.Group(recorded, *p.subject(q, clock))
}

func (p *Policy) excludes(s *rules.Subject) bool {
	return p.Rules != nil && p.Rules.HasExclusions() && p.Rules.Excludes(s)
}

func (p *Policy) subject(q *process.Process, clock process.Clock) *rules.Subject {
	return &rules.Subject{ID: q.ID, Name: q.Name, Kernel: q.Kernel, Facts: q.Facts, Clock: clock, Shown: p.Shown}
}
