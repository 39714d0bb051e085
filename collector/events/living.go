package events

import (
	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// living knows the processes of which there were events: what they run, their group and their parent. Of
// others the newest scan knows. Only one goroutine may use it.
type living struct {
	processes map[int]*alive
	policy    *Policy
	// clock is that of the newest scan, without its moment; nil before the first one.
	clock *process.Clock
}

// alive is one of these processes.
type alive struct {
	id       process.ID
	name     string
	kernel   bool
	facts    *process.Facts
	group    string
	excluded bool
	// timeless is that the group was decided before a clock was known, which its name may have.
	timeless bool
	// parent is the nearest ancestor that is not excluded.
	parent     int
	parentName string
}

// maxLiving bounds the processes whose exit was never seen because it was lost.
const maxLiving = 1 << 16

// see appends the entries of an event; an excluded process has none.
func (l *living) see(e *process.Event, report *group.Report, policy *Policy, into []Entry) []Entry {
	if l.policy != policy || len(l.processes) > maxLiving {
		clear(l.processes) // Groups are to be decided again.
		l.policy = policy
	}
	if report != nil {
		l.setClock(report.Snapshot.Clock)
	}
	before := l.find(e.ID, report)
	now := l.describe(e, before, report)
	if e.Kind == process.EventExit {
		delete(l.processes, e.ID.PID)
	} else {
		l.processes[e.ID.PID] = now
	}
	if now.excluded {
		return into
	}
	entry := Entry{Event: *e, Group: now.group, ParentName: now.parentName, Clock: l.clock}
	entry.Parent, entry.Facts = now.parent, now.facts
	if e.Kind == process.EventExit && e.Reason == process.OOMKilled {
		killed := entry
		killed.Kind = process.EventOOMKill
		into = append(into, killed)
	}
	return append(into, entry)
}

// setClock takes over the clock of a scan. Entries share it until somebody sets the time.
func (l *living) setClock(clock process.Clock) {
	clock.Now = 0
	if l.clock == nil || !l.clock.Epoch.Equal(clock.Epoch) || l.clock.TicksPerSecond != clock.TicksPerSecond {
		l.clock = &clock
	}
}

// describe returns what is known of a process after an event.
func (l *living) describe(e *process.Event, before *alive, report *group.Report) *alive {
	parent := l.findParent(e, report)
	now := &alive{id: e.ID, name: e.Name, kernel: e.Kernel, facts: e.Facts}
	switch {
	case parent == nil:
		now.parent = e.Parent
	case parent.excluded:
		now.parent, now.parentName = parent.parent, parent.parentName
	default:
		now.parent, now.parentName = e.Parent, parent.name
	}
	if e.Kind == process.EventFork && parent != nil && parent.name == e.Name {
		before = parent // It runs the same program.
	}
	if e.Kind != process.EventExec && before != nil {
		now.facts = withUser(before.facts, e.Facts)
		if now.facts == before.facts && now.name == before.name && (!before.timeless || l.clock == nil) {
			now.group, now.excluded, now.timeless = before.group, before.excluded, before.timeless
			return now
		}
	}
	l.decide(now, parent)
	return now
}

// withUser returns the facts of a process, with the user that it has now.
func withUser(facts, now *process.Facts) *process.Facts {
	if facts.User == now.User {
		return facts
	}
	changed := *facts
	changed.User = now.User
	return &changed
}

// decide applies the rules.
func (l *living) decide(now, parent *alive) {
	if l.policy == nil {
		return
	}
	s := &rules.Subject{ID: now.id, Name: now.name, Kernel: now.kernel, Facts: now.facts, Shown: l.policy.Shown}
	if now.timeless = l.clock == nil; !now.timeless {
		s.Clock = *l.clock
	}
	name, verdict := l.policy.Rules.Decide(s)
	now.group, now.excluded = name, verdict == rules.Excluded
	if verdict == rules.Unmatched && parent != nil {
		now.group = parent.group
	}
}

// find returns what is known of a process before an event; nil is nothing.
func (l *living) find(id process.ID, report *group.Report) *alive {
	if p := l.processes[id.PID]; p != nil && p.id == id {
		return p
	}
	if report == nil {
		return nil
	}
	return scanned(report, id.PID, func(p *process.Process) bool { return p.ID == id })
}

// findParent returns the parent of a process; nil where it is not known.
func (l *living) findParent(e *process.Event, report *group.Report) *alive {
	if e.Parent <= 0 {
		return nil
	}
	if p := l.processes[e.Parent]; p != nil && p.id.CanParent(e.ID) {
		return p
	}
	if report == nil {
		return nil
	}
	return scanned(report, e.Parent, func(p *process.Process) bool { return p.CanParent(e.ID) })
}

// scanned returns what the newest scan has shown of a PID.
func scanned(report *group.Report, pid int, is func(*process.Process) bool) *alive {
	i, ok := report.Snapshot.Index(pid)
	if !ok || !is(report.Snapshot.Processes[i]) {
		return nil
	}
	p := report.Snapshot.Processes[i]
	name, shown := report.GroupOf(i)
	return &alive{id: p.ID, name: p.Name, kernel: p.Kernel, facts: p.Facts, group: name, excluded: !shown}
}
