package host

import (
	"errors"
	"time"
)

// userHZ is the unit of clock ticks in /proc: 100 per second on every architecture that Go
// supports (USER_HZ, time(7)).
const userHZ = 100

const (
	// maxHangingFacts bounds the processes whose facts are being waited for.
	maxHangingFacts = 16
	// factsMinAge and factsMaxAge bound the time, in ticks, after which facts are read
	// again without a sign of a change: a process that has just started may be about to
	// execute another program of the same name, to be moved to its control group, or to
	// raise its limits; an old one still may change its title.
	factsMinAge = 2 * userHZ
	factsMaxAge = 600 * userHZ
	// refreshShare bounds these readings per scan: one in so many processes.
	refreshShare = 128
	minRefresh   = 16
)

// factsCache keeps the facts of each process and every name once. They are read when a
// process is first seen, when its name, user or control group changes, and now and then. Whoever reads
// the process table calls begin, get for each process, and sweep. Not safe for concurrent
// use.
type factsCache struct {
	proc  *procDir
	guard *guard
	users *userNames

	entries map[ID]*factsEntry
	names   map[string]string
	kernel  *Facts

	scan   uint64
	now    uint64
	time   time.Time
	live   int
	budget int
	errs   map[string]uint64
}

func newFactsCache(proc *procDir, cfg Config) *factsCache {
	return &factsCache{
		proc:    proc,
		guard:   newGuard(cfg.Deadline, maxHangingFacts),
		users:   newUserNames(cfg.RootPath, cfg.Deadline),
		entries: make(map[ID]*factsEntry),
		names:   make(map[string]string),
	}
}

// begin starts a scan of about so many processes at the given tick and time. What cannot
// be read is counted in errs.
func (c *factsCache) begin(tick uint64, now time.Time, processes int, errs map[string]uint64) {
	c.scan++
	c.now, c.time, c.errs = tick, now, errs
	c.live, c.budget = 0, max(processes/refreshShare, minRefresh)
	if user := c.users.name(0, now); c.kernel == nil || c.kernel.User != user {
		c.kernel = &Facts{User: user}
	}
}

// get returns the name as a string that is kept, and the facts, which are never nil.
func (c *factsCache) get(s sighting) (string, *Facts) {
	e := c.entry(s)
	switch {
	case s.kernel:
		// A kernel thread has no program, and its control group is nearly always the root.
		e.facts = c.kernel
	case e.unread:
		c.read(s.ID, e)
	case c.now >= e.due && c.budget > 0:
		c.budget--
		c.read(s.ID, e)
	}
	e.failed.addTo(c.errs)
	return e.name, e.facts
}

// entry returns the entry of a process, without facts if it is new or a new program.
func (c *factsCache) entry(s sighting) *factsEntry {
	e := c.entries[s.ID]
	if e == nil {
		e = &factsEntry{uid: s.uid, facts: noFacts, unread: true}
		c.entries[s.ID] = e
	}
	if e.seen != c.scan {
		e.seen = c.scan
		c.live++
	}
	if e.name != string(s.name) || e.uid != s.uid {
		e.name, e.uid = c.intern(s.name), s.uid
		e.facts, e.failed, e.unread = noFacts, failures{}, true
	}
	if e.cgroup != s.cgroup && s.cgroup != 0 {
		e.unread = e.unread || e.cgroup != 0
		e.cgroup = s.cgroup
	}
	return e
}

// read reads the facts and says when to do so again. If they do not come in time the
// process has those it had, or only its user.
func (c *factsCache) read(id ID, e *factsEntry) {
	user := c.users.name(e.uid, c.time)
	reading, err := c.reading(id.PID, e)
	if err != nil {
		c.errs[reasonOf(err)]++
		if e.facts == noFacts {
			e.facts = &Facts{User: user}
		}
		return
	}
	reading.facts.User = user
	if !e.facts.equal(&reading.facts) && (e.unread || !isEnding(e.facts, &reading.facts)) {
		e.facts = &reading.facts
	}
	e.failed, e.unread = reading.failed, false
	age := c.now - min(id.StartTicks, c.now)
	e.due = c.now + min(max(age, factsMinAge), factsMaxAge)
}

// isEnding reports whether a process has lost its memory, as one does that ends, and its
// control group with it; it stays who it was.
func isEnding(before, now *Facts) bool {
	return before.Exe != "" && now.Exe == "" || len(before.Cmdline) > 0 && len(now.Cmdline) == 0
}

// reading returns a finished reading. While an earlier one hangs there is no second.
func (c *factsCache) reading(pid int, e *factsEntry) (*factsReading, error) {
	if late := e.overdue; late != nil {
		if !late.finished() {
			return nil, errOverdue
		}
		e.overdue = nil
		if late.name == e.name {
			return late, nil
		}
	}
	reading := &factsReading{name: e.name}
	read, err := c.guard.do(func() { reading.facts, reading.failed = readFacts(c.proc, pid) })
	reading.guardedRead = read
	if errors.Is(err, errOverdue) {
		e.overdue = reading
	}
	return reading, err
}

// intern returns a name as the one string kept for all processes of that name.
func (c *factsCache) intern(name []byte) string {
	if kept, ok := c.names[string(name)]; ok {
		return kept
	}
	kept := string(name)
	c.names[kept] = kept
	return kept
}

// sweep ends a scan: it forgets the processes that it has not seen.
func (c *factsCache) sweep() {
	if c.live == len(c.entries) {
		return
	}
	for id, e := range c.entries {
		if e.seen != c.scan {
			delete(c.entries, id)
		}
	}
	if len(c.names) <= 2*len(c.entries) {
		return
	}
	clear(c.names)
	for _, e := range c.entries {
		c.names[e.name] = e.name
	}
}

func (c *factsCache) close() {
	c.guard.close()
	c.users.close()
}
