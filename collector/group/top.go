package group

import (
	"slices"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// topList selects the processes shown one by one. It is kept between scans for its
// buffers alone.
type topList struct {
	byCPU, byMemory, byIO, byNetwork, byGPU ranking
	chosen, lingering, chain                []*tracked
}

// selectTop chooses in this order, as long as there is room: the top by each value, the
// first of each before the second of any; with each of them its ancestors, or it is left
// out; then what was among these within Hold, the latest first.
func (t *Tracker) selectTop(s *process.Snapshot) []Top {
	l := &t.top
	l.rank(t.live, s, t.cfg.Top)
	l.byGPU.reset(t.cfg.Top)
	t.offerGPUs(s, &l.byGPU)
	l.byGPU.sort()
	l.chosen = l.chosen[:0]
	for rank := range t.cfg.Top {
		for _, r := range []*ranking{&l.byCPU, &l.byMemory, &l.byIO, &l.byNetwork, &l.byGPU} {
			if rank < len(r.best) {
				t.choose(r.best[rank].tracked)
			}
		}
	}
	for _, p := range l.chosen {
		p.topped = s.Taken
	}
	t.chooseLingering(s)
	slices.SortFunc(l.chosen, func(a, b *tracked) int { return a.index - b.index })
	out := make([]Top, len(l.chosen))
	for i, p := range l.chosen {
		out[i].Process = s.Processes[p.index]
		if p.group != nil {
			out[i].Group = p.group.Name
		}
	}
	return out
}

// rank finds the best by each value in one pass.
func (l *topList) rank(live []*tracked, s *process.Snapshot, limit int) {
	for _, r := range []*ranking{&l.byCPU, &l.byMemory, &l.byIO, &l.byNetwork} {
		r.reset(limit)
	}
	for i, p := range live {
		if p.verdict == rules.Excluded {
			continue
		}
		if !p.calm {
			l.byCPU.offer(uint64(p.grown.cpu.Total()), p)
			l.byIO.offer(p.grown.read+p.grown.written, p)
			l.byNetwork.offer(p.grown.network.Bytes(), p)
		}
		if cur := s.Processes[i]; cur.Known.Has(process.HasResident) {
			l.byMemory.offer(cur.ResidentBytes, p)
		}
	}
	for _, r := range []*ranking{&l.byCPU, &l.byMemory, &l.byIO, &l.byNetwork} {
		r.sort()
	}
}

// choose takes p and all its ancestors, or nothing if they do not fit. An excluded
// ancestor is passed over.
func (t *Tracker) choose(p *tracked) {
	l := &t.top
	l.chain = l.chain[:0]
	for a := p; a != nil && a.shown != t.edition; a = a.parent {
		if a.verdict != rules.Excluded {
			l.chain = append(l.chain, a)
		}
	}
	if len(l.chosen)+len(l.chain) > t.cfg.MaxProcesses {
		return
	}
	for _, a := range l.chain {
		a.shown = t.edition
	}
	l.chosen = append(l.chosen, l.chain...)
}

// chooseLingering adds what was among the top not long ago.
func (t *Tracker) chooseLingering(s *process.Snapshot) {
	l := &t.top
	l.lingering = l.lingering[:0]
	for _, p := range t.live {
		if !p.topped.IsZero() && p.shown != t.edition && p.verdict != rules.Excluded && s.Taken.Sub(p.topped) <= t.cfg.Hold {
			l.lingering = append(l.lingering, p)
		}
	}
	slices.SortStableFunc(l.lingering, func(a, b *tracked) int { return b.topped.Compare(a.topped) })
	for _, p := range l.lingering {
		t.choose(p)
	}
	clear(l.lingering)
	l.lingering = l.lingering[:0]
}
