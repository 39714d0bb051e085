package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// Overview is what there is of a recording.
type Overview struct {
	// From and To are the first and the last table; absent where there is none.
	From *Seconds `json:"from,omitempty"`
	To   *Seconds `json:"to,omitempty"`
	// Bytes is the size of the recording.
	Bytes int64 `json:"bytes"`
	// Spans are the times in which tables were recorded without a gap.
	Spans []Recorded `json:"spans"`
	// Marks are what happened to the recording, in the order of time.
	Marks []Mark `json:"marks"`
	// Points are the host over time.
	Points []HostPoint `json:"points"`
}

// Recorded is a time in which tables were recorded.
type Recorded struct {
	From            Seconds `json:"from"`
	To              Seconds `json:"to"`
	IntervalSeconds Seconds `json:"interval_seconds"`
	Tables          int     `json:"tables"`
	Bytes           int64   `json:"bytes"`
}

// Mark is a moment worth a look.
type Mark struct {
	Time Seconds `json:"time"`
	// Kind is gap (nothing was recorded until "until"), clock_step, damage, boot, crash or oom_kill. The last
	// two happened between "time" and "until".
	Kind  string   `json:"kind"`
	Until *Seconds `json:"until,omitempty"`
	// Count is how many processes crashed, or were killed.
	Count uint64 `json:"count,omitempty"`
}

// HostPoint is the host in a part of the time. CPU and processes are averages, and pressure is the most.
type HostPoint struct {
	Time                 Seconds  `json:"time"`
	Processes            float64  `json:"processes"`
	BusyCores            *float64 `json:"busy_cores,omitempty"`
	MemoryTotalBytes     uint64   `json:"memory_total_bytes,omitempty"`
	MemoryAvailableBytes *uint64  `json:"memory_available_bytes,omitempty"`
	PressureCPU          *float64 `json:"pressure_cpu,omitempty"`
	PressureMemory       *float64 `json:"pressure_memory,omitempty"`
	PressureIO           *float64 `json:"pressure_io,omitempty"`
}

// mostTables is the longest time of which an overview reads each table: an hour is read in less than a second.
// In more, it has the summaries, one a minute.
const mostTables = time.Hour

// NewOverview looks a recording through. It has at most so many points between two moments; a zero one stands
// for the first or last table.
func NewOverview(ctx context.Context, archive *history.Archive, from, to time.Time, points int) (*Overview, error) {
	spans, err := archive.Spans()
	if err != nil {
		return nil, err
	}
	o := &Overview{Spans: []Recorded{}, Marks: []Mark{}, Points: []HostPoint{}}
	var last *history.Span
	for _, s := range spans {
		o.Bytes += s.Bytes
		if s.Tables == 0 || s.Damaged > 0 {
			if !s.First.IsZero() {
				o.Marks = append(o.Marks, Mark{Time: at(s.First), Kind: "damage"})
			}
		}
		if s.Tables > 0 {
			o.add(s, last)
			last = s
		}
	}
	if o.From == nil {
		return o, nil
	}
	if from.IsZero() {
		from = o.From.Time()
	}
	if to.IsZero() {
		to = o.To.Time()
	}
	if length := to.Sub(from); length > mostTables || length/time.Duration(points) >= time.Minute {
		o.addPoints(summaries(spans), from, to, points)
		return o, nil
	}
	list, err := tables(ctx, archive, from, to)
	o.addPoints(list, from, to, points)
	return o, err
}

// summaries are those that the recording has of each minute.
func summaries(spans []*history.Span) (list []*segment.Summary) {
	for _, s := range spans {
		list = append(list, s.Summaries...)
	}
	return list
}

// tables sums up each table from one moment to another, and the one before them.
func tables(ctx context.Context, archive *history.Archive, from, to time.Time) (list []*segment.Summary, err error) {
	if first, err := archive.LastBefore(from); err == nil {
		from = first
	}
	var before *process.Snapshot
	_, err = archive.Skim(ctx, from, to, func(step *segment.Step) error {
		var next *segment.Summary
		var err error
		if next, before, err = step.Summary(before); err == nil {
			list = append(list, next)
		}
		return err
	})
	return list, err
}

// add adds a segment to the spans.
func (o *Overview) add(s, last *history.Span) {
	if o.From == nil {
		o.From = new(at(s.First))
	}
	o.From, o.To = new(min(*o.From, at(s.First))), new(at(s.Last))
	next := Recorded{at(s.First), at(s.Last), span(s.Interval), s.Tables, s.Bytes}
	if last == nil {
		o.Spans = append(o.Spans, next)
		return
	}
	previous := &o.Spans[len(o.Spans)-1]
	switch gap := s.First.Sub(last.Last); {
	case gap < 0:
		o.Marks = append(o.Marks, Mark{Time: at(s.First), Kind: "clock_step"})
	case gap > last.Tolerance():
		o.Marks = append(o.Marks, Mark{Time: at(last.Last), Kind: "gap", Until: new(at(s.First))})
	case s.Interval == last.Interval:
		previous.To = next.To
		previous.Tables += next.Tables
		previous.Bytes += next.Bytes
		return
	}
	o.Spans = append(o.Spans, next)
}

// addPoints adds up summaries in parts of equal length.
func (o *Overview) addPoints(list []*segment.Summary, from, to time.Time, points int) {
	part := max(to.Sub(from)/time.Duration(points), time.Millisecond)
	sums := make([]pointSum, points)
	var last *segment.Summary
	for _, summary := range list {
		since := summary.Time.Sub(from)
		if since >= 0 && !summary.Time.After(to) {
			sums[min(int(since/part), points-1)].add(summary, last)
		}
		last = summary
	}
	for i := range sums {
		if sums[i].count > 0 {
			o.Points = append(o.Points, sums[i].point())
			o.Marks = append(o.Marks, sums[i].marks...)
		}
	}
	slices.SortStableFunc(o.Marks, func(a, b Mark) int { return cmp.Compare(a.Time, b.Time) })
}

// pointSum adds up what becomes one point.
type pointSum struct {
	HostPoint
	first     time.Time
	count     int
	busy      float64
	busyCount int
	processes int
	// marks has one of each kind at most.
	marks []Mark
}

// mark notes that something happened so often between two summaries.
func (p *pointSum) mark(kind string, count uint64, since, until Seconds) {
	if count == 0 {
		return
	}
	for i := range p.marks {
		if m := &p.marks[i]; m.Kind == kind {
			m.Count += count
			m.Until = &until
			return
		}
	}
	p.marks = append(p.marks, Mark{Time: since, Kind: kind, Until: &until, Count: count})
}

func (p *pointSum) add(s, last *segment.Summary) {
	since := at(s.Time)
	if last != nil {
		since = min(since, at(last.Time))
	}
	p.mark("crash", s.Crashes, since, at(s.Time))
	p.mark("oom_kill", s.OOMKills, since, at(s.Time))
	if last != nil && s.Uptime > 0 && s.Uptime < last.Uptime {
		p.mark("boot", 1, since, at(s.Time))
	}
	if p.count == 0 {
		p.first = s.Time
	}
	p.count++
	p.processes += s.Processes
	if s.BusyCores != nil {
		p.busy += *s.BusyCores
		p.busyCount++
	}
	p.MemoryTotalBytes = s.MemoryTotalBytes
	if s.MemoryAvailableBytes != nil && (p.MemoryAvailableBytes == nil || *s.MemoryAvailableBytes < *p.MemoryAvailableBytes) {
		p.MemoryAvailableBytes = s.MemoryAvailableBytes
	}
	p.PressureCPU, p.PressureMemory, p.PressureIO = most(p.PressureCPU, s.Pressure.CPU), most(p.PressureMemory, s.Pressure.Memory), most(p.PressureIO, s.Pressure.IO)
}

func most(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func (p *pointSum) point() HostPoint {
	v := p.HostPoint
	v.Time, v.Processes = at(p.first), round(float64(p.processes)/float64(p.count))
	if p.busyCount > 0 {
		v.BusyCores = new(round(p.busy / float64(p.busyCount)))
	}
	return v
}
