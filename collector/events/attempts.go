package events

import (
	"time"

	"proctree/collector/process"
)

const (
	// refusedBurst is how many refused attempts are kept with their details at once, and refusedPerSecond
	// how many more each second. Anybody who reaches the port can make one.
	refusedBurst     = 100
	refusedPerSecond = 10
)

// refused bounds the refused attempts, so that they do not displace what happened to processes.
type refused struct {
	kept float64
	at   time.Time
	// left is the number of those whose details are not kept.
	left uint64
}

// keep reports whether there is room for the details of one more.
func (r *refused) keep(now time.Time) bool {
	r.kept = max(0, r.kept-refusedPerSecond*now.Sub(r.at).Seconds())
	r.at = now
	if r.kept+1 > refusedBurst {
		r.left++
		return false
	}
	r.kept++
	return true
}

// Attempted adds an attempt to act on a process. An entry without a name is one whose process was not
// found, or may not be shown.
func (l *Log) Attempted(e Entry, done bool) {
	e.Kind, e.Facts = process.EventControl, process.NoFacts
	if report := l.report.Load(); report != nil && e.Name != "" {
		if p := scanned(report, e.ID.PID, func(p *process.Process) bool { return p.ID == e.ID }); p != nil {
			e.Facts, e.Kernel = p.facts, p.kernel
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !done && !l.refused.keep(e.Time) {
		return
	}
	l.addRefused(e.Time)
	l.ring.add(&e)
}

// addRefused adds the number of attempts whose details were not kept. The caller holds mu.
func (l *Log) addRefused(at time.Time) {
	if l.refused.left == 0 {
		return
	}
	l.ring.add(&Entry{Event: process.Event{Kind: process.EventControl, Time: at, Count: l.refused.left, Facts: process.NoFacts}})
	l.refused.left = 0
}
