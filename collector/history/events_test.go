package history

import (
	"os"
	"testing"
	"time"

	"proctree/collector/process"
)

// short returns the events of a process that ends at once.
func short(pid int, at time.Time, reason string) []process.GroupedEvent {
	e := process.GroupedEvent{Event: process.Event{Time: at, ID: process.ID{PID: pid, StartTicks: 9}, Name: "short", Facts: &process.Facts{Cmdline: []string{"short", "secret"}}}}
	list := []process.GroupedEvent{e, e, e}
	for i, kind := range []process.EventKind{process.EventFork, process.EventExec, process.EventExit} {
		list[i].Kind = kind
	}
	list[2].Ended, list[2].Reason = true, reason
	return list
}

// countEvents counts what a recording has, by kind: with details, and as sums.
func countEvents(t *testing.T, a *Archive, from, to time.Time) (details, sums map[process.EventKind]uint64) {
	t.Helper()
	details, sums = map[process.EventKind]uint64{}, map[process.EventKind]uint64{}
	damaged, err := a.Events(t.Context(), from, to, func(e *process.GroupedEvent) error {
		if e.Count > 0 {
			sums[e.Kind] += e.Count
		} else {
			details[e.Kind]++
		}
		return nil
	})
	if err != nil || damaged != 0 {
		t.Fatalf("%d damaged, %v", damaged, err)
	}
	return details, sums
}

func TestEventsAreRecorded(t *testing.T) {
	cfg := config(t)
	var waiting []process.GroupedEvent
	cfg.Events = func(into []process.GroupedEvent) []process.GroupedEvent {
		defer func() { waiting = nil }()
		return append(into, waiting...)
	}
	r, a, shown := recorder(t, cfg), NewArchive(cfg.Dir), showAll()
	const seconds = 130
	for i := range seconds {
		at := start.Add(time.Duration(i) * time.Second)
		waiting = short(1000+i, at.Add(-time.Millisecond), []string{"", "SIGSEGV"}[i%2])
		observe(t, r, report(snapshot(at, i, 3), shown))
	}
	details, sums := countEvents(t, a, start.Add(-time.Hour), start.Add(time.Hour))
	if details[process.EventFork] != seconds || details[process.EventExec] != seconds || details[process.EventExit] != seconds || len(sums) != 0 {
		t.Errorf("%v, %v", details, sums)
	}
	details, _ = countEvents(t, a, start.Add(10*time.Second), start.Add(20*time.Second))
	if details[process.EventExec] != 10 {
		t.Errorf("10 seconds have %v", details)
	}

	// An hour later forks are counted, and a day later also exits with code 0.
	stop(t, r)
	files, err := listSegments(cfg.Dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d segments, %v", len(files), err)
	}
	if err := os.Chtimes(files[0].path, start, start); err != nil {
		t.Fatal(err)
	}
	second := recorder(t, cfg) // The last segment is never thinned.
	observe(t, second, report(snapshot(start.Add(time.Hour), 3600, 3), shown))
	thin := &thinner{dir: cfg.Dir}
	for _, test := range []struct {
		age                        time.Duration
		forks, exits, sums, exited uint64
	}{{2 * time.Hour, 0, seconds, seconds, 0}, {40 * time.Hour, 0, seconds / 2, seconds, seconds / 2}} {
		thin.thin(start.Add(test.age), nil)
		details, sums := countEvents(t, NewArchive(cfg.Dir), start.Add(-time.Hour), start.Add(30*time.Minute))
		if details[process.EventFork] != test.forks || details[process.EventExec] != seconds || details[process.EventExit] != test.exits ||
			sums[process.EventFork] != test.sums || sums[process.EventExit] != test.exited {
			t.Errorf("after %v: %v and %v", test.age, details, sums)
		}
	}
}

// TestEventsWaitForTheNextTable: what could not be written is not lost.
func TestEventsWaitForTheNextTable(t *testing.T) {
	cfg := config(t)
	var waiting []process.GroupedEvent
	cfg.Events = func(into []process.GroupedEvent) []process.GroupedEvent {
		defer func() { waiting = nil }()
		return append(into, waiting...)
	}
	r, shown := recorder(t, cfg), showAll()
	blocked := &item{}
	for i := range maxEvents + 10 {
		blocked.events.add(&short(i, start, "")[1], true)
	}
	r.note(blocked, os.ErrPermission, 0)
	waiting = short(7, start, "")
	table := report(snapshot(start, 0, 3), shown)
	observe(t, r, table)
	_, err := NewArchive(cfg.Dir).Events(t.Context(), start.Add(-time.Hour), start.Add(time.Hour), func(e *process.GroupedEvent) error {
		if clock := e.ClockOrNone(); !clock.Epoch.Equal(table.Snapshot.Clock.Epoch) || clock.TicksPerSecond != table.Snapshot.Clock.TicksPerSecond {
			t.Fatalf("an event has the clock %+v", clock)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	details, sums := countEvents(t, NewArchive(cfg.Dir), start.Add(-time.Hour), start.Add(time.Hour))
	total := details[process.EventExec] + sums[process.EventExec]
	if details[process.EventExec] != maxEvents || total != maxEvents+11 || sums[process.EventFork] != 1 {
		t.Errorf("%v and %v", details, sums)
	}
}

// TestBudgetOfEvents gives up details in order, and never those of a kill for memory.
func TestBudgetOfEvents(t *testing.T) {
	events := short(1, start, "")
	crash, killed := short(1, start, "SIGSEGV")[2], short(1, start, process.OOMKilled)[2]
	killed.Kind = process.EventOOMKill
	for _, test := range []struct {
		tokens                              float64
		fork, exec, exit, crashed, oomKills bool
	}{
		{eventBurst, true, true, true, true, true},
		{eventBurst / 2, false, true, true, true, true},
		{eventBurst / 4, false, true, false, true, true},
		{0, false, false, false, false, true},
	} {
		for i, e := range append(events[:3:3], crash, killed) {
			b := eventBudget{tokens: test.tokens}
			if got, want := b.allows(&e), []bool{test.fork, test.exec, test.exit, test.crashed, test.oomKills}[i]; got != want {
				t.Errorf("with %g left, event %d %s is allowed: %v", test.tokens, i, e.Kind, got)
			}
		}
	}
	b := eventBudget{}
	b.refill(start)
	b.tokens = 0
	b.refill(start.Add(10 * time.Second))
	b.refill(start) // Somebody has set the clock back.
	if b.tokens != 10*eventsPerSecond {
		t.Errorf("%g after 10 s", b.tokens)
	}
}
