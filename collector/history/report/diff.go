package report

import (
	"cmp"
	"slices"

	"proctree/collector/history/ledger"
)

// Diff is what differs between two moments.
type Diff struct {
	Span
	// Started are the processes that run at the end and not at the beginning, Ended the reverse, and
	// ShortLived those that came and went in between; each list begins with the largest user of CPU time.
	Started    List       `json:"started"`
	Ended      List       `json:"ended"`
	ShortLived List       `json:"short_lived"`
	Grew       GrownList  `json:"grew"`
	Moved      []Movement `json:"changed_group"`
}

// List is the first entries of a list.
type List struct {
	// Count is how many processes there are in all.
	Count   uint64  `json:"count"`
	Entries []Entry `json:"processes"`
}

// GrownList is the processes that grew most.
type GrownList struct {
	Count   uint64   `json:"count"`
	Entries []Growth `json:"processes"`
}

// Growth is how much resident memory a process has more than before.
type Growth struct {
	Entry
	MemoryBefore uint64 `json:"memory_before_bytes"`
	MemoryAfter  uint64 `json:"memory_after_bytes"`
}

// Movement is a process whose group changed.
type Movement struct {
	Entry
	GroupBefore string `json:"group_before,omitempty"`
}

// NewDiff makes the answer of a ledger; each list has at most limit entries.
func (s *Sight) NewDiff(l *ledger.Ledger, limit int) *Diff {
	var started, ended, short, moved []*ledger.Life
	for _, life := range l.Lives {
		switch over := !life.Ended.IsZero(); {
		case life.Born && over:
			short = append(short, life)
		case life.Born:
			started = append(started, life)
		case over:
			ended = append(ended, life)
		case life.FirstGroup != life.Group:
			moved = append(moved, life)
		}
	}
	d := &Diff{
		Span: spanOf(l), Started: s.list(l, started, limit), Ended: s.list(l, ended, limit),
		ShortLived: s.list(l, short, limit), Grew: s.grown(l, limit), Moved: []Movement{},
	}
	for _, life := range moved[:min(limit, len(moved))] {
		d.Moved = append(d.Moved, Movement{s.NewEntry(l, life), life.FirstGroup})
	}
	return d
}

// list has those who used most CPU time first.
func (s *Sight) list(l *ledger.Ledger, lives []*ledger.Life, limit int) List {
	slices.SortStableFunc(lives, func(a, b *ledger.Life) int { return cmp.Compare(b.CPU(), a.CPU()) })
	return List{Count: count(lives), Entries: s.entries(l, lives, limit)}
}

func count(lives []*ledger.Life) (n uint64) {
	for _, life := range lives {
		n += life.Processes
	}
	return n
}

// leastGrowth is what a process must have grown by to be listed.
const leastGrowth = 1 << 20

// growth is how much more memory a process has than when it was first seen.
func growth(life *ledger.Life) uint64 {
	if !life.Ended.IsZero() || life.MemoryLast < life.MemoryFirst {
		return 0
	}
	return life.MemoryLast - life.MemoryFirst
}

func (s *Sight) grown(l *ledger.Ledger, limit int) GrownList {
	var lives []*ledger.Life
	for _, life := range l.Lives {
		if growth(life) >= leastGrowth {
			lives = append(lives, life)
		}
	}
	slices.SortStableFunc(lives, func(a, b *ledger.Life) int { return cmp.Compare(growth(b), growth(a)) })
	g := GrownList{Count: uint64(len(lives)), Entries: []Growth{}}
	for _, life := range lives[:min(limit, len(lives))] {
		g.Entries = append(g.Entries, Growth{s.NewEntry(l, life), life.MemoryFirst, life.MemoryLast})
	}
	return g
}
