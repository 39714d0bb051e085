package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

func TestGauges(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	s := hosttest.Snapshot(at(0),
		proc(10, 1, "app", before, hosttest.Memory(100, 1000), hosttest.OpenFDs(10, 100), hosttest.InState(process.Running)),
		proc(11, 1, "app", before+time.Minute, hosttest.Memory(50, 500), hosttest.OpenFDs(30, 60), func(p *process.Process) {
			p.Threads, p.SwapBytes, p.ProportionalBytes = 7, 5, 3
			p.Known |= process.HasProportional
		}),
		// Of what may not be read nothing is added, whatever the fields hold.
		proc(12, 1, "app", before-time.Minute, func(p *process.Process) {
			p.ResidentBytes, p.SwapBytes, p.OpenFDs, p.Threads, p.ProportionalBytes = 9, 9, 9, 9, 9
			p.Known = process.HasCPU
		}),
		// A limit that is not known has no ratio, and a lowered one none above 1.
		proc(13, 1, "nolimit", before, hosttest.OpenFDs(10, 0)),
		proc(14, 1, "lowered", before, hosttest.OpenFDs(10, 5)))
	r := tracker.Observe(s)
	got := groupNamed(t, r, "app")
	want := group.Group{
		Name: "app", Threads: 8, OpenFDs: 40, WorstFDRatio: 0.5,
		ResidentBytes: 150, VirtualBytes: 1500, SwapBytes: 5, ProportionalBytes: 3,
		Known:  hosttest.AllFields | process.HasProportional,
		Oldest: hosttest.Epoch.Add(at(before - time.Minute)), Newest: hosttest.Epoch.Add(at(before + time.Minute)),
	}
	want.States[process.Running], want.States[process.Sleeping] = 1, 2
	if got.AbnormalExits != nil {
		t.Errorf("abnormal exits are %v", got.AbnormalExits)
	}
	if !equal(got, want) {
		t.Errorf("app is\n%+v, want\n%+v", got, want)
	}
	if got := groupNamed(t, r, "nolimit").WorstFDRatio; got >= 0 {
		t.Errorf("without a limit the ratio is %v", got)
	}
	if got := groupNamed(t, r, "lowered").WorstFDRatio; got != 1 {
		t.Errorf("above the limit the ratio is %v", got)
	}

	// When all have ended the gauges are 0 and what was known stays known.
	r = tracker.Observe(hosttest.Snapshot(at(15 * time.Second)))
	got = groupNamed(t, r, "app")
	want = group.Group{Name: "app", WorstFDRatio: -1, Known: want.Known, Exits: 3}
	if !equal(got, want) {
		t.Errorf("then app is\n%+v, want\n%+v", got, want)
	}
}

// equal compares all but the map.
func equal(a, b group.Group) bool {
	type metrics struct {
		states                                  [process.NumStates]int
		threads                                 int
		known                                   process.Fields
		fds, resident, virtual, swap, pss       uint64
		ratio                                   float64
		user, system                            time.Duration
		read, written, minor, major, vol, invol uint64
		starts, exits, short                    uint64
		oldest, newest                          time.Time
	}
	of := func(g group.Group) metrics {
		return metrics{
			g.States, g.Threads, g.Known, g.OpenFDs, g.ResidentBytes, g.VirtualBytes, g.SwapBytes, g.ProportionalBytes,
			g.WorstFDRatio, g.UserTime, g.SystemTime, g.ReadBytes, g.WrittenBytes, g.MinorFaults, g.MajorFaults,
			g.VoluntarySwitches, g.InvoluntarySwitches, g.Starts, g.Exits, g.ShortLived, g.Oldest, g.Newest,
		}
	}
	return a.Name == b.Name && of(a) == of(b)
}

func TestEveryCounterGrows(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	table := func(n uint64) process.Process {
		return proc(10, 1, "app", before, hosttest.CPU(time.Duration(n), time.Duration(2*n)), hosttest.IO(3*n, 4*n), func(p *process.Process) {
			p.MinorFaults, p.MajorFaults, p.VoluntarySwitches, p.InvoluntarySwitches = 5*n, 6*n, 7*n, 8*n
		})
	}
	tracker.Observe(hosttest.Snapshot(at(0), table(10)))
	got := groupNamed(t, tracker.Observe(hosttest.Snapshot(at(15*time.Second), table(11))), "app")
	counters := [8]uint64{
		uint64(got.UserTime), uint64(got.SystemTime), got.ReadBytes, got.WrittenBytes,
		got.MinorFaults, got.MajorFaults, got.VoluntarySwitches, got.InvoluntarySwitches,
	}
	if want := [8]uint64{1, 2, 3, 4, 5, 6, 7, 8}; counters != want {
		t.Errorf("counters are %v, want %v", counters, want)
	}
}

// TestTheClockIsSet: start times follow the wall clock, and nothing else does.
func TestTheClockIsSet(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(hosttest.Snapshot(at(0), proc(10, 1, "app", before, cpuOf(time.Second))))
	s := hosttest.Snapshot(at(15*time.Second), proc(10, 1, "app", before, cpuOf(3*time.Second)), proc(11, 1, "app", time.Second, cpuOf(time.Second)))
	s.Clock.Epoch = s.Clock.Epoch.Add(-24 * time.Hour)
	got := groupNamed(t, tracker.Observe(s), "app")
	if got.UserTime != 3*time.Second || got.Starts != 1 || got.Exits != 0 {
		t.Errorf("app has %v, %d starts, %d exits", got.UserTime, got.Starts, got.Exits)
	}
	if want := hosttest.Epoch.Add(at(before) - 24*time.Hour); !got.Oldest.Equal(want) {
		t.Errorf("the oldest started at %v, want %v", got.Oldest, want)
	}
}

// TestCountersStartAtTheScanBefore: a group that a scan finds began after the one before.
// A value that becomes known later has a start of its own.
func TestCountersStartAtTheScanBefore(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "groups: [{group: named, name: named}]"), Expire: 25 * time.Second})
	noIO := hosttest.Without(process.HasIO)
	taken := func(scan int) time.Time {
		if scan < 0 {
			return time.Time{}
		}
		return hosttest.Epoch.Add(at(time.Duration(scan) * 15 * time.Second))
	}
	const never, first = -2, -1
	steps := []struct {
		processes []process.Process
		// The scans at which the counters of a group, and its I/O, were 0 for the last time.
		app, appIO, named, namedIO int
	}{
		{[]process.Process{proc(1, 0, "init", before)}, never, never, first, never},
		{[]process.Process{proc(10, 1, "app", time.Second, noIO)}, 0, never, first, never},
		{[]process.Process{proc(10, 1, "app", time.Second, noIO), proc(20, 1, "named", 16*time.Second, noIO)}, 0, never, first, never},
		{[]process.Process{proc(11, 1, "app", 31*time.Second), proc(21, 1, "named", 32*time.Second)}, 0, 2, first, 2},
		{nil, 0, 2, first, 2},
		{nil, 0, 2, first, 2},
		{nil, never, never, first, 2}, // app has expired.
		{[]process.Process{proc(12, 1, "app", 100*time.Second)}, 6, never, first, 2},
	}
	for i, step := range steps {
		r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.processes...))
		check := func(name string, since, io int) {
			t.Helper()
			if since == never {
				for _, got := range names(r) {
					if got == name {
						t.Errorf("scan %d: there is a group %s", i, name)
					}
				}
				return
			}
			g := groupNamed(t, r, name)
			if !g.Since.Equal(taken(since)) {
				t.Errorf("scan %d: %s began at %v, want %v", i, name, g.Since, taken(since))
			}
			got, ok := g.KnownSince[process.HasReadBytes]
			if ok != (io != never) || ok && !got.Equal(taken(io)) {
				t.Errorf("scan %d: the I/O of %s began at %v, %v; want scan %d", i, name, got, ok, io)
			}
			if _, ok := g.KnownSince[process.HasCPU]; ok {
				t.Errorf("scan %d: the CPU of %s began later than the group", i, name)
			}
		}
		check("app", step.app, step.appIO)
		check("named", step.named, step.namedIO)
	}
}

// TestGaugesNobodyKnows: a sum is absent as long as no member knows its part of it.
func TestGaugesNobodyKnows(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	whole := hosttest.Process(7, 0, "app", hosttest.Memory(1<<20, 2<<20))
	odd := hosttest.Process(7, 0, "app", hosttest.Without(process.HasSwap|process.HasOpenFDs))
	for i, step := range []struct {
		processes []process.Process
		absent    process.Fields
	}{
		{[]process.Process{whole}, 0},
		{[]process.Process{odd}, process.HasSwap | process.HasOpenFDs},
		{[]process.Process{odd, hosttest.Process(8, 0, "app")}, 0},
		{nil, 0},
	} {
		tracker.Observe(hosttest.Snapshot(time.Duration(i)*time.Minute, step.processes...))
		g := tracker.Report().Groups[0]
		const shown = process.HasSwap | process.HasOpenFDs | process.HasResident | process.HasThreads
		if g.Name != "app" || g.Known&shown != shown&^step.absent {
			t.Errorf("scan %d: %s knows %b, want all but %b", i, g.Name, g.Known&shown, step.absent)
		}
	}
}
