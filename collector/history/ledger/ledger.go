// Package ledger adds up what a recording says of the time between two moments: which processes there
// were, what each of them used, and how they ended. Usage is exact: it is the difference of counters,
// and processes that lived between two tables count by their exit records.
package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// Ledger is what happened between two moments.
type Ledger struct {
	// From and To are the times of the first and the last table.
	From, To time.Time
	// Tables is how many there are, and Damaged how many could not be read.
	Tables, Damaged int
	// Lives are the processes, in no order.
	Lives []*Life
	// HostFirst and HostLast are the host in the first and in the last table, without processes.
	HostFirst, HostLast *process.Snapshot
	// Busy is the CPU time of the whole host; nil where it is not known, as over a boot.
	Busy *time.Duration
	// ExitsLost counts the exit records that were lost.
	ExitsLost uint64
	// Gaps are the times in which nothing was recorded, and Boots when the host was booted.
	Gaps  []Gap
	Boots []time.Time
	// Peaks are when the host was worst off.
	Peaks []Peak
}

// Gap is a time in which nothing was recorded.
type Gap struct{ From, To time.Time }

// Bounds of a Ledger: a recording can show millions of processes that lived for a moment.
const (
	// MaxLives is how many processes that ended have entries of their own. Further ones are summed by
	// what they have in common.
	MaxLives = 100_000
	// sampleEvery is how often all processes are looked at; in between, only those that came or went.
	sampleEvery = time.Minute
)

// Read adds up the time between two moments. The first table is the last one at or before from, or the
// first one after it. An error says that nothing was recorded.
func Read(ctx context.Context, archive *history.Archive, from, to time.Time) (*Ledger, error) {
	return read(ctx, archive, from, to, nil)
}

// read adds up all tables; visit gets all processes of about one table a minute.
func read(ctx context.Context, archive *history.Archive, from, to time.Time, visit func(time.Time, *process.Process, string)) (*Ledger, error) {
	b := newBuilder(visit)
	damaged, err := archive.PlaySpan(ctx, from, to, b.step)
	if err != nil {
		return nil, err
	}
	l := b.finish(damaged)
	l.takeOut()
	return l, nil
}

// builder makes a Ledger of one table after another.
type builder struct {
	l     *Ledger
	visit func(at time.Time, p *process.Process, group string)
	// alive are the processes of the last table that was looked at as a whole, by PID.
	alive, spare []*Life
	// ended are those that ended, and alike those that are summed.
	ended map[process.ID]*Life
	alike map[kind]*Life
	// last is the host of the last table, at the last table, sampled when all were last looked at.
	last    *process.Snapshot
	at      time.Time
	sampled time.Time
	busy    time.Duration
	hasBusy bool
	// lately are the last intervals between two tables, in nanoseconds: more than three of them is a gap.
	interval time.Duration
	// before is the time of the table before the one that is looked at.
	before time.Time
	// skim is that processes which stay are not read: see counters.
	skim bool
}

func newBuilder(visit func(time.Time, *process.Process, string)) *builder {
	return &builder{l: &Ledger{}, visit: visit, ended: map[process.ID]*Life{}, alike: map[kind]*Life{}}
}

// kind is what processes have in common that are summed.
type kind struct {
	name, group string
	parent      int
	facts       *process.Facts
	reason      string
}

func (b *builder) step(step *segment.Step) error {
	host := step.Host()
	b.before = b.at
	whole := b.l.Tables == 0 || !b.skim && (step.Last || step.Time.Sub(b.sampled) >= sampleEvery)
	switch {
	case b.l.Tables == 0:
		b.l.From, b.l.HostFirst = step.Time, host
	case host.Clock.Now < b.last.Clock.Now:
		b.reboot(step.Time)
		whole = true
	case !step.Before.Equal(b.at):
		whole = true // What happened in between is in no frame.
	}
	if b.l.Tables > 0 {
		b.pass(step.Time, host)
		if err := b.take(step); err != nil {
			return err
		}
	}
	b.note(step.Time, step.Len(), host)
	b.last, b.at = host, step.Time
	b.l.Tables++
	b.l.To, b.l.HostLast = step.Time, host
	if whole {
		return b.look(step)
	}
	return nil
}

// pass notes the time since the table before.
func (b *builder) pass(now time.Time, host *process.Snapshot) {
	since := now.Sub(b.at)
	if b.interval > 0 && since > 3*b.interval+time.Second {
		b.l.Gaps = append(b.l.Gaps, Gap{b.at, now})
	} else if since > 0 {
		b.interval = since
	}
	busy := host.System.CPUBusy - b.last.System.CPUBusy
	if host.System.CPUBusy > 0 && b.last.System.CPUBusy > 0 && busy >= 0 && b.hasBusy {
		b.busy += busy
	}
	b.l.ExitsLost += host.ExitsLost
}

// reboot ends all processes: start times count from 0 again.
func (b *builder) reboot(at time.Time) {
	b.l.Boots = append(b.l.Boots, at)
	for _, l := range b.alive {
		b.missing(l, at)
	}
	b.close()
	b.last = &process.Snapshot{}
	b.hasBusy = false
}

// close hands the lives over to the ledger.
func (b *builder) close() {
	for _, l := range b.ended {
		b.l.Lives = append(b.l.Lives, l)
	}
	for _, l := range b.alike {
		b.l.Lives = append(b.l.Lives, l)
	}
	for _, l := range b.alive {
		if l.Ended.IsZero() {
			b.l.Lives = append(b.l.Lives, l)
		}
	}
	b.alive = nil
	b.ended, b.alike = map[process.ID]*Life{}, map[kind]*Life{}
}

// take takes the processes that ended, and what is recorded of them.
func (b *builder) take(step *segment.Step) error {
	processes, groups, err := step.Ended()
	if err != nil {
		return err
	}
	for i := range processes {
		p := &processes[i]
		l := b.find(p.ID)
		if l == nil {
			l = b.newLife(p)
		}
		l.see(p, groups[i], b.at)
		b.endLife(l, step.Time)
	}
	exits, groups, err := step.Exits()
	if err != nil {
		return err
	}
	for i := range exits {
		b.exit(&exits[i], groups[i], step.Time)
	}
	return nil
}

// find returns a process of which something is known.
func (b *builder) find(id process.ID) *Life {
	if l := b.ended[id]; l != nil {
		return l
	}
	i, ok := slices.BinarySearchFunc(b.alive, id, func(l *Life, id process.ID) int { return l.ID.Compare(id) })
	if !ok {
		return nil
	}
	return b.alive[i]
}

// newLife begins the entry of a process that was in no table before. What it had used when the exporter
// began to record counts only from the first table on.
func (b *builder) newLife(p *process.Process) *Life {
	l := &Life{ID: p.ID, Processes: 1, Clock: b.clock()}
	l.Born = b.l.HostFirst != nil && (len(b.l.Boots) > 0 || p.StartTicks >= b.l.HostFirst.Clock.Now)
	if !l.Born {
		l.before = counters{p.CPUTime(), p.ReadBytes, p.WrittenBytes}
		if !p.Known.Has(process.HasCPU) {
			l.before.cpu = 0
		}
	}
	return l
}

func (b *builder) clock() process.Clock {
	if b.l.HostLast != nil {
		return b.l.HostLast.Clock
	}
	return b.l.HostFirst.Clock
}

func (b *builder) endLife(l *Life, at time.Time) {
	if l.Ended.IsZero() {
		l.Ended = at
	}
	switch {
	case l.summed:
	case len(b.ended) < MaxLives || b.ended[l.ID] != nil:
		b.ended[l.ID] = l
	default:
		l.summed = true
		b.sum(l, at)
	}
}

// exit takes an exit record.
func (b *builder) exit(e *process.Exit, group string, at time.Time) {
	l := &Life{
		ID: e.ID, Processes: max(1, e.Processes), Parent: e.Parent, Name: e.Name, Facts: e.Facts,
		Group: group, FirstGroup: group, Born: true, First: at, Last: at, Clock: b.clock(),
	}
	if e.ID.PID != 0 {
		if known := b.find(e.ID); known != nil {
			known.end(e)
			b.endLife(known, at)
			return
		}
		// It started before the first table, and its end was still to be accounted for.
		if b.l.HostFirst != nil && len(b.l.Boots) == 0 && e.ID.StartTicks < b.l.HostFirst.Clock.Now {
			return
		}
		l.end(e)
		b.endLife(l, at)
		return
	}
	l.end(e)
	l.Ended = at
	b.sum(l, at)
}

// sum adds a process to those alike.
func (b *builder) sum(l *Life, at time.Time) {
	k := kind{l.Name, l.Group, l.Parent, l.Facts, l.Reason}
	s := b.alike[k]
	if s == nil {
		if len(b.alike) >= MaxLives {
			k = kind{name: "other"}
			if s = b.alike[k]; s == nil {
				s = &Life{Name: "other", Born: true, First: at}
				b.alike[k] = s
			}
		} else {
			s = &Life{}
			*s = *l
			s.ID, s.Processes, s.before, s.now, s.Born = process.ID{}, 0, counters{}, counters{}, true
			b.alike[k] = s
		}
	}
	s.Processes += l.Processes
	s.Known |= l.Known
	s.now.cpu += l.CPU()
	s.now.read += l.Read()
	s.now.written += l.Written()
	s.MemoryPeak = max(s.MemoryPeak, l.MemoryPeak)
	s.Ended, s.Last = at, at
}

// look takes all processes of a table.
func (b *builder) look(step *segment.Step) error {
	b.sampled = step.Time
	b.hasBusy = true
	next, at := b.spare[:0], 0
	err := step.Visit(func(p *process.Process, group string) {
		for at < len(b.alive) && b.alive[at].ID.Compare(p.ID) < 0 {
			b.missing(b.alive[at], step.Time)
			at++
		}
		var l *Life
		if at < len(b.alive) && b.alive[at].ID == p.ID {
			l = b.alive[at]
			at++
		} else {
			l = b.newLife(p)
		}
		l.see(p, group, step.Time)
		if b.visit != nil {
			b.visit(step.Time, p, group)
		}
		next = append(next, l)
	})
	for ; at < len(b.alive); at++ {
		b.missing(b.alive[at], step.Time)
	}
	b.alive, b.spare = next, b.alive
	return err
}

// missing ends a process that is in no table any more. Mostly its end is known already.
func (b *builder) missing(l *Life, at time.Time) {
	if l.Ended.IsZero() {
		l.Last = b.before
		b.endLife(l, at)
	}
}

func (b *builder) finish(damaged int) *Ledger {
	l := b.l
	l.Damaged = damaged
	b.close()
	if len(l.Boots) == 0 && l.HostFirst.System.CPUBusy > 0 && l.HostLast.System.CPUBusy > 0 {
		l.Busy = &b.busy
	}
	l.sort()
	return l
}

// takeOut takes the I/O of children out of that of their parents, which would count twice.
func (l *Ledger) takeOut() {
	for i, parent := range l.Parents() {
		child := l.Lives[i]
		if parent < 0 || child.Ended.IsZero() {
			continue
		}
		p := l.Lives[parent]
		if !p.Ended.IsZero() && p.Ended.Before(child.Ended) {
			continue // Somebody else waited for it.
		}
		p.children.read += child.now.read
		p.children.written += child.now.written
	}
}

// sort puts the lives in the order of PIDs, as the search for parents needs it.
func (l *Ledger) sort() {
	slices.SortFunc(l.Lives, func(x, y *Life) int {
		return cmp.Or(x.ID.Compare(y.ID), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Group, y.Group), cmp.Compare(x.Parent, y.Parent), cmp.Compare(x.Reason, y.Reason))
	})
}
