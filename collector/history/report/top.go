package report

import (
	"proctree/collector/history/ledger"
)

// Span is what every answer about the time between two moments begins with.
type Span struct {
	// From and To are the times of the first and the last table.
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
	// Tables is how many were read, and Damaged how many could not be.
	Tables  int `json:"tables"`
	Damaged int `json:"damaged_tables,omitempty"`
	// Gaps are the times in which nothing was recorded.
	Gaps []Gap `json:"gaps,omitempty"`
	// Boots are when the host was started.
	Boots []Seconds `json:"boots,omitempty"`
	// ExitsLost is how many exit records were lost: usage of short-lived processes is missing then.
	ExitsLost uint64 `json:"exits_lost,omitempty"`
	// BusySeconds is the CPU time of the whole host.
	BusySeconds *Seconds `json:"busy_seconds,omitempty"`
}

// Gap is a time in which nothing was recorded.
type Gap struct {
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
}

func spanOf(l *ledger.Ledger) Span {
	s := Span{From: at(l.From), To: at(l.To), Tables: l.Tables, Damaged: l.Damaged, ExitsLost: l.ExitsLost}
	for _, g := range l.Gaps {
		s.Gaps = append(s.Gaps, Gap{at(g.From), at(g.To)})
	}
	for _, b := range l.Boots {
		s.Boots = append(s.Boots, at(b))
	}
	if l.Busy != nil {
		s.BusySeconds = new(span(*l.Busy))
	}
	return s
}

// Share is one line of a ranking.
type Share struct {
	// Name is that of the group, user or unit; absent for none.
	Name string `json:"name,omitempty"`
	// Process is the process, or the top of the subtree.
	Process *Entry `json:"process,omitempty"`
	// Processes is how many were added up.
	Processes uint64 `json:"processes"`
	// Value is in seconds of CPU time, or in bytes.
	Value float64 `json:"value"`
}

// Top is who used most.
type Top struct {
	Span
	By      ledger.Resource `json:"by"`
	GroupBy ledger.By       `json:"group_by"`
	// Count is how many used anything, and Total what all used.
	Count  int      `json:"count"`
	Total  *float64 `json:"total,omitempty"`
	Shares []Share  `json:"top"`
}

// NewTop makes the answer of a ranking.
func (s *Sight) NewTop(r *ledger.Ranking, what ledger.Resource, by ledger.By) *Top {
	t := &Top{Span: spanOf(r.Ledger), By: what, GroupBy: by, Count: r.Count, Shares: s.shares(r)}
	if what != ledger.Memory {
		t.Total = new(round(r.Total))
	}
	return t
}

func (s *Sight) shares(r *ledger.Ranking) []Share {
	list := make([]Share, 0, len(r.Shares))
	for _, share := range r.Shares {
		line := Share{Name: share.Name, Processes: share.Processes, Value: round(share.Value)}
		if share.Life != nil {
			line.Process = new(s.NewEntry(r.Ledger, share.Life))
		}
		list = append(list, line)
	}
	return list
}

// round keeps milliseconds.
func round(v float64) float64 { return float64(int64(v*1e3+0.5)) / 1e3 }
