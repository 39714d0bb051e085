package group

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
func (c cpu) suspectAbove(p *tracked) {
	for a := p.parent; a != nil; a = a.parent {
		if a.id.PID > p.id.PID && c.total() <= a.grew.total() {
			a.suspect = a.suspect.plus(c)
		}
	}
}
