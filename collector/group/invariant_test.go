package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/process"
)

// hosts are the ways in which a world may be hard to read.
var hosts = []struct {
	name string
	odds odds
}{
	{"instant scans", odds{pids: 1 << 14, subreaper: 10}},
	{"scans that take time", odds{pids: 50, subreaper: 10, between: 2, late: 10}},
	{"exec", odds{pids: 50, subreaper: 10, between: 2, late: 10, exec: 10}},
	{"processes overlooked", odds{pids: 50, subreaper: 10, between: 2, late: 10, exec: 10, overlook: 3}},
	{"children nobody waits for", odds{pids: 50, subreaper: 10, between: 2, late: 10, careless: 20, overlook: 3}},
}

var sources = []process.ExitSource{process.ExitsBPF, process.ExitsTaskstats, process.ExitsChildren}

// FuzzNoSecondTwiceNoneLost is the invariant: the sum over all groups grows by what the
// processes used, never by more; and once all of them have ended, by no less. Only the
// CPU time of children that nobody waited for is out of the reach of ExitsChildren.
func FuzzNoSecondTwiceNoneLost(f *testing.F) {
	for i := range hosts {
		for source := range sources {
			for seed := range uint64(12) {
				f.Add(seed, uint8(i), uint8(source))
			}
		}
	}
	f.Fuzz(func(t *testing.T, seed uint64, i, source uint8) {
		h := hosts[int(i)%len(hosts)]
		w := newWorld(seed, sources[int(source)%len(sources)], h.odds)
		t.Logf("%s, %s", h.name, w.source)
		checkWorld(t, w)
	})
}

func checkWorld(t *testing.T, w *world) {
	t.Helper()
	tracker := group.NewTracker(group.Config{MaxGroups: 5})
	tracker.Observe(w.scan())
	children := w.source == process.ExitsChildren
	last := map[string]time.Duration{}
	scan := func() (sum time.Duration) {
		for _, g := range tracker.Observe(w.scan()).Groups {
			cpu := g.UserTime + g.SystemTime
			if cpu < last[g.Name] {
				t.Errorf("%s fell from %v to %v", g.Name, last[g.Name], cpu)
			}
			last[g.Name] = cpu
			sum += cpu
		}
		allowed := w.burned
		if children && w.overlook > 0 {
			// Who reaped whom is a guess where the parent could not be read.
			allowed += w.burned / 1000
		}
		if sum > allowed {
			t.Fatalf("groups have %v, only %v were used", sum, w.burned)
		}
		return sum
	}
	for range 20 {
		w.steps(w.rng.IntN(60))
		// Whatever was not yet reaped is still in an instant scan's table.
		if sum := scan(); children && w.between == 0 && sum != w.burned {
			t.Fatalf("groups have %v, %v were used", sum, w.burned)
		}
	}
	lossless := !children || w.careless == 0
	w.finish()
	w.between, w.overlook, w.late = 0, 0, 0
	for range 3 {
		scan()
	}
	if sum := scan(); lossless && sum < w.burned {
		t.Errorf("groups have %v in the end, %v were used", sum, w.burned)
	}
}

// TestRecordsGiveEachNameItsOwn: with records and without exec, not the sum alone is
// right but every name's share, and so are the starts and exits.
func TestRecordsGiveEachNameItsOwn(t *testing.T) {
	for _, source := range []process.ExitSource{process.ExitsBPF, process.ExitsTaskstats} {
		for seed := range uint64(12) {
			w := newWorld(seed, source, odds{pids: 50, subreaper: 10, between: 2, late: 10, overlook: 3})
			tracker := group.NewTracker(group.Config{})
			tracker.Observe(w.scan())
			for range 20 {
				w.steps(w.rng.IntN(60))
				tracker.Observe(w.scan())
			}
			w.finish()
			w.between, w.overlook, w.late = 0, 0, 0
			tracker.Observe(w.scan())
			var starts, exits, short uint64
			for _, g := range tracker.Observe(w.scan()).Groups {
				if cpu := g.UserTime + g.SystemTime; cpu != w.byName[g.Name] {
					t.Errorf("%s, seed %d: %s has %v, it used %v", source, seed, g.Name, cpu, w.byName[g.Name])
				}
				starts, exits, short = starts+g.Starts, exits+g.Exits, short+g.ShortLived
			}
			if starts != w.forks || exits != w.ends || short != w.unseen {
				t.Errorf("%s, seed %d: %d starts, %d exits, %d short-lived; there were %d, %d, %d",
					source, seed, starts, exits, short, w.forks, w.ends, w.unseen)
			}
		}
	}
}
