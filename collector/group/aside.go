package group

import "proctree/collector/process"

// layAside takes out of each growth what may be of processes that this very scan counted
// before they ended.
func (t *Tracker) layAside() {
	if t.inverted == 0 {
		return // Every parent was read before its children.
	}
	for _, p := range t.live {
		if owed := p.owes(); owed != (process.CPU{}) {
			suspectAbove(owed, p)
		}
	}
	for _, p := range t.debtors {
		// Its parent may have ended after it was read, and somebody above have reaped both.
		if parent := t.reaperOf(p); parent != nil && p.debt != (process.CPU{}) {
			suspectAbove(p.debt, parent)
		}
	}
	for _, p := range t.live {
		if p.suspect != (process.CPU{}) {
			p.aside, p.suspect = take(&p.fresh, p.suspect), process.CPU{}
		}
	}
}

// suspectAbove marks c as possibly part of the growth of those ancestors of p that were
// read after p.
func suspectAbove(c process.CPU, p *tracked) {
	for a := p.parent; a != nil; a = a.parent {
		if a.id.PID > p.id.PID && c.Total() <= a.grew.Total() {
			a.suspect = a.suspect.Plus(c)
		}
	}
}
