package group

import (
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// publish makes the report.
func (t *Tracker) publish(s, previous *process.Snapshot) *Report {
	t.edition++
	r := &Report{
		Snapshot: s, Previous: previous, OverflowProcesses: t.overflow, CgroupsLost: t.cgroupsLost, Shown: t.shown,
		Ended:  t.ended,
		Groups: make([]Group, len(t.groups.sorted)),
	}
	for i, g := range t.groups.sorted {
		r.Groups[i] = g.publish(s.Clock)
	}
	for i, p := range t.live {
		if p.verdict == rules.Excluded {
			if r.excluded == nil {
				r.excluded = make([]bool, len(t.live))
			}
			r.excluded[i] = true
		}
	}
	t.names = namesOf(t.live, t.names)
	r.names = t.names
	r.Top = t.selectTop(s)
	return r
}

// namesOf returns the groups' names of the processes: the last ones, which reports share, as
// long as they are the same.
func namesOf(live []*tracked, last []string) []string {
	same := len(last) == len(live)
	for i := 0; same && i < len(live); i++ {
		same = last[i] == live[i].groupName()
	}
	if same && last != nil {
		return last
	}
	names := make([]string, len(live))
	for i, p := range live {
		names[i] = p.groupName()
	}
	return names
}

// groupName is the name of the group in which a process is shown, "" for none.
func (p *tracked) groupName() string {
	if p.verdict == rules.Excluded || p.group == nil {
		return ""
	}
	return p.group.Name
}
