package report

import (
	"context"
	"fmt"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
	"proctree/collector/metric"
	"proctree/collector/process"
)

// Track is the course of one process.
type Track struct {
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
	// StepSeconds is the least time between two points.
	StepSeconds Seconds `json:"step_seconds"`
	Damaged     int     `json:"damaged_tables,omitempty"`
	Process     Entry   `json:"process"`
	Points      []Point `json:"points"`
}

// tracker follows one process.
type tracker struct {
	id     process.ID
	step   time.Duration
	sight  *Sight
	shows  func(*process.Process, process.Clock) bool
	track  *Track
	last   *process.Process
	lastAt time.Time
	// aliveAt is the time of the last table in which it was no zombie: it has ended since.
	aliveAt time.Time
	clock   process.Clock
	group   string
	ended   time.Time
	exit    *process.Exit
	parent  relative
}

// relative names another process.
type relative struct {
	pid  int
	name string
}

// maxAncestors bounds the ancestors that are looked at.
const maxAncestors = 1000

// NewTrack follows a process between two moments, with at most one point in each step.
func (s *Sight) NewTrack(ctx context.Context, archive *history.Archive, id process.ID, from, to time.Time, step time.Duration, shows func(*process.Process, process.Clock) bool) (*Track, error) {
	t := &tracker{id: id, step: step, sight: s, shows: shows, track: &Track{StepSeconds: span(step), Points: []Point{}}}
	damaged, err := archive.Play(ctx, from, to, t.see)
	if err != nil {
		return nil, err
	}
	if t.last == nil {
		return nil, fmt.Errorf("process %s: not recorded from %s to %s: %w", id, clockText(from), clockText(to), process.ErrNoProcess)
	}
	lost, err := t.readEnd(ctx, archive)
	if err != nil {
		return nil, err
	}
	t.track.Damaged = damaged + lost
	t.track.Process = t.entry()
	return t.track, nil
}

func clockText(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (t *tracker) see(step *segment.Step) error {
	if t.track.From == 0 {
		t.track.From = at(step.Time)
	}
	t.track.To = at(step.Time)
	if p, group, ok := step.Find(t.id); ok {
		if t.clock = step.Host().Clock; t.shows(p, t.clock) {
			if t.group = group; t.sight.Group != nil {
				t.group = t.sight.Group(group, p, t.clock)
			}
			t.add(p, step)
			if p.State != process.Zombie {
				t.aliveAt = step.Time
			}
		}
		return nil
	}
	if t.last == nil {
		return nil
	}
	return t.end(step)
}

// add adds a point, if its time has come.
func (t *tracker) add(p *process.Process, step *segment.Step) {
	if t.last != nil && step.Time.Sub(t.lastAt) < t.step {
		return
	}
	t.parent = t.parentOf(p, step)
	t.track.Points = append(t.track.Points, t.point(p, step.Time))
	t.last, t.lastAt = p, step.Time
}

// parentOf returns the nearest ancestor that may be shown.
func (t *tracker) parentOf(p *process.Process, step *segment.Step) relative {
	for range maxAncestors {
		parent, _, ok := step.FindPID(p.PPID)
		if !ok || !parent.CanParent(p.ID) {
			break
		}
		if t.shows(parent, t.clock) {
			return relative{parent.PID, parent.Name}
		}
		p = parent
	}
	return relative{}
}

// end takes the last values and the exit record.
func (t *tracker) end(step *segment.Step) error {
	if t.ended.IsZero() {
		t.ended = step.Time
		list, _, err := step.Ended()
		if err != nil {
			return err
		}
		for i := range list {
			if p := list[i]; p.ID == t.id && step.Before.After(t.lastAt) {
				t.track.Points = append(t.track.Points, t.point(&p, step.Before))
				t.last, t.lastAt = &p, step.Before
			}
		}
	}
	exits, _, err := step.Exits()
	if err != nil {
		return err
	}
	for i := range exits {
		if exits[i].ID == t.id {
			t.exit = &exits[i]
		}
	}
	return nil
}

// readEnd takes the time of the end from the recorded event: a table shows it up to an interval
// later, and that of a zombie only once its parent has asked for it.
func (t *tracker) readEnd(ctx context.Context, archive *history.Archive) (damaged int, err error) {
	if t.ended.IsZero() {
		return 0, nil
	}
	return archive.Events(ctx, t.aliveAt, t.ended, func(e *process.GroupedEvent) error {
		if e.Kind != process.EventExit || e.ID != t.id {
			return nil
		}
		t.ended = e.Time
		if e.Ended && t.exit == nil {
			t.exit = &process.Exit{Reason: e.Reason, Code: e.Code}
		}
		return nil
	})
}

func (t *tracker) point(p *process.Process, now time.Time) Point {
	role := metric.Public
	if t.sight.Private {
		role = metric.Viewer
	}
	v := Point{Time: at(now), State: p.State.String()}
	v.add(p, t.last, now.Sub(t.lastAt), role)
	return v
}

// entry names the process.
func (t *tracker) entry() Entry {
	p := t.last
	e := Entry{ID: t.id.String(), PID: p.PID, Name: p.Name, Group: t.group, PPID: t.parent.pid, Parent: t.parent.name}
	started := t.clock.Time(p.StartTicks)
	e.StartTime, e.EndTime = moment(started), moment(t.ended)
	t.sight.addFacts(&e, p.Facts)
	if e.EndTime != nil {
		e.RunSeconds = new(span(max(0, t.ended.Sub(started))))
	}
	if t.exit != nil {
		e.Reason, e.ExitCode = t.exit.Reason, t.exit.Code
		if e.Reason == "" {
			e.Reason = "normal"
		}
	}
	return e
}
