package group_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"proctree/collector/process"
)

// life is one process of a world. Its CPU time is in its own times until it is waited
// for, and then in its reaper's too.
type life struct {
	id            process.ID
	parent        *life
	kids          []*life
	name          string
	facts         *process.Facts
	own, children [2]time.Duration
	zombie        bool
	// careless ignores SIGCHLD: its children vanish, and it never learns their times.
	careless bool
	// subreaper gets the orphans below it (prctl(2), PR_SET_CHILD_SUBREAPER).
	subreaper bool
	// seen is that a scan has read it, overlooked that the last one failed to, and late
	// that its record has been put off once.
	seen, overlooked, late bool
}

// odds are the shares of what may happen, in percent.
type odds struct {
	exec, careless, subreaper int
	// overlook is the share of processes that a scan fails to read, late that of the
	// records that come one scan later.
	overlook, late int
	// between is how many events there may be between two reads of one scan.
	between int
	// pids is how many PIDs there are; after the last one they start again at 1.
	pids int
}

// maxAlive bounds the processes of a world.
const maxAlive = 40

// world is a kernel that forks, runs, execs, ends and reaps processes at random, and
// that knows how much CPU time each process used.
type world struct {
	odds
	rng     *rand.Rand
	tick    uint64
	nextPID int
	// table is indexed by PID; running are those in it that have not ended.
	table   []*life
	running []*life
	alive   int
	init    *life
	source  process.ExitSource
	// records are the exits that nobody has drained yet.
	records []*life
	// scanned is that there was a first scan: the truth begins there.
	scanned bool

	burned      time.Duration
	byName      map[string]time.Duration
	forks, ends uint64
	// unseen counts the records of processes that no scan saw.
	unseen uint64
}

func newWorld(seed uint64, source process.ExitSource, o odds) *world {
	w := &world{
		odds: o, rng: rand.New(rand.NewPCG(seed, 7)), tick: 1000, table: make([]*life, o.pids+1),
		byName: map[string]time.Duration{}, source: source,
	}
	w.init = w.fork(nil)
	w.init.subreaper, w.init.careless = true, false
	w.steps(200)
	w.burned, w.forks, w.records = 0, 0, nil
	// The zombies there are have yet to leave the table.
	w.ends = uint64(w.alive - len(w.running))
	clear(w.byName)
	return w
}

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

// atFree tells when a record is made: when the process is reaped, or when it ends.
func (w *world) atFree() bool { return w.source == process.ExitsBPF }

func (w *world) fork(parent *life) *life {
	if w.alive == maxAlive {
		return nil
	}
	for ok := false; !ok; ok = w.table[w.nextPID] == nil {
		w.nextPID = w.nextPID%w.pids + 1
	}
	w.tick++
	l := &life{id: process.ID{PID: w.nextPID, StartTicks: w.tick}, parent: parent, facts: &process.Facts{}, name: w.anyName()}
	l.careless, l.subreaper = w.chance(w.careless), w.chance(w.subreaper)
	w.table[w.nextPID] = l
	w.running = append(w.running, l)
	if parent != nil {
		parent.kids = append(parent.kids, l)
	}
	w.alive++
	w.forks++
	return l
}

func (w *world) anyName() string { return fmt.Sprintf("name%d", w.rng.IntN(8)) }

// steps lets n things happen.
func (w *world) steps(n int) {
	for range n {
		w.tick += uint64(w.rng.IntN(2))
		l := w.running[w.rng.IntN(len(w.running))]
		switch n := w.rng.IntN(100); {
		case n < 25:
			w.fork(l)
		case n < 55:
			w.burn(l)
		case n < 55+w.exec:
			l.name, l.facts = w.anyName(), &process.Facts{}
		case n < 75:
			w.end(l)
		case n < 85:
			w.reap(w.init)
		default:
			w.reap(l)
		}
	}
}

func (w *world) burn(l *life) {
	d := time.Duration(1 + w.rng.IntN(1000))
	if w.chance(5) {
		d *= 1000
	}
	l.own[w.rng.IntN(2)] += d
	w.burned += d
	w.byName[l.name] += d
}

// end makes a zombie of a process and orphans of its children.
func (w *world) end(l *life) {
	if l == w.init {
		return
	}
	l.zombie = true
	w.running = slices.DeleteFunc(w.running, func(r *life) bool { return r == l })
	w.ends++
	if !w.atFree() {
		w.records = append(w.records, l)
	}
	reaper := l.parent
	for !reaper.subreaper || reaper.zombie {
		reaper = reaper.parent
	}
	for _, kid := range l.kids {
		kid.parent = reaper
	}
	reaper.kids = append(reaper.kids, l.kids...)
	l.kids = nil
	if l.parent.careless {
		w.free(l)
	}
}

// reap lets a process wait for one of its zombies.
func (w *world) reap(l *life) {
	i := slices.IndexFunc(l.kids, func(kid *life) bool { return kid.zombie })
	if i < 0 {
		return
	}
	kid := l.kids[i]
	if !l.careless {
		for mode := range 2 {
			l.children[mode] += kid.own[mode] + kid.children[mode]
		}
	}
	w.free(kid)
}

func (w *world) free(l *life) {
	l.parent.kids = slices.DeleteFunc(l.parent.kids, func(kid *life) bool { return kid == l })
	w.table[l.id.PID] = nil
	w.alive--
	if w.atFree() {
		w.records = append(w.records, l)
	}
}
