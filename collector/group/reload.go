package group

import (
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// Reload applies another configuration. When it returns, Report returns what it makes of
// the newest snapshot, and nothing is left of what the one before made. A group that still
// has members, or that the configuration names, keeps its counters. All others go at once:
// their names may be what is not to be shown any more.
func (t *Tracker) Reload(cfg Config) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.report.Load()
	if last != nil {
		t.groups.since = last.Snapshot.Taken
	}
	t.configure(&cfg)
	if last == nil {
		return
	}
	t.clearGauges()
	t.groups.reopen()
	for i := range last.Snapshot.Processes {
		t.regroup(last.Snapshot.Processes[i], t.live[i], last.Snapshot)
	}
	t.groups.close()
	t.sumGPUMemory(last.Snapshot)
	t.showLimits(last.Snapshot, nil)
	for _, p := range t.gone {
		t.regroupGone(p, last.Snapshot)
	}
	t.report.Store(t.publish(last.Snapshot, last.Previous))
}

// configure takes over a configuration.
func (t *Tracker) configure(cfg *Config) {
	t.cfg = cfg.withDefaults()
	shown := t.cfg.Shown
	t.shown = &shown
	t.generation++
	t.groups.max = t.cfg.MaxGroups
	t.groups.name(t.cfg.Rules.Named())
}

// regroupGone decides the group of a process that has ended, to which its exit record, or
// what it left to its parent, may yet be added.
func (t *Tracker) regroupGone(p *tracked, s *process.Snapshot) {
	p.wanted, p.verdict = t.cfg.Rules.Decide(&rules.Subject{
		ID: p.id, Name: p.name, Kernel: p.kernel, Facts: p.facts, Clock: s.Clock, Shown: t.shown,
	})
	if p.verdict == rules.Unmatched && p.parent != nil {
		p.wanted = p.parent.wanted
	}
	p.overflow = false
	switch p.group = t.groups.byName[p.wanted]; {
	case p.wanted == "":
		p.group = nil
	case p.group == nil:
		// The group is made when there is something to add to it.
		p.group = &tally{expired: true}
	}
}
