// Package exits remembers which processes ended in the last minutes.
package exits

import (
	"slices"
	"sync"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

const (
	// Keep is for how long an end is remembered.
	Keep = 10 * time.Minute
	// Most bounds the ends that are remembered; the oldest are forgotten first.
	Most = 2000
)

// Entry is one end.
type Entry struct {
	group.Ended
	// Seen is the time of the scan that showed it.
	Seen time.Time
	// Started is when the process started; zero where it is not known.
	Started time.Time
	// ParentName is the name of the parent, "" where it is not known.
	ParentName string
	// parent is what ParentName is the name of.
	parent *process.Process
	clock  process.Clock
}

// Journal is the ends of the last minutes, oldest first. It is safe for concurrent use.
type Journal struct {
	// Excludes reports whether a process is excluded by now; nil excludes none. It is set before
	// the first call of Since.
	Excludes func(*rules.Subject) bool
	// Group returns the name under which a group may be shown by now; nil leaves all as they were.
	Group func(recorded string, s rules.Subject) string

	mu      sync.Mutex
	entries []Entry
}

// Observe takes the ends that a report shows.
func (j *Journal) Observe(r *group.Report) {
	j.mu.Lock()
	defer j.mu.Unlock()
	taken := r.Snapshot.Taken
	j.entries = slices.DeleteFunc(j.entries, func(e Entry) bool {
		return taken.Sub(e.Seen) > Keep || !e.Recorded && find(r.Snapshot, e.ID.PID, e.ID.StartTicks) != nil
	})
	for _, e := range r.Ended {
		j.add(r, e)
	}
	if more := len(j.entries) - Most; more > 0 {
		j.entries = slices.Delete(j.entries, 0, more)
	}
}

// add adds an end, or completes the one that was added before its record came.
func (j *Journal) add(r *group.Report, e group.Ended) {
	if e.ID.PID != 0 {
		for i := len(j.entries) - 1; i >= 0; i-- {
			if j.entries[i].ID == e.ID {
				j.entries[i].Ended = e
				return
			}
		}
	}
	entry := Entry{Ended: e, Seen: r.Snapshot.Taken, clock: r.Snapshot.Clock}
	if e.ID.PID != 0 {
		entry.Started = r.Snapshot.Clock.Time(e.ID.StartTicks)
	}
	for _, s := range []*process.Snapshot{r.Snapshot, r.Previous} {
		if parent := find(s, e.Parent, 0); parent != nil && entry.ParentName == "" && (e.ID.PID == 0 || parent.CanParent(e.ID)) {
			entry.ParentName, entry.parent = parent.Name, parent
		}
	}
	j.entries = append(j.entries, entry)
}

// find returns the process with a PID, which started at some tick unless that is 0.
func find(s *process.Snapshot, pid int, started uint64) *process.Process {
	if s == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(s.Processes, pid, func(p *process.Process, pid int) int { return p.PID - pid })
	if !ok || started != 0 && s.Processes[i].StartTicks != started {
		return nil
	}
	return s.Processes[i]
}

// Since returns the ends that were seen after a moment, newest first.
func (j *Journal) Since(moment time.Time) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []Entry
	for _, e := range slices.Backward(j.entries) {
		if !e.Seen.After(moment) || j.excludes(e.ID, e.Name, false, e.Facts) {
			continue
		}
		if p := e.parent; p != nil && j.excludes(p.ID, p.Name, p.Kernel, p.Facts) {
			e.Parent, e.ParentName = 0, ""
		}
		if j.Group != nil {
			e.Group = j.Group(e.Group, rules.Subject{ID: e.ID, Name: e.Name, Facts: e.Facts, Clock: e.clock})
		}
		list = append(list, e)
	}
	return list
}

// excludes reports whether the configuration of now excludes a process, which may be a stricter
// one than that of the time at which the process ended.
func (j *Journal) excludes(id process.ID, name string, kernel bool, facts *process.Facts) bool {
	return j.Excludes != nil && name != "" && j.Excludes(&rules.Subject{ID: id, Name: name, Kernel: kernel, Facts: facts})
}
