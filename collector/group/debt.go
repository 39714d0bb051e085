package group

import (
	"iter"

	"proctree/collector/process"
)

// maxWait is after how many scans a debt is given up in any case.
const maxWait = 20

// reaping is what the Tracker knows of the children that a process waited for, and of
// its own debt to its parent when it has ended.
type reaping struct {
	// children is the mark of the children's times, and marked says that there is one.
	children process.CPU
	marked   bool
	// grew is the growth in the newest scan, fresh what is left of it; deferred is what the
	// scan before held back of its own.
	grew, fresh, deferred process.CPU
	// debt is what is still to be deducted, paid what was; until is the scan in which it
	// is given up.
	debt, paid process.CPU
	until      uint64
	// suspect is how much of grew may have been counted in the scan under way, and aside
	// what of fresh was laid aside for it.
	suspect, aside process.CPU
	// charged is the last scan in which a child that ended paid from here.
	charged uint64
}

// update takes over the children's times of a scan.
func (r *reaping) update(cur *process.Process) {
	r.grew, r.fresh = process.CPU{}, process.CPU{}
	if !cur.Known.Has(process.HasChildCPU) {
		return
	}
	now := cur.ChildCPU()
	if r.marked {
		r.grew = advanceCPU(&r.children, now)
		r.fresh = r.grew
	} else {
		r.children, r.marked = now, true
	}
}

// owes returns what its parent's growth will hold that was counted already.
func (p *tracked) owes() process.CPU {
	sum := p.counted.cpu.Plus(p.children)
	take(&sum, p.paid)
	return sum
}

// refund gives back what a process paid that had not ended at all, but was left out by a
// scan that could not read it.
func (t *Tracker) refund() {
	for _, p := range t.returned {
		p.debt = process.CPU{}
		if p.parent != nil {
			p.parent.deferred = p.parent.deferred.Plus(p.paid)
			p.paid = process.CPU{}
		}
	}
}

// collectDebts opens the debts of what has ended, and closes those that are paid or past
// their time. Older ones come first.
func (t *Tracker) collectDebts() {
	open := t.debtors[:0]
	for _, p := range t.debtors {
		if p.debt != (process.CPU{}) && t.scan < p.until {
			open = append(open, p)
		}
	}
	clear(t.debtors[len(open):])
	for _, p := range t.vanished {
		if p.debt = p.owes(); p.debt != (process.CPU{}) {
			p.until = t.scan + rememberScans
			open = append(open, p)
		}
	}
	t.debtors = open
}

// reaperOf returns the parent if it lives and can wait: then nobody else reaped p.
func (t *Tracker) reaperOf(p *tracked) *tracked {
	if p.parent == nil {
		p.parent = t.parentOf(p.ppid, p.id)
	}
	if p.parent != nil && p.parent.alive() && !p.parent.zombie {
		return p.parent
	}
	return nil
}

// payUpwards pays the debt of a process whose parent has ended too, or is not known.
func (t *Tracker) payUpwards(p *tracked) {
	for a := range t.reapersAbove(p) {
		p.payFrom(&a.deferred, &a.fresh)
		if (a.charged == t.scan || a.aside != (process.CPU{})) && t.scan < p.seen+maxWait {
			// What is p's may have paid for another, or been laid aside for it.
			p.until = t.scan + rememberScans
		}
	}
}

// reapersAbove walks up from the parent of p, and ends at PID 1.
func (t *Tracker) reapersAbove(p *tracked) iter.Seq[*tracked] {
	return func(yield func(*tracked) bool) {
		reachedInit := false
		for a := p.parent; a != nil; a = a.parent {
			reachedInit = reachedInit || a.id.PID == 1
			if !yield(a) {
				return
			}
		}
		if first := t.byPID(1); first != nil && !reachedInit {
			yield(first)
		}
	}
}

// payFrom pays as much as there is.
func (p *tracked) payFrom(pools ...*process.CPU) {
	for _, pool := range pools {
		paid := take(pool, p.debt)
		take(&p.debt, paid)
		p.paid = p.paid.Plus(paid)
	}
}
