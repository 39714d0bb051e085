package report

import (
	"context"
	"fmt"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
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

// Point is a process at one moment. Rates cover the time since the point before.
type Point struct {
	Time         Seconds  `json:"time"`
	State        string   `json:"state"`
	CPUSeconds   *float64 `json:"cpu_seconds,omitempty"`
	Cores        *float64 `json:"cores,omitempty"`
	MemoryBytes  *uint64  `json:"memory_bytes,omitempty"`
	SwapBytes    *uint64  `json:"swap_bytes,omitempty"`
	Threads      *int     `json:"threads,omitempty"`
	OpenFDs      *uint64  `json:"open_fds,omitempty"`
	ReadBytes    *uint64  `json:"read_bytes,omitempty"`
	ReadRate     *float64 `json:"read_bytes_per_second,omitempty"`
	WrittenBytes *uint64  `json:"written_bytes,omitempty"`
	WrittenRate  *float64 `json:"written_bytes_per_second,omitempty"`
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
	clock  process.Clock
	group  string
	ended  time.Time
	exit   *process.Exit
	parent relative
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
	t.track.Damaged = damaged
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

func (t *tracker) point(p *process.Process, now time.Time) Point {
	v := Point{Time: at(now), State: p.State.String()}
	seconds := now.Sub(t.lastAt).Seconds()
	rate := func(now, before float64, bit process.Fields) *float64 {
		if t.last == nil || seconds <= 0 || !t.last.Known.Has(bit) || now < before {
			return nil
		}
		return new(round((now - before) / seconds))
	}
	before := t.last
	if before == nil {
		before = &process.Process{}
	}
	if p.Known.Has(process.HasCPU) {
		v.CPUSeconds = new(round(p.CPUTime().Seconds()))
		v.Cores = rate(p.CPUTime().Seconds(), before.CPUTime().Seconds(), process.HasCPU)
	}
	if p.Known.Has(process.HasResident) {
		v.MemoryBytes = new(p.ResidentBytes)
	}
	if p.Known.Has(process.HasSwap) {
		v.SwapBytes = new(p.SwapBytes)
	}
	if p.Known.Has(process.HasThreads) {
		v.Threads = new(p.Threads)
	}
	if !t.sight.Private {
		return v
	}
	if p.Known.Has(process.HasOpenFDs) {
		v.OpenFDs = new(p.OpenFDs)
	}
	if p.Known.Has(process.HasReadBytes) {
		v.ReadBytes, v.ReadRate = new(p.ReadBytes), rate(float64(p.ReadBytes), float64(before.ReadBytes), process.HasReadBytes)
	}
	if p.Known.Has(process.HasWrittenBytes) {
		v.WrittenBytes, v.WrittenRate = new(p.WrittenBytes), rate(float64(p.WrittenBytes), float64(before.WrittenBytes), process.HasWrittenBytes)
	}
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
