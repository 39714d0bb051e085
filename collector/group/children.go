package group

import (
	"proctree/collector/process"
)

// Where no records of exits are to be had, the parents tell: when a process is waited
// for, its CPU time and that of the children it had waited for itself are added to its
// parent's children's times (proc_pid_stat(5), cutime and cstime). Of that growth, what
// the scans had already counted while the process lived is deducted; the rest is what
// processes used that no scan saw, or that ended after their last scan. It goes to the
// parent's group, for the parent is all that is known of them.
//
// The deduction is a debt: what ended owes what was counted of it, and pays it from the
// growth of the process that reaped it. That is its parent, if that lives on. If not, the parent
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

// settleChildren gives the growth of the children's times to groups, less the debts.
func (t *Tracker) settleChildren(s *process.Snapshot) {
	if s.ExitSource != process.ExitsChildren {
		if t.lends {
			t.dropDebts()
		}
		return
	}
	t.lends = true
	t.refund()
	t.collectDebts()
	for _, p := range t.debtors {
		if parent := t.reaperOf(p); parent != nil {
			p.payFrom(&parent.deferred, &parent.fresh)
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
		if p.grew != (process.CPU{}) || p.deferred != (process.CPU{}) {
			t.credit(p)
		}
	}
}

// dropDebts forgets them all: another source tells of exits now.
func (t *Tracker) dropDebts() {
	clear(t.debtors)
	t.debtors = t.debtors[:0]
	for _, p := range t.live {
		p.deferred, p.fresh = process.CPU{}, process.CPU{}
	}
	t.lends = false
}

// credit gives what is left to the process' group, and holds what was laid aside.
func (t *Tracker) credit(p *tracked) {
	left := usage{cpu: p.deferred.Plus(p.fresh)}
	p.deferred, p.fresh, p.aside = p.aside, process.CPU{}, process.CPU{}
	if g := t.current(p); g != nil {
		g.grow(&left)
	}
}
