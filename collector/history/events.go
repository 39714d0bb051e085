package history

import (
	"context"
	"fmt"
	"time"

	"proctree/collector/process"
)

// pendingEvents wait for the next table. In a storm the details are given up before the counts: what
// finds no place is counted by kind.
type pendingEvents struct {
	list []process.GroupedEvent
	// sums are the places in list of counts, by kind and by what was lost.
	sums map[[2]process.EventKind]int
}

// maxEvents bounds the details that wait for one table.
const maxEvents = 1 << 15

func (p *pendingEvents) add(e *process.GroupedEvent, detail bool) {
	counted := e.Summed() || e.Kind == process.EventLost
	if !counted && detail && len(p.list)-len(p.sums) < maxEvents {
		p.list = append(p.list, *e)
		return
	}
	kind := [2]process.EventKind{e.Kind, e.Lost}
	at, ok := p.sums[kind]
	if !ok {
		if p.sums == nil {
			p.sums = map[[2]process.EventKind]int{}
		}
		at = len(p.list)
		p.sums[kind] = at
		p.list = append(p.list, process.GroupedEvent{Event: process.Event{Kind: e.Kind, Lost: e.Lost, Facts: process.NoFacts}})
	}
	sum := &p.list[at]
	sum.Time = e.Time
	sum.Count += max(1, e.Count)
}

// append adds later ones.
func (p *pendingEvents) append(later *pendingEvents) {
	for i := range later.list {
		p.add(&later.list[i], true)
	}
}

// eventBudget bounds the details of a recording over time, so that a storm of hours does not push days of
// tables out of it.
type eventBudget struct {
	tokens float64
	last   time.Time
}

const (
	// eventBurst is how many events are recorded in full whatever their rate: 3 minutes of 5,000 short
	// processes per second.
	eventBurst = 2_700_000
	// eventsPerSecond is the rate that is always recorded in full: at 10 bytes each, 43 MB a day.
	eventsPerSecond = 50
)

// refill adds what the time since the last call allows.
func (b *eventBudget) refill(now time.Time) {
	if b.last.IsZero() {
		b.tokens = eventBurst
	} else {
		b.tokens = min(eventBurst, b.tokens+eventsPerSecond*max(0, now.Sub(b.last).Seconds()))
	}
	b.last = now
}

// allows takes one event from the budget. As it runs out, first forks lose their details, then exits with
// code 0, then all but kills because memory ran out.
func (b *eventBudget) allows(e *process.GroupedEvent) bool {
	least := 0.0
	switch {
	case e.Kind == process.EventOOMKill || e.Kind == process.EventControl:
		return true
	case e.Kind == process.EventFork:
		least = eventBurst / 2
	case e.Kind == process.EventExit && e.Ended && e.Reason == "":
		least = eventBurst / 4
	}
	if b.tokens <= least {
		return false
	}
	b.tokens--
	return true
}

// keepsEvent reports whether an old event keeps its details: what ran and what went wrong stays longest.
func keepsEvent(e *process.GroupedEvent, interval time.Duration) bool {
	switch {
	case e.Kind == process.EventFork:
		return false
	case e.Kind == process.EventExit && e.Ended && e.Reason == "":
		return interval < time.Minute
	}
	return true
}

// Events shows the recorded events of a span in the order in which they were recorded. It returns how many
// places of the recording could not be read.
func (a *Archive) Events(ctx context.Context, from, to time.Time, see func(e *process.GroupedEvent) error) (damaged int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	spans, err := a.spans()
	if err != nil {
		return 0, err
	}
	for _, span := range spans {
		// The events of a table are those before it, which can be long before after a full disk.
		if span.Tables == 0 || span.First.Add(-segmentSpan).After(to) || span.Last.Before(from) {
			continue
		}
		s, err := a.segment(span.file)
		if err != nil {
			damaged++
			continue
		}
		clock := s.Clock()
		lost, err := s.Events(func(e *process.GroupedEvent) error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("read the recorded events: %w", err)
			}
			if e.Time.Before(from) || e.Time.After(to) {
				return nil
			}
			e.Clock = clock
			return see(e)
		})
		damaged += lost
		if err != nil {
			return damaged, err
		}
	}
	return damaged, nil
}
