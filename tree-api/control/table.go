package control

import (
	"fmt"
	"net/http"

	"proctree/collector/group"
	"proctree/collector/process"
)

// table is the process table by which a request is judged.
type table struct {
	report *group.Report
	own    int
	// ancestors are the processes that this program descends from by the PPIDs of the kernel.
	ancestors map[process.ID]bool
}

// newTable judges for the program with the PID own. Without that one in the table it could not
// be told what must never be touched.
func newTable(report *group.Report, own int) (*table, error) {
	t := &table{report: report, own: own, ancestors: map[process.ID]bool{}}
	self := report.Snapshot.ByPID(own)
	if self == nil {
		return nil, &RefusalError{http.StatusInternalServerError, fmt.Sprintf("exporter: the process table does not have this exporter, PID %d, so its ancestors are not known", own)}
	}
	// Not t.parent: of two processes that started in the same tick it takes only the one with the
	// lower PID as a parent. After the PIDs have wrapped round, an ancestor would not be protected.
	for p := report.Snapshot.ByPID(self.PPID); p != nil && !t.ancestors[p.ID]; p = report.Snapshot.ByPID(p.PPID) {
		t.ancestors[p.ID] = true
	}
	return t, nil
}

// parent returns the parent in the whole table, excluded processes included; nil if there is
// none.
func (t *table) parent(p *process.Process) *process.Process {
	if p == nil {
		return nil
	}
	parent := t.report.Snapshot.ByPID(p.PPID)
	if parent == nil || !parent.CanParent(p.ID) {
		return nil
	}
	return parent
}

// find returns a process that is shown. An excluded one is not told from one that is not
// there, whatever its start time.
func (t *table) find(id process.ID) (*process.Process, Subject, *RefusalError) {
	snapshot := t.report.Snapshot
	i, ok := snapshot.Index(id.PID)
	name := ""
	if ok {
		name, ok = t.report.GroupOf(i)
	}
	if !ok {
		return nil, Subject{}, &RefusalError{http.StatusNotFound, fmt.Sprintf("there is no process %s", id)}
	}
	p := snapshot.Processes[i]
	switch {
	case p.ID != id:
		return nil, Subject{}, &RefusalError{http.StatusConflict, fmt.Sprintf("process %s has ended, and its PID belongs to another process, %s", id, p.ID)}
	case snapshot.Clock.Now <= id.StartTicks && snapshot.Clock.Now != 0:
		// It started in the very tick of the scan. Another process could have had the same
		// PID in that tick, so the start time does not tell them apart yet.
		return nil, Subject{}, &RefusalError{http.StatusConflict, fmt.Sprintf("process %s started a moment ago; try again in a second", id)}
	}
	return p, t.subject(p, name), nil
}

func (t *table) subject(p *process.Process, groupName string) Subject {
	return Subject{
		PID:      p.PID,
		Group:    groupName,
		Grouped:  groupName != group.Overflow,
		User:     p.Facts.User,
		Kernel:   p.Kernel,
		Own:      p.PID == t.own,
		Ancestor: t.ancestors[p.ID],
	}
}

// descends reports whether p is below the process root.
func (t *table) descends(p *process.Process, root process.ID) bool {
	// The order of CanParent is strict, so this ends.
	for p = t.parent(p); p != nil; p = t.parent(p) {
		if p.ID == root {
			return true
		}
	}
	return false
}

// unseen returns the descendants of root that are shown and not in seen.
func (t *table) unseen(root process.ID, seen map[process.ID]bool) (list []process.ID) {
	processes := t.report.Snapshot.Processes
	for i := range processes {
		p := processes[i]
		if _, shown := t.report.GroupOf(i); shown && !seen[p.ID] && t.descends(p, root) {
			list = append(list, p.ID)
		}
	}
	return list
}
