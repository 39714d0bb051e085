// Package facts reads and remembers what stays the same of a process: its executable,
// command line, user, control group and limit of descriptors.
package facts

import (
	"errors"
	"slices"
	"time"

	"proctree/collector/host/linux/pods"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/host/users"
	"proctree/collector/process"
)

const (
	// maxHangingFacts bounds the processes whose facts are being waited for.
	maxHangingFacts = 16
	// factsMinAge and factsMaxAge bound the time, in ticks, after which facts are read
	// again without a sign of a change: a process that has just started may be about to
	// execute another program of the same name, to be moved to its control group, or to
	// raise its limits; an old one still may change its title.
	factsMinAge = 2 * procfs.UserHZ
	factsMaxAge = 600 * procfs.UserHZ
	// refreshShare bounds these readings per scan: one in so many processes, and as many of
	// those that are younger than youngAge, in ticks. A reading costs what the scan of some
	// twenty processes does.
	refreshShare = 256
	minRefresh   = 16
	youngAge     = 60 * procfs.UserHZ
)

// Cache keeps the facts of each process and every name once. They are read when a
// process is first seen, when its name, user or control group changes, and now and then. A caller that reads
// the process table calls begin, get for each process in the order of their IDs, and sweep.
// Not safe for concurrent use.
type Cache struct {
	proc  *procfs.Dir
	guard *stall.Guard
	Users *users.Names
	// pods names the pods of Kubernetes, and podsRead is a reading of them that hangs.
	pods     *pods.Names
	podsRead *stall.Read
	// monitors name containers, and renamed is whether they have named another one.
	monitors monitors
	renamed  bool
	// Odd is told of what cannot be parsed; optional.
	Odd func(first string)

	// entries are those of the processes that this scan has seen so far, sorted by ID, and
	// previous those of the last scan, of which at is the next to look at.
	entries, previous []*factsEntry
	at                int
	// dues and previousDues are parallel to them: the tick from which on a process has to be
	// looked at although it has not changed, 0 if it has to be in each scan.
	dues, previousDues []uint64
	names              map[string]string
	kernel             *process.Facts

	now  uint64
	time time.Time
	// budget and young are how many readings are left to this scan, the latter for young
	// processes. turn is where a scan begins to spend the former, and last where it did.
	budget, young int
	turn, last    process.ID
	errs          map[string]uint64
}

// New returns an empty cache. Users are looked up below rootPath; the deadline is
// that of one reading.
func New(proc *procfs.Dir, rootPath string, deadline time.Duration) *Cache {
	return &Cache{
		proc:  proc,
		guard: stall.NewGuard(deadline, maxHangingFacts),
		Users: users.New(rootPath, deadline),
		pods:  pods.NewNames(rootPath),
		names: make(map[string]string),
	}
}

// Begin starts a scan of about so many processes at the given tick and time. What cannot
// be read is counted in errs.
func (c *Cache) Begin(tick uint64, now time.Time, processes int, errs map[string]uint64) {
	c.entries, c.previous, c.at = c.previous[:0], c.entries, 0
	c.dues, c.previousDues = c.previousDues[:0], c.dues
	c.now, c.time, c.errs = tick, now, errs
	c.budget = max(processes/refreshShare, minRefresh)
	c.young = c.budget
	if user := c.Users.Name(0, now); c.kernel == nil || c.kernel.User != user {
		c.kernel = &process.Facts{User: user}
		clear(c.previousDues)
	}
	c.readPods()
}

// readPods looks for new names of pods: the kubelet makes the logs of a container a moment after
// its first process has begun.
func (c *Cache) readPods() {
	if c.podsRead != nil && !c.podsRead.Finished() {
		return
	}
	changed := false
	read, err := c.guard.Do(func() { changed = c.pods.Read(c.time) })
	c.podsRead = read
	if (err != nil || !changed) && !c.renamed {
		return
	}
	c.renamed = false
	for i, e := range c.previous {
		named := *e.facts
		c.NamePod(&named)
		if !named.Same(e.facts) {
			e.facts = &named
			c.previousDues[i] = 0
		}
	}
}

// NamePod sets the names of the pod and the container, by their ids. The kubelet's names come first.
func (c *Cache) NamePod(f *process.Facts) {
	if c.podsRead != nil && !c.podsRead.Finished() {
		return
	}
	pod := c.pods.Find(f.Container, f.PodUID)
	f.Namespace, f.Pod, f.ContainerName = pod.Namespace, pod.Name, pod.Container
	if f.ContainerName == "" {
		f.ContainerName = c.monitors.find(f)
	}
	nameContainer(f)
}

// Keep takes over what the last scan had of processes that have not changed since: of at most
// so many, from a place in its table on. It stops before the first that has to be looked at all
// the same, by Get, and returns how many it took over.
func (c *Cache) Keep(at, most int) int {
	end := min(at+most, len(c.previous))
	n := 0
	for at+n < end && c.now < c.previousDues[at+n] {
		n++
	}
	if n > 0 {
		c.at = at + n
		c.entries = append(c.entries, c.previous[at:at+n]...)
		c.dues = append(c.dues, c.previousDues[at:at+n]...)
	}
	return n
}

// Get returns the name as a string that is kept, and the facts, which are never nil.
func (c *Cache) Get(s Sighting) (string, *process.Facts) {
	e := c.entry(s)
	switch {
	case s.Kernel:
		// A kernel thread has no program, and its control group is nearly always the root.
		e.facts = c.kernel
	case e.unread:
		c.read(s.ID, e)
	case c.now >= e.due && c.takeTurn(s.ID):
		c.read(s.ID, e)
	}
	e.failed.AddTo(c.errs)
	c.dues = append(c.dues, e.lookAt(s.Kernel))
	return e.name, e.facts
}

// takeTurn spends one of the readings that are left to the scan. Where more are due than a
// scan may read, it goes on where the last one ended: the lowest PIDs alone would be read.
func (c *Cache) takeTurn(id process.ID) bool {
	switch {
	case c.now-min(id.StartTicks, c.now) < youngAge:
		c.young--
		return c.young >= 0
	case c.budget == 0 || id.Compare(c.turn) < 0:
		return false
	}
	c.budget--
	c.last = id
	return true
}

// entry returns the entry of a process, without facts if it is new or a new program.
func (c *Cache) entry(s Sighting) *factsEntry {
	e := c.known(s.ID)
	if e == nil {
		e = &factsEntry{id: s.ID, uid: s.UID, noUID: s.NoUID, facts: process.NoFacts, unread: true}
	}
	c.entries = append(c.entries, e)
	if e.name != string(s.Name) || e.uid != s.UID || e.noUID != s.NoUID {
		e.name, e.uid, e.noUID = c.Intern(s.Name), s.UID, s.NoUID
		e.facts, e.failed, e.unread = process.NoFacts, procfs.Failures{}, true
	}
	if e.cgroup != s.Cgroup && s.Cgroup != 0 {
		e.unread = e.unread || e.cgroup != 0
		e.cgroup = s.Cgroup
	}
	return e
}

// known returns the entry that the last scan had of a process, or nil.
func (c *Cache) known(id process.ID) *factsEntry {
	for c.at < len(c.previous) {
		e := c.previous[c.at]
		order := e.id.Compare(id)
		if order > 0 {
			break
		}
		c.at++
		if order == 0 {
			return e
		}
	}
	return nil
}

// read reads the facts and says when to do so again. If they do not come in time the
// process has those it had, or its user and those for which nobody had to wait.
func (c *Cache) read(id process.ID, e *factsEntry) {
	user := ""
	if !e.noUID {
		user = c.Users.Name(e.uid, c.time)
	}
	reading, err := c.reading(id.PID, e)
	if err != nil {
		c.errs[procfs.ReasonOf(err)]++
		if e.facts == process.NoFacts {
			early := reading.soFar()
			early.User = user
			c.NamePod(&early)
			e.facts = &early
		}
		return
	}
	reading.facts.User = user
	c.NamePod(&reading.facts)
	if !e.facts.Same(&reading.facts) && (e.unread || !isEnding(e.facts, &reading.facts)) {
		read := reading.facts // Of its own: a pointer into the reading would keep all of that.
		e.facts = &read
	}
	if c.monitors.note(id, e.facts) {
		c.renamed = true
	}
	e.failed, e.unread = reading.failed, false
	if first := e.failed.First(); first != "" && c.Odd != nil {
		c.Odd(first)
	}
	age := c.now - min(id.StartTicks, c.now)
	e.due = c.now + min(max(age, factsMinAge), factsMaxAge)
}

// isEnding reports whether a process has lost its memory, as one does that ends, and its
// control group with it; it stays who it was.
func isEnding(before, now *process.Facts) bool {
	return before.Exe != "" && now.Exe == "" || len(before.Cmdline) > 0 && len(now.Cmdline) == 0
}

// reading returns a finished reading. While an earlier one hangs there is no second.
func (c *Cache) reading(pid int, e *factsEntry) (*factsReading, error) {
	if late := e.overdue; late != nil {
		if !late.Finished() {
			return nil, stall.ErrOverdue
		}
		e.overdue = nil
		if late.name == e.name {
			return late, late.Err()
		}
	}
	reading := &factsReading{name: e.name}
	read, err := c.guard.Do(func() { reading.facts, reading.failed = readFacts(c.proc, pid, reading.show) })
	reading.Read = read
	if errors.Is(err, stall.ErrOverdue) {
		e.overdue = reading
	}
	return reading, err
}

// Intern returns a name as the one string kept for all processes of that name.
func (c *Cache) Intern(name []byte) string {
	if kept, ok := c.names[string(name)]; ok {
		return kept
	}
	kept := string(name)
	c.names[kept] = kept
	return kept
}

// Sweep ends a scan: it forgets the processes that it has not seen.
func (c *Cache) Sweep() {
	c.turn = process.ID{}
	if c.budget == 0 {
		c.turn = process.ID{PID: c.last.PID + 1}
	}
	for id := range c.monitors.of {
		if _, alive := slices.BinarySearchFunc(c.entries, id, func(e *factsEntry, id process.ID) int { return e.id.Compare(id) }); !alive {
			c.monitors.forget(id)
			c.renamed = true
		}
	}
	clear(c.previous)
	if len(c.names) <= 2*len(c.entries) {
		return
	}
	clear(c.names)
	for _, e := range c.entries {
		c.names[e.name] = e.name
	}
}

// Close frees what the cache holds. Readings that hang end when the kernel lets them.
func (c *Cache) Close() {
	c.guard.Close()
	c.Users.Close()
}
