package events

import "time"

// Cursor is how far somebody has read. The zero value has read nothing.
type Cursor struct {
	next uint64
	// passed Counts what came before.
	passed Counts
}

// End returns a cursor behind the newest event.
func (l *Log) End() Cursor {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := Cursor{next: l.ring.next, passed: l.ring.evicted}
	for number := l.ring.oldest(); number < l.ring.next; number++ {
		e := l.ring.at(number)
		c.passed[sumKind(&e.Event)] += weight(&e.Event)
	}
	return c
}

// After appends at most so many of the next events, oldest first. Those that are not kept any more are
// summed by kind.
func (l *Log) After(c *Cursor, most int, into []Entry) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.ring
	if oldest := r.oldest(); c.next < oldest {
		missed := r.evicted
		for kind := range missed {
			missed[kind] -= c.passed[kind]
		}
		into = missed.Entries(into, r.at(oldest).Time)
		c.next, c.passed = oldest, r.evicted
	}
	for ; c.next < r.next && most > 0; c.next++ {
		e := r.at(c.next)
		c.passed[sumKind(&e.Event)] += weight(&e.Event)
		into = append(into, *e)
		most--
	}
	return into
}

// chunk is how many entries are copied at once, so that a long search holds up no writer.
const chunk = 1024

// Back hands over the events that are kept, newest first, and then the sums of those before. An entry is
// valid only during the call, which returns whether to go on.
func (l *Log) Back(each func(*Entry) bool) {
	var copied []Entry
	l.mu.Lock()
	before := l.ring.next
	l.mu.Unlock()
	for {
		copied = l.copyBefore(before, copied[:0])
		if len(copied) == 0 {
			break
		}
		before -= uint64(len(copied))
		for i := len(copied) - 1; i >= 0; i-- {
			if !each(&copied[i]) {
				return
			}
		}
	}
	for _, e := range l.summed() {
		if !each(&e) {
			return
		}
	}
}

// Oldest returns the moment since which every event is kept with its details.
func (l *Log) Oldest() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring.entries) < l.ring.size {
		return l.began
	}
	return l.ring.at(l.ring.oldest()).Time
}

// copyBefore copies the entries before a number, oldest first.
func (l *Log) copyBefore(before uint64, into []Entry) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := max(l.ring.oldest(), before-min(before, chunk))
	for number := from; number < before; number++ {
		into = append(into, *l.ring.at(number))
	}
	return into
}

// summed returns the sums, newest first.
func (l *Log) summed() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Entry
	for i := len(l.ring.sums) - 1; i >= 0; i-- {
		s := &l.ring.sums[i]
		list = s.counts.Entries(list, s.to)
	}
	return list
}
