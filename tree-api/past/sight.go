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
	s := &report.Sight{Private: role != access.Public}
	if role.SeesAll() {
		s.Args, s.Paths = p.Shown.Args, true
	}
	return s
}

// Shows reports whether a process of a span may be shown.
func (p *Policy) Shows(l *ledger.Life) bool {
	if p.Rules == nil || !p.Rules.HasExclusions() {
		return true
	}
	return !p.Rules.Excludes(&rules.Subject{ID: l.ID, Name: l.Name, Kernel: l.Kernel, Facts: l.Facts, Clock: l.Clock, Shown: p.Shown})
}

// ShowsProcess reports whether a process of a table may be shown.
func (p *Policy) ShowsProcess(q *process.Process, clock process.Clock) bool {
	if p.Rules == nil || !p.Rules.HasExclusions() {
		return true
	}
	return !p.Rules.Excludes(&rules.Subject{ID: q.ID, Name: q.Name, Kernel: q.Kernel, Facts: q.Facts, Clock: clock, Shown: p.Shown})
}
