package events

import (
	"slices"
	"time"

	"proctree/collector/process"
)

// Entry is an event with what the configuration makes of it.
type Entry = process.GroupedEvent

const (
	// Capacity is how many events are kept with their details: 5 MB.
	Capacity = 1 << 15
	// sumSpan is the time that one sum of older events is for, and keepSums for how long sums are kept.
	sumSpan  = 10 * time.Second
	keepSums = 10 * time.Minute
)

// kinds of sums: the kinds of events, then the kinds of what was lost.
const sumKinds = int(process.NumEventKinds) + int(process.LossKinds)

// Counts are how many events there were, by kind.
type Counts [sumKinds]uint64

// Add counts an event.
func (c *Counts) Add(e *process.Event) { c[sumKind(e)] += weight(e) }

// sumKind is the place of an event in counts.
func sumKind(e *process.Event) int {
	if e.Kind == process.EventLost {
		return int(process.NumEventKinds) + int(e.Lost)
	}
	return int(e.Kind)
}

// weight is how many events an entry stands for.
func weight(e *process.Event) uint64 { return max(1, e.Count) }

// Entries appends them as entries of a moment.
func (c *Counts) Entries(into []Entry, at time.Time) []Entry {
	for kind, n := range c {
		if n == 0 {
			continue
		}
		e := process.Event{Kind: process.EventKind(kind), Time: at, Count: n, Facts: process.NoFacts}
		if lost := kind - int(process.NumEventKinds); lost >= 0 {
			e.Kind, e.Lost = process.EventLost, process.EventKind(lost)
		}
		into = append(into, Entry{Event: e})
	}
	return into
}

// ring holds the newest entries, and sums of those before.
type ring struct {
	entries []Entry
	size    int
	// next is the number of the next entry; the first one is 0.
	next uint64
	// evicted Counts the entries that were overwritten.
	evicted Counts
	// sums are those of the last minutes, oldest first.
	sums []sum
}

type sum struct {
	// to is the time of the newest event of it.
	from, to time.Time
	counts   Counts
}

// oldest is the number of the oldest entry that is kept.
func (r *ring) oldest() uint64 { return r.next - uint64(len(r.entries)) }

func (r *ring) at(number uint64) *Entry { return &r.entries[number%uint64(r.size)] }

func (r *ring) add(e *Entry) {
	if len(r.entries) < r.size {
		r.entries = append(r.entries, *e)
		r.next++
		return
	}
	r.evict(&r.at(r.next).Event)
	*r.at(r.next) = *e
	r.next++
}

// evict adds an entry to the sum of its time.
func (r *ring) evict(e *process.Event) {
	kind, n := sumKind(e), weight(e)
	r.evicted[kind] += n
	start := e.Time.Truncate(sumSpan)
	last := len(r.sums) - 1
	if last < 0 || !r.sums[last].from.Equal(start) {
		r.sums = append(r.sums, sum{from: start})
		last++
		if old := start.Add(-keepSums); r.sums[0].from.Before(old) || len(r.sums) > 2*int(keepSums/sumSpan) {
			r.sums = slices.Delete(r.sums, 0, 1)
			last--
		}
	}
	r.sums[last].to = e.Time
	r.sums[last].counts[kind] += n
}
