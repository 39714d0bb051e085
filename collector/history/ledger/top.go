package ledger

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"proctree/collector/history"
	"proctree/collector/process"
)

// Resource is what was used.
type Resource string

// The resources. CPU is in seconds, the others are in bytes. Memory is the most at one moment: all
// processes are looked at about once a minute, and each of them when it ended.
const (
	CPU    Resource = "cpu"
	Memory Resource = "memory"
	Input  Resource = "read"
	Output Resource = "written"
)

// By is by what the usage is added up.
type By string

// The ways to add up. A subtree is a process with all its descendants.
const (
	Process By = "process"
	Group   By = "group"
	User    By = "user"
	Unit    By = "unit"
	Tree    By = "subtree"
)

// Resources and Bys list all there are.
var (
	Resources = []Resource{CPU, Memory, Input, Output}
	Bys       = []By{Process, Group, User, Unit, Tree}
)

// Share is what one process, group, user, unit or subtree has used.
type Share struct {
	// Name is that of the group, user or unit; "" is none, or not known.
	Name string
	// Life is the process, or the top of the subtree; nil for the others.
	Life *Life
	// Processes is how many were added up.
	Processes uint64
	// Value is what they used.
	Value float64
}

// Ranking is who used most, in descending order.
type Ranking struct {
	*Ledger
	Shares []Share
	// Count is how many used anything, and Total what all used; of memory there is no total.
	Count int
	Total float64
}

// Top returns who used most between two moments; at most limit of them.
func Top(ctx context.Context, archive *history.Archive, from, to time.Time, what Resource, by By, limit int, shown func(*Life) bool) (*Ranking, error) {
	peaks := newPeaks(what, by)
	var l *Ledger
	var err error
	if what == Memory {
		l, err = read(ctx, archive, from, to, peaks.visit)
	} else {
		l, err = readCounters(ctx, archive, from, to)
	}
	if err != nil {
		return nil, err
	}
	lives := l.Lives
	recorded := make([]string, len(lives))
	for i, life := range lives {
		recorded[i] = life.name(by)
	}
	l.Filter(shown)
	for i, life := range lives {
		peaks.rename(recorded[i], life.name(by))
	}
	return l.Rank(what, by, limit, peaks), nil
}

// Filter drops the lives that must not be shown; shown may give the others another group. As in a tree, their children become those of the nearest
// ancestor that is shown.
func (l *Ledger) Filter(shown func(*Life) bool) {
	if shown == nil {
		return
	}
	kept := make([]bool, len(l.Lives))
	for i, life := range l.Lives {
		kept[i] = shown(life)
	}
	if !slices.Contains(kept, false) {
		return
	}
	parents := l.Parents()
	list := make([]*Life, 0, len(l.Lives))
	for i, life := range l.Lives {
		if !kept[i] {
			continue
		}
		list = append(list, life)
		at := parents[i]
		if at < 0 || kept[at] {
			continue
		}
		for at >= 0 && !kept[at] {
			at = parents[at]
		}
		life.Parent = 0
		if at >= 0 {
			life.Parent = l.Lives[at].ID.PID
		}
	}
	l.Lives = list
}

// Rank adds up what was used. Peaks are those of the groups, users or units; nil has none.
func (l *Ledger) Rank(what Resource, by By, limit int, peaks *Peaks) *Ranking {
	r := &Ranking{Ledger: l}
	for _, life := range l.Lives {
		if value, ok := life.used(what); ok && what != Memory {
			r.Total += value
		}
	}
	switch by {
	case Process:
		r.Shares = l.processes(what)
	case Tree:
		r.Shares = l.subtrees(what)
	default:
		r.Shares = l.sums(what, by, peaks)
	}
	r.Count = len(r.Shares)
	slices.SortStableFunc(r.Shares, func(a, b Share) int { return cmp.Compare(b.Value, a.Value) })
	r.Shares = r.Shares[:min(limit, len(r.Shares))]
	return r
}

// used returns what a life used; ok is false where it is not known.
func (l *Life) used(what Resource) (value float64, ok bool) {
	switch what {
	case CPU:
		return l.CPU().Seconds(), l.Known.Has(process.HasCPU)
	case Memory:
		return float64(l.MemoryPeak), l.Known.Has(process.HasResident)
	case Input:
		return float64(l.Read()), l.Known.Has(process.HasReadBytes)
	case Output:
		return float64(l.Written()), l.Known.Has(process.HasWrittenBytes)
	}
	return 0, false
}

// name is the group, user or unit of a life.
func (l *Life) name(by By) string {
	facts := l.Facts
	if facts == nil {
		facts = process.NoFacts
	}
	return nameOf(facts, l.Group, by)
}

func nameOf(facts *process.Facts, group string, by By) string {
	switch by {
	case Group:
		return group
	case User:
		return facts.User
	case Unit:
		return facts.Unit
	}
	return ""
}

func (l *Ledger) processes(what Resource) []Share {
	var list []Share
	for _, life := range l.Lives {
		if value, ok := life.used(what); ok && value > 0 {
			list = append(list, Share{Life: life, Processes: life.Processes, Value: value})
		}
	}
	return list
}

func (l *Ledger) sums(what Resource, by By, peaks *Peaks) []Share {
	shares := map[string]*Share{}
	for _, life := range l.Lives {
		value, ok := life.used(what)
		if !ok || value == 0 {
			continue
		}
		name := life.name(by)
		s := shares[name]
		if s == nil {
			s = &Share{Name: name}
			shares[name] = s
		}
		s.Processes += life.Processes
		if what == Memory {
			s.Value = max(s.Value, value, float64(peaks.of(name)))
		} else {
			s.Value += value
		}
	}
	list := make([]Share, 0, len(shares))
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		list = append(list, *shares[name])
	}
	return list
}

// subtrees adds each process to all its ancestors. Of memory, peaks at different moments are added up.
func (l *Ledger) subtrees(what Resource) []Share {
	parents := l.Parents()
	shares := make([]Share, len(l.Lives))
	for i, life := range l.Lives {
		value, ok := life.used(what)
		if !ok {
			continue
		}
		for at := i; at >= 0; at = parents[at] {
			shares[at].Value += value
			shares[at].Processes += life.Processes
		}
	}
	list := shares[:0]
	for i, s := range shares {
		if s.Value > 0 {
			s.Life = l.Lives[i]
			list = append(list, s)
		}
	}
	return list
}

// Parents returns for each life the index of its parent, -1 for none: the youngest process with the
// parent's PID that is older than the child.
func (l *Ledger) Parents() []int {
	list := make([]int, len(l.Lives))
	for i, life := range l.Lives {
		list[i] = l.parent(life)
		if list[i] == i {
			list[i] = -1
		}
	}
	return list
}

// parent finds the parent; the lives are sorted by PID and start.
func (l *Ledger) parent(life *Life) int {
	if life.Parent <= 0 {
		return -1
	}
	at, _ := slices.BinarySearchFunc(l.Lives, process.ID{PID: life.Parent}, func(l *Life, id process.ID) int { return l.ID.Compare(id) })
	found := -1
	for ; at < len(l.Lives) && l.Lives[at].ID.PID == life.Parent; at++ {
		if life.ID.PID == 0 || l.Lives[at].ID.CanParent(life.ID) {
			found = at
		}
	}
	return found
}

// ParentOf returns the parent of a life, nil where it is not known.
func (l *Ledger) ParentOf(life *Life) *Life {
	if at := l.parent(life); at >= 0 {
		return l.Lives[at]
	}
	return nil
}

// Peaks are the most memory that the processes of a group, user or unit had together.
type Peaks struct {
	by   By
	at   time.Time
	now  map[string]uint64
	most map[string]uint64
}

// newPeaks returns nil where they are not asked for.
func newPeaks(what Resource, by By) *Peaks {
	if what != Memory || by == Process || by == Tree {
		return nil
	}
	return &Peaks{by: by, now: map[string]uint64{}, most: map[string]uint64{}}
}

func (p *Peaks) visit(at time.Time, q *process.Process, group string) {
	if p == nil {
		return
	}
	if !at.Equal(p.at) {
		p.turn(at)
	}
	p.now[nameOf(q.Facts, group, p.by)] += q.ResidentBytes
}

// turn begins the next table.
func (p *Peaks) turn(at time.Time) {
	for name, bytes := range p.now {
		p.most[name] = max(p.most[name], bytes)
	}
	clear(p.now)
	p.at = at
}

// rename lets a name have at least the most of another one.
func (p *Peaks) rename(from, to string) {
	if p != nil && from != to {
		p.most[to] = max(p.most[to], p.of(from))
	}
}

func (p *Peaks) of(name string) uint64 {
	if p == nil {
		return 0
	}
	return max(p.most[name], p.now[name])
}
