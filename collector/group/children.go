package group

import (
	"iter"

	"proctree/collector/host"
)

// Where no records of exits are to be had, the parents tell: when a process is waited
// for, its CPU time and that of the children it had waited for itself are added to its
// parent's children's times (proc_pid_stat(5), cutime and cstime). Of that growth, what
// the scans had already counted while the process lived is deducted; the rest is what
// processes used that no scan saw, or that ended after their last scan. It goes to the
// parent's group, for the parent is all that is known of them.
//
// The deduction is a debt: what ended owes what was counted of it, and pays it from the
// growth of whoever reaped it. That is its parent, if that lives on. If not, the parent
// may have reaped it and been reaped in its turn, or it became an orphan: then the
// nearest ancestor that is left pays first, and what it cannot pay is asked of the next
// one up, to PID 1 at last. In the sum over all groups it does not matter who pays.
//
// A scan is not one instant. A parent read before it reaped shows its growth in the next
// scan, so a debt stays open for a few scans. A parent read after it reaped a child that
// had been read before (its PID is lower, as tables are read by ascending PID) shows a
// growth for which the debt comes with the next scan: as much is held back until then.
//
// Excluded processes and those in no group pay like all others, so that nothing of what
// was seen of them reaches their parent's group. What an excluded process used unseen
// cannot be told from what others used, and goes to the parent's group.

// maxWait is after how many scans a debt is given up in any case.
const maxWait = 20

// reaping is what the Tracker knows of the children that a process waited for, and of
// its own debt to its parent when it has ended.
type reaping struct {
	// children is the mark of the children's times, and marked says that there is one.
	children cpu
	marked   bool
	// grew is the growth in the newest scan, fresh what is left of it; held is what the
	// scan before held back of its own.
	grew, fresh, held cpu
	// debt is what is still to be deducted, paid what was; until is the scan in which it
	// is given up.
	debt, paid cpu
	until      uint64
	// suspect is how much of grew may have been counted in the scan under way, and aside
	// what of fresh was laid aside for it.
	suspect, aside cpu
	// charged is the last scan in which a child that ended paid from here.
	charged uint64
}

// update takes over the children's times of a scan.
func (r *reaping) update(cur *host.Process) {
	r.grew, r.fresh = cpu{}, cpu{}
	if !cur.Known.Has(host.HasChildCPU) {
		return
	}
	now := cpu{cur.ChildUserTime, cur.ChildSystemTime}
	if r.marked {
		r.grew = r.children.advance(now)
		r.fresh = r.grew
	} else {
		r.children, r.marked = now, true
	}
}

// owes returns what its parent's growth will hold that was counted already.
func (p *process) owes() cpu {
	if p.kernel {
		return cpu{} // Nobody waits for a thread of the kernel.
	}
	sum := p.counted.cpu.plus(p.children)
	sum.take(p.paid)
	return sum
}

// settleChildren gives the growth of the children's times to groups, less the debts.
func (t *Tracker) settleChildren(s *host.Snapshot) {
	if s.ExitSource != host.ExitsChildren {
		t.dropDebts()
		return
	}
	t.refund()
	t.collectDebts()
	for _, p := range t.debtors {
		if parent := t.reaperOf(p); parent != nil {
			p.payFrom(&parent.held, &parent.fresh)
			parent.charged = t.scan
		}
	}
	t.layAside()
	for _, p := range t.debtors {
		if t.reaperOf(p) == nil {
			t.payUpwards(p)
		}
	}
	for _, p := range t.vanished {
		t.credit(p)
	}
	for _, p := range t.live {
		if p.grew != (cpu{}) || p.held != (cpu{}) {
			t.credit(p)
		}
	}
}

// dropDebts forgets them all: another source tells of exits now.
func (t *Tracker) dropDebts() {
	clear(t.debtors)
	t.debtors = t.debtors[:0]
	for _, p := range t.live {
		p.held, p.fresh = cpu{}, cpu{}
	}
}

// refund gives back what a process paid that had not ended at all, but was left out by a
// scan that could not read it.
func (t *Tracker) refund() {
	for _, p := range t.returned {
		p.debt = cpu{}
		if p.parent != nil {
			p.parent.held = p.parent.held.plus(p.paid)
			p.paid = cpu{}
		}
	}
}

// collectDebts opens the debts of what has ended and closes the ones that are paid, that
// or past their time. Older ones come first.
func (t *Tracker) collectDebts() {
	open := t.debtors[:0]
	for _, p := range t.debtors {
		if p.debt != (cpu{}) && t.scan < p.until {
			open = append(open, p)
		}
	}
	clear(t.debtors[len(open):])
	for _, p := range t.vanished {
		if p.debt = p.owes(); p.debt != (cpu{}) {
			p.until = t.scan + rememberScans
			open = append(open, p)
		}
	}
	t.debtors = open
}

// reaperOf returns the parent if it lives and can wait: then nobody else reaped p.
func (t *Tracker) reaperOf(p *process) *process {
	if p.parent == nil {
		p.parent = t.parentOf(p.ppid, p.id)
	}
	if p.parent != nil && p.parent.alive() && !p.parent.zombie {
		return p.parent
	}
	return nil
}

// payUpwards pays the debt of a process whose parent has ended too, or is not known.
func (t *Tracker) payUpwards(p *process) {
	for a := range t.reapersAbove(p) {
		p.payFrom(&a.held, &a.fresh)
		if (a.charged == t.scan || a.aside != (cpu{})) && t.scan < p.seen+maxWait {
			// What is p's may have paid for another, or been laid aside for it.
			p.until = t.scan + rememberScans
		}
	}
}

// reapersAbove walks up from the parent of p, and ends at PID 1.
func (t *Tracker) reapersAbove(p *process) iter.Seq[*process] {
	return func(yield func(*process) bool) {
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
func (p *process) payFrom(pools ...*cpu) {
	for _, pool := range pools {
		paid := pool.take(p.debt)
		p.debt.take(paid)
		p.paid = p.paid.plus(paid)
	}
}

// layAside takes out of each growth what may be of processes that this very scan counted
// before they ended.
func (t *Tracker) layAside() {
	if t.inverted == 0 {
		return // Every parent was read before its children.
	}
	for _, p := range t.live {
		if owed := p.owes(); owed != (cpu{}) {
			owed.suspectAbove(p)
		}
	}
	for _, p := range t.debtors {
		// Its parent may have ended after it was read, and somebody above have reaped both.
		if parent := t.reaperOf(p); parent != nil && p.debt != (cpu{}) {
			p.debt.suspectAbove(parent)
		}
	}
	for _, p := range t.live {
		if p.suspect != (cpu{}) {
			p.aside, p.suspect = p.fresh.take(p.suspect), cpu{}
		}
	}
}

// suspectAbove marks c as possibly part of the growth of those ancestors of p that were
// read after p.
func (c cpu) suspectAbove(p *process) {
	for a := p.parent; a != nil; a = a.parent {
		if a.id.PID > p.id.PID && c.total() <= a.grew.total() {
			a.suspect = a.suspect.plus(c)
		}
	}
}

// credit gives what is left to the process' group, and holds what was laid aside.
func (t *Tracker) credit(p *process) {
	left := usage{cpu: p.held.plus(p.fresh)}
	p.held, p.fresh, p.aside = p.aside, cpu{}, cpu{}
	if g := t.current(p); g != nil {
		g.grow(&left)
	}
}
