package group

import (
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// readRecords counts what ended, where the kernel tells of each process.
func (t *Tracker) readRecords(s *process.Snapshot) {
	if t.scan == 1 {
		return // They ended before there was anything to compare with.
	}
	for i := range s.Exits {
		e := &s.Exits[i]
		if p := t.known(e.ID); p != nil {
			t.recordSeen(p, e, s)
		} else {
			t.recordUnseen(e, s)
		}
	}
}

// known returns the process with that identity, if a scan has seen it.
func (t *Tracker) known(id process.ID) *tracked {
	if id.PID == 0 {
		return nil
	}
	if p := t.gone[id]; p != nil {
		return p
	}
	if p := t.byPID(id.PID); p != nil && p.id == id {
		return p
	}
	return nil
}

// recordSeen counts what a process used after the last scan that saw it.
func (t *Tracker) recordSeen(p *tracked, e *process.Exit, s *process.Snapshot) {
	now := usageOfExit(e)
	grown := p.counted.advance(&now, e.Known)
	grown.believe(s.Clock.Age(e.ID.StartTicks), mostThreads)
	if p.name != e.Name {
		// It ran another program by then.
		p.wanted, p.verdict = t.groupOfExit(e, s)
		p.name, p.facts = e.Name, e.Facts
		p.group, p.overflow = t.admit(p.wanted)
	}
	g := t.current(p)
	t.addEnded(Ended{e, p.wanted, true}, p.verdict)
	if g != nil {
		g.learn(e.Known&p.counted.known, t.groups.since)
		g.grow(&grown)
		if !p.exited {
			g.Exits++
			g.grew = true
		}
		if e.Reason != "" && !p.recorded {
			g.countAbnormal(boundedReason(e.Reason), 1, t.scan, t.groups.since)
			g.grew = true
		}
	}
	p.exited, p.recorded = true, true
}

// recordUnseen counts the whole of processes that lived between two scans.
func (t *Tracker) recordUnseen(e *process.Exit, s *process.Snapshot) {
	if e.ID.PID != 0 {
		t.unseen[e.ID] = t.scan
	}
	name, verdict := t.groupOfExit(e, s)
	t.addEnded(Ended{e, name, true}, verdict)
	g, _ := t.admit(name)
	if g == nil {
		return
	}
	n := max(e.Processes, 1)
	g.grew = true
	g.Exits += n
	if e.Reason != "" {
		g.countAbnormal(boundedReason(e.Reason), n, t.scan, t.groups.since)
	}
	if e.ID.PID != 0 && !t.isOurs(e.ID.StartTicks) {
		return // How much of it came before the first scan, or was counted, nobody knows.
	}
	g.Starts += n
	g.ShortLived += n
	g.learn(e.Known, t.groups.since)
	used := usageOfExit(e)
	used.believe(s.Taken.Sub(t.groups.since), mostThreads*int(min(n, maxEnded)))
	g.grow(&used)
}

// groupOfExit applies the rules to a record.
func (t *Tracker) groupOfExit(e *process.Exit, s *process.Snapshot) (name string, v rules.Verdict) {
	parent := t.byPID(e.Parent)
	if e.ID.PID != 0 {
		parent = t.parentOf(e.Parent, e.ID)
	}
	name, v = t.cfg.Rules.Decide(&rules.Subject{
		ID: e.ID, Name: e.Name, Kernel: parent != nil && parent.kernel, Facts: e.Facts, Clock: s.Clock, Shown: t.shown,
	})
	if v == rules.Unmatched {
		name = t.inherited(parent, s)
	}
	return name, v
}

// current returns the tally of a process' group, a new one if that has expired.
func (t *Tracker) current(p *tracked) *tally {
	if p.group != nil && p.group.expired {
		p.group, p.overflow = t.admit(p.wanted)
	}
	return p.group
}

// countVanished counts the exit of what this scan did not see again.
func (t *Tracker) countVanished() {
	for _, p := range t.vanished {
		if p.exited {
			continue
		}
		p.exited = true
		t.addEnded(Ended{p.lastSeen(), p.wanted, false}, p.verdict)
		if g := t.current(p); g != nil {
			g.Exits++
			g.grew = true
		}
	}
}

// maxEnded bounds the ends without a record that one report lists: each can hold the facts of a
// process. The snapshot holds all records anyway.
const maxEnded = 500

func (t *Tracker) addEnded(e Ended, v rules.Verdict) {
	if v != rules.Excluded && (e.Recorded || len(t.ended) < maxEnded) {
		t.ended = append(t.ended, e)
	}
}

// lastSeen is what the scans have shown of a process that is gone without a record.
func (p *tracked) lastSeen() *process.Exit {
	used := &p.counted.usage
	return &process.Exit{
		ID: p.id, Parent: p.ppid, Name: p.name, Facts: p.facts, Processes: 1, Known: p.counted.known,
		UserTime: used.cpu.User, SystemTime: used.cpu.System, CPUWait: used.wait, Delays: used.delays, ReadBytes: used.read, WrittenBytes: used.written,
		Network: used.network,
	}
}
