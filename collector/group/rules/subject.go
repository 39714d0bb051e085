package rules

import (
	"strings"
	"time"

	"proctree/collector/process"
)

// Subject is a process as the rules see it. Nil Facts are none.
type Subject struct {
	ID     process.ID
	Name   string
	Kernel bool
	Facts  *process.Facts
	Clock  process.Clock
	// Shown says what of it may stand in the name of its group.
	Shown *Shown

	// joined is what commandLine returned before.
	joined string
}

// commandLine returns the argument vector joined by spaces. Few rules look at it.
func (s *Subject) commandLine() string {
	if s.joined == "" {
		s.joined = strings.Join(s.Facts.Cmdline, " ")
	}
	return s.joined
}

// startTime returns when the process started, the same after each restart of the exporter:
// what the clocks return for the boot varies by microseconds, and process-exporter too counts
// from its whole second (btime of proc_stat(5)).
func (s *Subject) startTime() time.Time {
	clock := s.Clock
	clock.Epoch = clock.Epoch.Truncate(time.Second).UTC()
	return clock.Time(s.ID.StartTicks)
}

// shownLine returns the command line as the name of a group may have it.
func (s *Subject) shownLine() string { return strings.Join(s.Shown.LabelArgs(s.Facts.Cmdline), " ") }
