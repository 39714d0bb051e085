package events

import "proctree/collector/process"

// Attempted adds an attempt to act on a process, or with Count the number of several. An entry without
// a name is one whose process was not found, or may not be shown.
func (l *Log) Attempted(e Entry) {
	e.Kind, e.Facts = process.EventControl, process.NoFacts
	if report := l.report.Load(); report != nil && e.Name != "" {
		if p := scanned(report, e.ID.PID, func(p *process.Process) bool { return p.ID == e.ID }); p != nil {
			e.Facts, e.Kernel = p.facts, p.kernel
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring.add(&e)
}
