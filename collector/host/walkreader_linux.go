package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"proctree/collector/process"
)

// readWalk reads by the walk.
func (r *linuxReader) readWalk(ctx context.Context) (*process.Snapshot, error) {
	s, err := r.tryWalk(ctx)
	if err != nil {
		r.walk.reset()
		return nil, err
	}
	r.walk.last = s.Processes
	return s, nil
}

func (r *linuxReader) tryWalk(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.clock()
	if err != nil {
		return nil, err
	}
	if err := r.walk.read(ctx); err != nil {
		return nil, err
	}
	n := len(r.walk.plan) + r.walk.skipped
	errs := make(map[string]uint64)
	processes := make([]process.Process, 0, n)
	r.facts.begin(clock.Now, began, n, errs)
	if r.walk.skipped > 0 {
		first, comm, err := r.readFirst(ctx, clock, errs)
		if err != nil {
			return nil, err
		}
		first.Name, first.Facts = r.facts.get(sighting{ID: first.ID, name: commOf(&comm), uid: first.UID})
		if len(r.previous) > 0 {
			neverBelow(&first, &r.previous[0])
			compare(&first, &r.previous[0])
		}
		processes = append(processes, first)
	}
	processes = r.walk.fill(processes, r.previous, r.facts)
	r.facts.sweep()
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: processes, Reader: ReaderWalk, Errors: errs}), nil
}

// errImplausible is returned where the walk does not show this process as it is: then it
// reads this kernel's memory wrongly.
var errImplausible = errors.New("the walk shows this process wrongly")

// try makes a first pass and looks at what it shows of this process.
func (t *walkTable) try(ctx context.Context) error {
	if err := t.read(ctx); err != nil {
		return err
	}
	defer t.reset()
	for i := range t.changed {
		r := &t.changed[i]
		if int(r.Pid) != t.self {
			continue
		}
		if int(r.Ppid) != os.Getppid() || int(r.Uid) != os.Geteuid() || r.Start == 0 || r.Threads == 0 || r.Rss == 0 || r.Vm < r.Rss {
			return fmt.Errorf("%w: parent %d, user %d, start %d, %d threads, %d of %d pages resident",
				errImplausible, r.Ppid, r.Uid, r.Start, r.Threads, r.Rss, r.Vm)
		}
	}
	return nil
}
