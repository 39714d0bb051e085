package linux

import (
	"context"
	"time"

	"proctree/collector/host/linux/facts"
	"proctree/collector/process"
)

// readWalk reads by the walk.
func (r *Reader) readWalk(ctx context.Context) (*process.Snapshot, error) {
	s, err := r.tryWalk(ctx)
	if err != nil {
		r.walk.Reset()
		return nil, err
	}
	return s, nil
}

func (r *Reader) tryWalk(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.Clock()
	if err != nil {
		return nil, err
	}
	if err := r.walk.Read(ctx); err != nil {
		return nil, err
	}
	n := r.walk.Planned()
	errs := make(map[string]uint64)
	processes, serial := make([]*process.Process, 0, n), r.serial+1
	r.facts.Begin(clock.Now, began, n, errs)
	if r.walk.SkipsFirst() {
		first, name, err := r.readFirst(ctx, clock, errs)
		if err != nil {
			return nil, err
		}
		first.Name, first.Facts = r.facts.Get(facts.Sighting{ID: first.ID, Name: name, UID: first.UID})
		if len(r.previous) > 0 {
			process.NeverBelow(first, r.previous[0])
			process.Compare(first, r.previous[0], serial)
		} else {
			first.Since = serial
		}
		processes = append(processes, first)
	}
	processes = r.walk.Fill(processes, r.previous, serial, r.facts)
	r.walk.Keep(processes)
	r.facts.Sweep()
	if r.pss != nil {
		processes = process.Clone(processes)
	}
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: processes, Reader: process.ReaderWalk, Errors: errs}), nil
}
