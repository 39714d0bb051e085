package group

import (
	"sync"
	"sync/atomic"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// A process that is gone is remembered for so many scans, and for so long: its exit record may
// come late, and scans that could not read it may have left it out.
const (
	rememberScans = process.RememberScans
	rememberFor   = process.RememberFor
)

// scanMark is a scan whose processes are all remembered: its number, when it began by the clock of
// the processes, and when it was taken.
type scanMark struct {
	number, ticks uint64
	taken         time.Time
}

// Tracker turns snapshots into reports. Report and Reload are safe for concurrent use,
// also with Observe; snapshots must come in the order in which they were taken.
type Tracker struct {
	report atomic.Pointer[Report]

	mu  sync.Mutex
	cfg Config
	// shown is that of cfg; reports share it.
	shown *rules.Shown
	// generation counts the configurations.
	generation uint64
	// edition counts the reports.
	edition uint64

	scan uint64
	// remembered are the scans that are remembered, the oldest first.
	remembered []scanMark
	previous   *process.Snapshot
	// live is parallel to the snapshot's Processes; spare is its other buffer.
	live, spare []*tracked
	// vanished are those that the scan under way did not see again.
	vanished []*tracked
	// ended are the ends that the scan under way has shown.
	ended []Ended
	// returned are those that the scan before did not see, and this one does.
	returned []*tracked
	gone     map[process.ID]*tracked
	// unseen are the processes whose records came although no scan had seen them, with
	// the scan's number: they may yet turn up as zombies.
	unseen map[process.ID]uint64
	// debtors are the ended processes whose CPU time a parent is yet to show.
	debtors []*tracked
	// lends is that the last scan took growth from the children's times.
	lends bool
	// inverted counts the live processes whose parent has the higher PID.
	inverted int
	groups   tallies
	// cgroups are the counters of control groups in the last scan, by path.
	cgroups map[string]process.CgroupCPU
	// cgroupsLost is what Report.CgroupsLost returns.
	cgroupsLost uint64
	// places are those of the last report.
	places   []int32
	top      topList
	overflow int
}

// NewTracker returns a Tracker that has seen nothing.
func NewTracker(cfg Config) *Tracker {
	t := &Tracker{
		gone: map[process.ID]*tracked{}, groups: tallies{byName: map[string]*tally{}},
		unseen: map[process.ID]uint64{}, cgroups: map[string]process.CgroupCPU{},
	}
	t.configure(&cfg)
	return t
}

// Report returns what the last Observe made, nil before the first. It does not change.
func (t *Tracker) Report() *Report { return t.report.Load() }

// clearGauges forgets the members, to count them again.
func (t *Tracker) clearGauges() {
	t.overflow = 0
	for _, g := range t.groups.sorted {
		g.clearGauges()
	}
}

// Observe takes the next snapshot and returns the report on it, which Report returns
// from then on.
func (t *Tracker) Observe(s *process.Snapshot) *Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin(s)
	t.merge(s)
	t.sum(s)
	t.sumGPUs(s)
	t.readRecords(s)
	t.countVanished()
	t.settleChildren(s)
	t.sumLimits(s)
	t.groups.expire(s.Taken, t.cfg.Expire)
	t.forget(s.Taken)
	r := t.publish(s, t.previous)
	t.previous = s
	t.report.Store(r)
	return r
}

// begin opens a scan.
func (t *Tracker) begin(s *process.Snapshot) {
	if t.previous != nil {
		t.groups.since = t.previous.Taken
	}
	t.scan++
	t.remembered = append(t.remembered, scanMark{t.scan, s.Clock.Now, s.Taken})
	t.inverted = 0
	t.ended = nil
	t.clearGauges()
}

// merge walks the last scan and this one side by side; both are sorted by PID.
func (t *Tracker) merge(s *process.Snapshot) {
	old, now, j := t.live, t.spare[:0], 0
	follows := t.previous != nil && t.previous.Serial > 0 && s.Serial == t.previous.Serial+1
	vanish := func() {
		old[j].index = -1
		t.vanished = append(t.vanished, old[j])
		t.gone[old[j].id] = old[j]
		j++
	}
	for i := range s.Processes {
		cur := s.Processes[i]
		for j < len(old) && old[j].id.PID < cur.PID {
			vanish()
		}
		var p *tracked
		if j < len(old) && old[j].id == cur.ID {
			p = old[j]
			j++
		} else {
			p = t.firstSight(cur)
		}
		p.update(cur, i, t.scan, follows && s.Unchanged(cur), s.Clock)
		now = append(now, p)
	}
	for j < len(old) {
		vanish()
	}
	clear(old)
	t.live, t.spare = now, old
}

// firstSight returns what to remember of a process that the last scan did not have.
func (t *Tracker) firstSight(cur *process.Process) *tracked {
	if p := t.gone[cur.ID]; p != nil {
		// Left out by a scan that could not read it: it goes on where it was.
		delete(t.gone, cur.ID)
		t.returned = append(t.returned, p)
		return p
	}
	p := &tracked{id: cur.ID}
	if _, ok := t.unseen[cur.ID]; ok {
		// A zombie that has been counted as a whole by its record.
		p.exited, p.recorded = true, true
		return p
	}
	if t.isOurs(cur.StartTicks) {
		// Marks at 0: all it used since its own start counts.
		p.started = true
		p.counted.known = cur.Known
		p.marked = true
	}
	return p
}

// isOurs reports whether a process that is not remembered started under our eyes: after
// the first scan, and so late that every scan that can have seen it is remembered.
func (t *Tracker) isOurs(start uint64) bool {
	return t.scan > 1 && start >= t.remembered[0].ticks
}

// forget drops what is remembered for a while only.
func (t *Tracker) forget(now time.Time) {
	clear(t.vanished)
	clear(t.returned)
	t.vanished, t.returned = t.vanished[:0], t.returned[:0]
	for t.scan-t.remembered[0].number >= rememberScans && now.Sub(t.remembered[0].taken) >= rememberFor {
		t.remembered = t.remembered[1:]
	}
	oldest := t.remembered[0].number
	for id, p := range t.gone {
		if p.seen < oldest {
			delete(t.gone, id)
		}
	}
	for id, scan := range t.unseen {
		if scan < oldest {
			delete(t.unseen, id)
		}
	}
}
