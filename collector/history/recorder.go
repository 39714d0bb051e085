package history

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"syscall"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// Recorder writes tables to a directory. Observe never waits for the disk.
type Recorder struct {
	cfg    Config
	logger log.Logger
	store  *store
	// write is that of the store.
	write  func(*segment.Table, *rules.Shown) error
	queue  chan item
	done   chan struct{}
	keeper *keeper
	// stop ends the thinning, and thinned is closed once it has ended.
	stop, thinned chan struct{}

	mu sync.Mutex
	// last is when the last table was queued.
	last time.Time
	// exits are those since then.
	exits exits
	// events are those since then, where the last table was not written.
	events pendingEvents
	budget eventBudget
	// ending is that the next report is the last one.
	ending, closed bool
	stats          Stats
	// failing is that the last table could not be written: each cause is logged once.
	failing string
}

// item is a table to be written.
type item struct {
	report *group.Report
	exits  exits
	events pendingEvents
}

// Stats are what a Recorder has done.
type Stats struct {
	// Written counts tables, Dropped those that were not written, by reason.
	Written uint64
	Dropped map[string]uint64
	// WriteSeconds is the time that encoding and writing took.
	WriteSeconds float64
}

// NewRecorder begins to record. Close has to follow.
func NewRecorder(cfg Config, logger log.Logger) (*Recorder, error) {
	store, err := openStore(cfg)
	if err != nil {
		return nil, err
	}
	r := &Recorder{
		cfg: cfg, logger: logger, store: store, write: store.write, queue: make(chan item, 1), done: make(chan struct{}),
		stop: make(chan struct{}), thinned: make(chan struct{}),
		keeper: &keeper{dir: cfg.Dir, maxBytes: cfg.MaxBytes},
		stats:  Stats{Dropped: map[string]uint64{droppedBusy: 0, droppedSpace: 0, droppedError: 0}},
	}
	go r.run()
	go func() {
		defer close(r.thinned)
		(&thinner{dir: cfg.Dir, keeper: r.keeper}).run(r.stop)
	}()
	return r, nil
}

// Observe takes a report, which must not change. It keeps one in each interval, and the exit records of
// all of them.
func (r *Recorder) Observe(report *group.Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.exits.addAll(report)
	taken := report.Snapshot.Taken
	// Scans do not come at exact times.
	if since := taken.Sub(r.last); !r.ending && !r.last.IsZero() && since >= 0 && since < r.cfg.Interval-r.cfg.Interval/10 {
		return
	}
	r.last = taken
	// Only the holder of mu adds to the queue, so a free slot stays free.
	if len(r.queue) == cap(r.queue) {
		r.stats.Dropped[droppedBusy]++
		return
	}
	r.takeEvents(taken)
	r.queue <- item{report, r.exits, r.events}
	r.exits, r.events = exits{}, pendingEvents{}
}

// End says that the next report is the last one: it is taken whenever it comes, so that what happened since the
// last table is kept.
func (r *Recorder) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ending = true
}

// takeEvents takes those since the last table. The caller holds mu.
func (r *Recorder) takeEvents(now time.Time) {
	if r.cfg.Events == nil {
		return
	}
	r.budget.refill(now)
	list := r.cfg.Events(nil)
	for i := range list {
		r.events.add(&list[i], r.budget.allows(&list[i]))
	}
}

// run writes what is queued.
func (r *Recorder) run() {
	defer close(r.done)
	for next := range r.queue {
		began := time.Now()
		err := r.write(visible(&next), next.report.Shown)
		r.note(&next, err, time.Since(began))
	}
	<-r.thinned // The directory is given up only when nobody changes it.
	r.store.close()
}

// note counts a table, and keeps the exit records of one that was not written for the next.
func (r *Recorder) note(next *item, err error, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.WriteSeconds += took.Seconds()
	if err == nil {
		r.stats.Written++
		r.keeper.see(next.events.list)
		if r.failing != "" {
			r.failing = ""
			level.Info(r.logger).Log("msg", "recording again", "dir", r.cfg.Dir)
		}
		return
	}
	reason := droppedError
	if errors.Is(err, errNoSpace) || errors.Is(err, syscall.ENOSPC) {
		reason = droppedSpace
	}
	r.stats.Dropped[reason]++
	next.exits.append(&r.exits)
	next.events.append(&r.events)
	r.exits, r.events = next.exits, next.events
	if text := err.Error(); r.failing != text {
		r.failing = text
		level.Error(r.logger).Log("msg", "not recording until this is resolved", "dir", r.cfg.Dir, "err", err)
	}
}

// Stats returns what was done so far.
func (r *Recorder) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Dropped = maps.Clone(s.Dropped)
	return s
}

// Close writes what is queued and gives the directory up. It waits no longer than a deadline: a disk may
// hang.
func (r *Recorder) Close(deadline <-chan struct{}) error {
	r.mu.Lock()
	already := r.closed
	r.closed = true
	if !already {
		close(r.queue)
		close(r.stop)
	}
	r.mu.Unlock()
	select {
	case <-r.done:
		return nil
	case <-deadline:
		return fmt.Errorf("the last table of %s is not written yet", r.cfg.Dir)
	}
}

// visible returns the table without excluded processes. Their children get the nearest ancestor that is
// not excluded as their parent, as in the tree.
func visible(next *item) *segment.Table {
	report := next.report
	snapshot := *report.Snapshot
	snapshot.Exits, snapshot.ExitsLost = next.exits.records, next.exits.lost
	t := &segment.Table{Snapshot: &snapshot, ExitGroups: next.exits.groups, Events: next.events.list, Groups: make([]string, 0, len(snapshot.Processes))}
	hidden := false
	for i := range snapshot.Processes {
		name, ok := report.GroupOf(i)
		hidden = hidden || !ok
		t.Groups = append(t.Groups, name)
	}
	if hidden {
		keepVisible(t, report)
	}
	return t
}

func keepVisible(t *segment.Table, report *group.Report) {
	all := report.Snapshot.Processes
	processes := make([]process.Process, 0, len(all))
	t.Groups = t.Groups[:0]
	for i := range all {
		name, ok := report.GroupOf(i)
		if !ok {
			continue
		}
		p := all[i]
		other := *p
		other.PPID, other.Since = visibleParent(report, p), 0 // Its parent may have another number than before.
		processes, t.Groups = append(processes, other), append(t.Groups, name)
	}
	t.Snapshot.Processes = process.Pointers(processes)
}

// visibleParent is the PID of the nearest ancestor that is not excluded, or that of a parent that is not
// in the table.
func visibleParent(report *group.Report, p *process.Process) int {
	if _, ok := report.Snapshot.Index(p.PPID); !ok {
		return p.PPID
	}
	return report.ParentOf(p)
}
