package group_test

import (
	"slices"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// scan reads the table by ascending PID while the world goes on. The first scan is
// instant, for what ends in the middle of it has no baseline.
func (w *world) scan() *process.Snapshot {
	w.tick++
	now := w.tick
	var list []process.Process
	for pid := range w.table {
		if w.scanned && w.between > 0 {
			w.steps(w.rng.IntN(w.between + 1))
		}
		l := w.table[pid]
		if l == nil {
			continue
		}
		// Never twice running: a process that was not read for several scans is new.
		l.overlooked = !l.overlooked && w.scanned && l != w.init && w.chance(w.overlook)
		if !l.overlooked {
			l.seen = true
			list = append(list, l.process())
		}
	}
	s := hosttest.Snapshot(time.Duration(now)*10*time.Millisecond, list...)
	s.Clock.Now = now
	s.ExitSource = w.source
	if w.source != process.ExitsChildren && w.scanned {
		s.Exits = w.drain()
	}
	w.scanned = true
	return s
}

// process is what a scan reads of a life.
func (l *life) process() process.Process {
	ppid := 0
	if l.parent != nil {
		ppid = l.parent.id.PID
	}
	p := hosttest.Process(l.id.PID, ppid, l.name,
		hosttest.CPU(l.own[0], l.own[1]), hosttest.ChildCPU(l.children[0], l.children[1]))
	p.StartTicks, p.Facts = l.id.StartTicks, l.facts
	if l.zombie {
		p.State = process.Zombie
	}
	return p
}

// drain returns the records of what ended; those of processes that no scan saw are
// summed by name now and then.
func (w *world) drain() []process.Exit {
	var out []process.Exit
	var late []*life
	sums := map[string]int{}
	for _, l := range w.records {
		if !l.late && w.chance(w.late) {
			l.late = true
			late = append(late, l)
			continue
		}
		e := process.Exit{
			ID: l.id, Parent: l.parent.id.PID, Name: l.name, Facts: l.facts, Processes: 1,
			Known: process.HasCPU, UserTime: l.own[0], SystemTime: l.own[1],
		}
		if !l.seen {
			w.unseen++
		}
		if l.seen || !w.atFree() || w.chance(50) {
			out = append(out, e)
			continue
		}
		i, ok := sums[l.name]
		if !ok {
			i = len(out)
			sums[l.name] = i
			out = append(out, process.Exit{Name: l.name, Facts: &process.Facts{}, Known: process.HasCPU})
		}
		out[i].Processes++
		out[i].UserTime += e.UserTime
		out[i].SystemTime += e.SystemTime
	}
	w.records = late
	return out
}

// finish ends and reaps everything but init, whose account stays open.
func (w *world) finish() {
	for _, l := range slices.Clone(w.running) {
		w.end(l)
	}
	for w.alive > 1 {
		w.reap(w.init)
	}
}
