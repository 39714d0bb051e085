package group

import (
	"proctree/collector/process"
)

// publish makes the report.
func (t *Tracker) publish(s, previous *process.Snapshot) *Report {
	t.edition++
	r := &Report{
		Snapshot: s, Previous: previous, OverflowProcesses: t.overflow, Shown: t.shown,
		Groups: make([]Group, len(t.groups.sorted)),
		names:  make([]string, len(t.live)),
	}
	for i, g := range t.groups.sorted {
		r.Groups[i] = g.publish(s.Clock)
	}
	for i, p := range t.live {
		switch {
		case p.standing == excluded:
			if r.excluded == nil {
				r.excluded = make([]bool, len(t.live))
			}
			r.excluded[i] = true
		case p.group != nil:
			r.names[i] = p.group.Name
		}
	}
	r.Top = t.selectTop(s)
	return r
}
