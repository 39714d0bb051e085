package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/history"
	"proctree/collector/history/ledger"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// world is a host on which processes come and go, and which knows what each has used.
type world struct {
	tracker  *group.Tracker
	recorder *history.Recorder
	dir      string
	random   *rand.Rand
	table    []process.Process
	exits    []process.Exit
	now      time.Duration
	next     int
	// busy is the CPU time of all, and read what all have read.
	busy time.Duration
	read uint64
	// taken is the time of the last table.
	taken time.Time
	// lost is one of how many exits has no record; 0 is none.
	lost int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		tracker: group.NewTracker(group.Config{Shown: rules.Shown{Cmdline: func(args []string) []string { return args }}}),
		dir:     t.TempDir(), random: rand.New(rand.NewPCG(3, 4)), now: time.Hour, next: 100,
		table: []process.Process{hosttest.Process(1, 0, "init"), hosttest.Process(2, 1, "parent", hosttest.User(1000, "ann"), hosttest.Memory(5<<20, 6<<20))},
	}
	w.open(t)
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	recorder, err := history.NewRecorder(history.Config{
		Dir: w.dir, Interval: time.Second, MaxBytes: history.DefaultMaxBytes, MaxAge: 100 * 365 * 24 * time.Hour,
	}, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	w.recorder = recorder
	t.Cleanup(func() { _ = recorder.Close(nil) })
}

// scan records the table as it is.
func (w *world) scan(t *testing.T) {
	t.Helper()
	s := hosttest.Snapshot(w.now, w.table...)
	s.Exits, s.ExitSource = w.exits, process.ExitsTaskstats
	s.System.CPUBusy += w.busy
	w.taken, w.exits = s.Taken, nil
	before := w.recorder.Stats().Written
	w.recorder.Observe(w.tracker.Observe(s))
	for w.recorder.Stats().Written == before {
		time.Sleep(50 * time.Microsecond)
	}
}

// work lets a process use CPU time, in whole milliseconds.
func (w *world) work(at int, ms int) {
	w.table[at].UserTime += time.Duration(ms) * time.Millisecond
	w.busy += time.Duration(ms) * time.Millisecond
}

// turn is a second in which processes work, start and end, some of them between two scans.
func (w *world) turn() {
	w.now += time.Second
	for i := range w.table {
		w.work(i, w.random.IntN(30))
		bytes := uint64(w.random.IntN(10000))
		w.table[i].ReadBytes += bytes
		w.read += bytes
	}
	for i := len(w.table) - 1; i >= 2; i-- {
		if w.random.IntN(8) == 0 {
			w.work(i, 5) // After the last scan that saw it.
			w.exit(&w.table[i])
			w.table = append(w.table[:i], w.table[i+1:]...)
		}
	}
	for range w.random.IntN(4) {
		w.next++
		w.table = append(w.table, hosttest.Process(w.next, 2, "job", hosttest.Started(w.now), hosttest.User(1000, "ann"), hosttest.Cmdline("job", "-x")))
	}
	w.next++
	short := hosttest.Process(w.next, 2, "short", hosttest.Started(w.now-time.Second/2), hosttest.User(1000, "ann"))
	short.UserTime, short.ReadBytes = 20*time.Millisecond, 512
	w.read += short.ReadBytes
	w.busy += short.UserTime
	w.exit(&short)
}

func (w *world) exit(p *process.Process) {
	if w.lost > 0 && w.random.IntN(w.lost) == 0 {
		return
	}
	w.exits = append(w.exits, process.Exit{
		ID: p.ID, Parent: p.PPID, Name: p.Name, Facts: p.Facts, Processes: 1, Known: process.HasCPU | process.HasIO,
		UserTime: p.UserTime, ReadBytes: p.ReadBytes,
	})
	w.table[1].ReadBytes += p.ReadBytes // The parent has waited for it.
}

func top(t *testing.T, dir string, from, to time.Time, what ledger.Resource, by ledger.By) *ledger.Ranking {
	t.Helper()
	r, err := ledger.Top(t.Context(), history.NewArchive(dir), from, to, what, by, 100_000, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTopIsExact holds the sums over every kind of group against what the host knows.
func TestTopIsExact(t *testing.T) {
	w := newWorld(t)
	w.scan(t)
	first, busyFirst := w.taken, w.busy
	var middle time.Time
	var busyMiddle time.Duration
	for i := range 700 {
		w.turn()
		w.scan(t)
		if i == 300 {
			middle, busyMiddle = w.taken, w.busy
		}
	}
	for _, span := range []struct {
		from, to time.Time
		want     time.Duration
	}{
		{first, w.taken, w.busy - busyFirst},
		{first, middle, busyMiddle - busyFirst},
		{middle, w.taken, w.busy - busyMiddle},
		{middle.Add(500 * time.Millisecond), w.taken, w.busy - busyMiddle},
		{first.Add(-time.Hour), w.taken.Add(time.Hour), w.busy - busyFirst},
	} {
		for _, by := range ledger.Bys {
			r := top(t, w.dir, span.from, span.to, ledger.CPU, by)
			sum := 0.0
			for _, s := range r.Shares {
				sum += s.Value
			}
			if by == ledger.Tree {
				sum = r.Shares[0].Value
				if r.Shares[0].Life.Name != "init" {
					t.Errorf("the largest subtree is that of %s", r.Shares[0].Life.Name)
				}
			}
			if diff := sum - span.want.Seconds(); diff > 0.002 || diff < -0.002 {
				t.Errorf("by %s from %v to %v: %.3f s, want %.3f", by, span.from, span.to, sum, span.want.Seconds())
			}
			if r.Busy == nil || *r.Busy != span.want {
				t.Errorf("the host was busy for %v, want %v", r.Busy, span.want)
			}
		}
	}
	for _, by := range []ledger.By{ledger.Process, ledger.Unit} {
		if r := top(t, w.dir, first, w.taken, ledger.Input, by); r.Total != float64(w.read) {
			t.Errorf("by %s: %.0f bytes were read, want %d", by, r.Total, w.read)
		}
	}
	r := top(t, w.dir, first, w.taken, ledger.CPU, ledger.Group)
	for _, s := range r.Shares {
		if s.Name == "short" && (s.Processes != 700 || s.Value < 13.99 || s.Value > 14.01) {
			t.Errorf("700 short-lived processes used 20 ms each: %+v", s)
		}
	}
	if r := top(t, w.dir, first, w.taken, ledger.Memory, ledger.User); len(r.Shares) == 0 || r.Shares[0].Value < 4<<20 {
		t.Errorf("memory by user: %+v", r.Shares)
	}
}

// TestTopIsThatOfAllTables holds the short way, which skims the tables, against reading all of them.
func TestTopIsThatOfAllTables(t *testing.T) {
	for _, lost := range []int{0, 300, 3} {
		w := newWorld(t)
		w.lost = lost
		w.scan(t)
		first := w.taken
		for i := range 400 {
			w.turn()
			if i == 200 {
				w.now += time.Minute // A gap.
			}
			w.scan(t)
		}
		for _, span := range [][2]int{{0, 400}, {10, 390}, {70, 130}, {199, 300}, {5, 6}, {0, 1000}} {
			from, to := first.Add(time.Duration(span[0])*time.Second), first.Add(time.Duration(span[1])*time.Second)
			all, err := ledger.Read(t.Context(), history.NewArchive(w.dir), from, to)
			if err != nil {
				t.Fatal(err)
			}
			for _, what := range []ledger.Resource{ledger.CPU, ledger.Input} {
				for _, by := range ledger.Bys {
					want, got := all.Rank(what, by, 100_000, nil), top(t, w.dir, from, to, what, by)
					if got.Total != want.Total || len(got.Shares) != len(want.Shares) {
						t.Fatalf("with 1 of %d lost, %s by %s over %v: %v in %d, want %v in %d", lost, what, by, span, got.Total, len(got.Shares), want.Total, len(want.Shares))
					}
					for i, s := range got.Shares {
						if s.Value != want.Shares[i].Value || s.Processes != want.Shares[i].Processes || s.Name != want.Shares[i].Name {
							t.Fatalf("with 1 of %d lost, %s by %s over %v: line %d is %+v, want %+v", lost, what, by, span, i, s, want.Shares[i])
						}
					}
				}
			}
		}
	}
}

// TestTopOverARestart counts what was used while nobody recorded, by the processes that still run.
func TestTopOverARestart(t *testing.T) {
	w := newWorld(t)
	w.scan(t)
	first := w.taken
	for range 30 {
		w.turn()
		w.scan(t)
	}
	if err := w.recorder.Close(nil); err != nil {
		t.Fatal(err)
	}
	w.now += 5 * time.Minute
	w.work(0, 4000)
	ended := w.table[len(w.table)-1]
	w.table = w.table[:len(w.table)-1]
	w.exits = nil
	w.tracker = group.NewTracker(group.Config{Shown: rules.Shown{Cmdline: func(args []string) []string { return args }}})
	w.open(t)
	w.scan(t)
	l, err := ledger.Read(t.Context(), history.NewArchive(w.dir), first, w.taken)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Gaps) != 1 || l.Gaps[0].To.Sub(l.Gaps[0].From) < 5*time.Minute {
		t.Errorf("the gaps are %v", l.Gaps)
	}
	seen := map[process.ID]int{}
	for _, life := range l.Lives {
		seen[life.ID]++
		if life.ID.PID == 1 && life.CPU() < 4*time.Second {
			t.Errorf("init used %v", life.CPU())
		}
		if life.ID == ended.ID && life.Ended.IsZero() {
			t.Error("a process that ended in the gap still runs")
		}
	}
	for id, n := range seen {
		if n != 1 && id.PID != 0 {
			t.Errorf("%v is listed %d times", id, n)
		}
	}
}

// TestTopOverABoot holds that a host that was rebooted has other processes with the same numbers.
func TestTopOverABoot(t *testing.T) {
	w := newWorld(t)
	w.scan(t)
	first := w.taken
	w.turn()
	w.scan(t)
	used := w.table[1].UserTime
	// The boot, a minute later by the clock of the wall.
	again := hosttest.Snapshot(10*time.Second, hosttest.Process(1, 0, "init", hosttest.CPU(time.Second, 0)), hosttest.Process(2, 1, "parent", hosttest.CPU(2*time.Second, 0)))
	again.Taken = w.taken.Add(time.Minute)
	again.Clock.Epoch = again.Taken.Add(-10 * time.Second)
	before := w.recorder.Stats().Written
	w.recorder.Observe(group.NewTracker(group.Config{}).Observe(again))
	for w.recorder.Stats().Written == before {
		time.Sleep(50 * time.Microsecond)
	}
	l, err := ledger.Read(t.Context(), history.NewArchive(w.dir), first, again.Taken)
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Duration
	for _, life := range l.Lives {
		if life.ID.PID == 2 {
			got = append(got, life.CPU())
		}
	}
	if len(l.Boots) != 1 || len(got) != 2 || got[0]+got[1] != 2*time.Second+used {
		t.Errorf("boots %v, process 2 used %v, and %v before", l.Boots, got, used)
	}
}

func TestNothingRecorded(t *testing.T) {
	w := newWorld(t)
	if _, err := ledger.Read(t.Context(), history.NewArchive(w.dir), time.Unix(0, 0), time.Unix(1, 0)); !history.IsNoTable(err) {
		t.Errorf("an empty recording is %v", err)
	}
	w.scan(t)
	if _, err := ledger.Read(t.Context(), history.NewArchive(w.dir), w.taken.Add(time.Hour), w.taken.Add(2*time.Hour)); !history.IsNoTable(err) {
		t.Errorf("a span without a table is %v", err)
	}
	w.turn()
	w.scan(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := ledger.Read(ctx, history.NewArchive(w.dir), w.taken.Add(-time.Hour), w.taken); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that went away gets %v", err)
	}
	if _, err := ledger.Read(t.Context(), history.NewArchive(filepath.Join(w.dir, "none")), w.taken, w.taken); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory is %v", err)
	}
}
