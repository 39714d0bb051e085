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
		g.place = int32(i)
	}
	for i, p := range t.live {
		if p.verdict == rules.Excluded {
			if r.excluded == nil {
				r.excluded = make([]bool, len(t.live))
			}
			r.excluded[i] = true
		}
	}
	t.places = placesOf(t.live, t.places)
	r.places = t.places
	r.Top = t.selectTop(s)
	return r
}

// placesOf returns the places of the processes' groups among those of the report: the last ones,
// which reports share, as long as they are the same.
func placesOf(live []*tracked, last []int32) []int32 {
	same := last != nil && len(last) == len(live)
	for i := 0; same && i < len(live); i++ {
		same = last[i] == live[i].place()
	}
	if same {
		return last
	}
	places := make([]int32, len(live))
	for i, p := range live {
		places[i] = p.place()
	}
	return places
}

// place is that of the group in which a process is shown.
func (p *tracked) place() int32 {
	if p.verdict == rules.Excluded || p.group == nil {
		return noGroup
	}
	return p.group.place
}
