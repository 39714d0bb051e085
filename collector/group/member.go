package group

import (
	"sort"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// sum gives every process of the snapshot its group and adds it there.
func (t *Tracker) sum(s *process.Snapshot) {
	for i := range s.Processes {
		cur, p := s.Processes[i], t.live[i]
		if p.ppid != cur.PPID || p.parent == nil || !p.parent.alive() {
			p.ppid, p.parent = cur.PPID, t.parentOf(cur.PPID, cur.ID)
		}
		if p.parent != nil && p.parent.id.PID > p.id.PID {
			t.inverted++
		}
		if g := t.regroup(cur, p, s); g != nil {
			if !p.calm {
				g.grow(&p.grown)
			}
			if p.started {
				g.Starts++
			}
		}
		p.started = false
	}
}

// regroup makes a process a member of its group, which it returns; nil is none.
func (t *Tracker) regroup(cur *process.Process, p *tracked, s *process.Snapshot) *tally {
	t.decide(p, s)
	if p.overflow {
		t.overflow++
	}
	if p.group != nil {
		p.group.addMember(cur, t.groups.since)
	}
	return p.group
}

// byPID returns the process of the newest snapshot that has that PID, or nil.
func (t *Tracker) byPID(pid int) *tracked {
	i := sort.Search(len(t.live), func(i int) bool { return t.live[i].id.PID >= pid })
	if i < len(t.live) && t.live[i].id.PID == pid {
		return t.live[i]
	}
	return nil
}

// parentOf returns the parent of child by the PID that the kernel gave, or nil.
func (t *Tracker) parentOf(ppid int, child process.ID) *tracked {
	p := t.byPID(ppid)
	if p == nil || ppid <= 0 || !p.id.CanParent(child) {
		return nil
	}
	return p
}

// decide gives a live process its group, unless that stands already.
func (t *Tracker) decide(p *tracked, s *process.Snapshot) {
	cur := s.Processes[p.index]
	stands := p.generation == t.generation && p.facts == cur.Facts && p.name == cur.Name
	if stands && (!p.overflow || !t.groups.room()) {
		return
	}
	p.generation, p.facts, p.name = t.generation, cur.Facts, cur.Name
	p.wanted, p.verdict = t.cfg.Rules.Decide(&rules.Subject{
		ID: cur.ID, Name: cur.Name, Kernel: cur.Kernel, Facts: cur.Facts, Clock: s.Clock, Shown: t.shown,
	})
	if p.verdict == rules.Unmatched {
		p.wanted = t.inherited(t.parentOf(cur.PPID, cur.ID), s)
	}
	p.group, p.overflow = t.admit(p.wanted)
}

// inherited returns the group's name of a parent, which may be yet to be decided.
func (t *Tracker) inherited(parent *tracked, s *process.Snapshot) string {
	if parent == nil {
		return ""
	}
	t.decide(parent, s)
	return parent.wanted
}

// admit returns the tally of a group's name; "" is none.
func (t *Tracker) admit(name string) (g *tally, overflow bool) {
	if name == "" {
		return nil, false
	}
	return t.groups.admit(name)
}
