package exits

import (
	"proctree/collector/host/linux/facts"
	"proctree/collector/process"
)

// exitFactsKey is what the facts of a process that no scan saw are made of.
type exitFactsKey struct {
	uid    uint32
	cgroup uint64
	// program is that of the parent, if the process ran it.
	program *process.Facts
}

// maxExitFacts bounds what is kept of them.
const maxExitFacts = 4096

// factsOf returns the facts that an account alone can tell. The parent's program is the
// process' own if it executed none itself, and still has the parent's name.
func (l *Ledger) factsOf(uid uint32, cgroup uint64, program *process.Facts) *process.Facts {
	key := exitFactsKey{uid, cgroup, program}
	if f := l.made[key]; f != nil && f.User == l.facts.Users.Name(uid, l.now) {
		return f
	}
	group := l.groups.facts(cgroup)
	f := &process.Facts{
		User:   l.facts.Users.Name(uid, l.now),
		Cgroup: group.Path, Unit: group.Unit, Container: group.Container, PodUID: group.PodUID,
	}
	l.facts.NamePod(f)
	if program != nil {
		f.Exe, f.Cmdline, f.FDLimit = program.Exe, program.Cmdline, program.FDLimit
	}
	if len(l.made) >= maxExitFacts {
		clear(l.made)
	}
	l.made[key] = f
	return f
}

// program returns the facts of the parent if a child of that name that executed nothing
// runs its program; nil if there is none.
func (l *Ledger) program(ppid int, name string) *process.Facts {
	if parent := l.table.ByPID(ppid); parent != nil && parent.Name == name {
		return parent.Facts
	}
	return nil
}

const (
	// maxCgroups bounds the directories of one walk, and the ids that are remembered.
	maxCgroups = 4096
	// rootCgroup is the inode of the root. It says nothing of a process, least of all on
	// hosts where version 1 has the controllers.
	rootCgroup = 1
)

// cgroupNames finds the path of a control group by its id, which is the inode of its
// directory. Groups in which a process is seen need no search.
type cgroupNames struct {
	processes []*process.Process
	ids       []uint64
	// known has an empty path for a group that is not there any more.
	known map[uint64]facts.Group
	// walked is set once in a scan.
	walked bool
}

func (c *cgroupNames) begin(processes []*process.Process, ids []uint64) {
	c.processes, c.ids, c.walked = processes, ids, false
	if c.known == nil || len(c.known) > maxCgroups {
		c.known = make(map[uint64]facts.Group)
	}
}

// facts returns what the path of a group tells, nothing if it cannot be found.
func (c *cgroupNames) facts(id uint64) facts.Group {
	if id <= rootCgroup {
		return facts.Group{}
	}
	found, ok := c.known[id]
	if !ok {
		found, ok = c.ofProcess(id)
	}
	if !ok && !c.walked {
		c.walked = true
		c.walk()
		found = c.known[id]
	}
	c.known[id] = found
	return found
}

// ofProcess asks the processes of the scan.
func (c *cgroupNames) ofProcess(id uint64) (facts.Group, bool) {
	for i, of := range c.ids {
		if f := c.processes[i].Facts; of == id && f.Cgroup != "" {
			return facts.Group{Path: f.Cgroup, Unit: f.Unit, Container: f.Container, PodUID: f.PodUID}, true
		}
	}
	return facts.Group{}, false
}

// walk remembers every group that there is.
func (c *cgroupNames) walk() {
	facts.WalkCgroups(maxCgroups, func(id uint64, group facts.Group) { c.known[id] = group })
}
