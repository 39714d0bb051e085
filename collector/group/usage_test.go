package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// TestAValueThatBecomesKnownStartsThere: and one that is not known for a while goes on
// where it was.
func TestAValueThatBecomesKnownStartsThere(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	var got []uint64
	for i, step := range []struct {
		read  uint64
		known bool
	}{{1000, false}, {1000, true}, {1010, true}, {0, false}, {1030, true}} {
		p := proc(10, 1, "app", before, hosttest.IO(step.read, 0))
		if !step.known {
			p.Known &^= process.HasIO
		}
		r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), p))
		g := groupNamed(t, r, "app")
		got = append(got, g.ReadBytes)
		if g.Known.Has(process.HasIO) != (i > 0) {
			t.Errorf("scan %d: known are %b", i, g.Known)
		}
	}
	for i, want := range []uint64{0, 0, 10, 10, 30} {
		if got[i] != want {
			t.Errorf("read bytes are %v; want %d at %d", got, want, i)
		}
	}
}

// TestTheSplitOfASecondMayChange: the kernel samples in which mode time is spent and
// scales that to the exact sum, and two readers may do it differently.
func TestTheSplitOfASecondMayChange(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	steps := []struct{ user, system, wantUser, wantSystem time.Duration }{
		{100, 100, 0, 0}, {80, 120, 0, 0}, {70, 140, 0, 10}, {150, 70, 10, 10}, {150, 60, 10, 10}, {160, 75, 20, 15},
	}
	for i, step := range steps {
		p := proc(10, 1, "app", before, hosttest.CPU(step.user, step.system))
		g := groupNamed(t, tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), p)), "app")
		if g.UserTime != step.wantUser || g.SystemTime != step.wantSystem {
			t.Errorf("step %d: %d user, %d system; want %d, %d", i, g.UserTime, g.SystemTime, step.wantUser, step.wantSystem)
		}
	}
}

// TestOneModeIsNotKnown: it costs nothing of the other, and goes on where it was.
func TestOneModeIsNotKnown(t *testing.T) {
	const both, user, system = process.HasCPU, process.HasUserTime, process.HasSystemTime
	tracker := group.NewTracker(group.Config{})
	steps := []struct {
		user, system         time.Duration
		known                process.Fields
		wantUser, wantSystem time.Duration
		shown                process.Fields
	}{
		{0, 100, system, 0, 0, system},
		{0, 110, system, 0, 10, system},
		{200, 120, both, 0, 20, both},
		{230, 0, user, 30, 20, both},
		{0, 125, system, 30, 25, both},
		{250, 130, both, 50, 30, both},
		{0, 0, 0, 50, 30, both},
		{260, 145, both, 60, 45, both},
	}
	for i, step := range steps {
		p := proc(10, 1, "app", before, hosttest.CPU(step.user, step.system))
		p.Known = p.Known&^process.HasCPU | step.known
		r := tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), p))
		g := groupNamed(t, r, "app")
		if g.UserTime != step.wantUser || g.SystemTime != step.wantSystem || g.Known&process.HasCPU != step.shown {
			t.Errorf("step %d: %d user, %d system, known %b; want %d, %d, %b", i, g.UserTime, g.SystemTime, g.Known&process.HasCPU, step.wantUser, step.wantSystem, step.shown)
		}
		if began, ok := g.KnownSince[user]; i == 2 && (!ok || !began.Equal(r.Previous.Taken)) {
			t.Errorf("the time in user mode began at %v (%v)", began, ok)
		}
	}
}

// TestDelaysReachTheGroup: what a process waited after its last scan too, and none of it twice. A
// group whose kernel does not count them has none, even if it is configured and empty.
func TestDelaysReachTheGroup(t *testing.T) {
	all := func(d time.Duration) process.Delays {
		return process.Delays{BlockIO: d, SwapIn: 2 * d, Reclaim: 3 * d, Thrashing: 4 * d}
	}
	tracker := group.NewTracker(group.Config{})
	app := func(d time.Duration) process.Process { return proc(10, 1, "app", before, hosttest.Delays(all(d))) }
	off := proc(10, 1, "app", before)
	for i, step := range []struct {
		table []process.Process
		exits []process.Exit
		known bool
		want  time.Duration
	}{
		{[]process.Process{off}, nil, false, 0},
		{[]process.Process{app(100)}, nil, true, 0},
		{[]process.Process{app(130)}, nil, true, 30},
		{[]process.Process{app(120)}, nil, true, 30},
		{[]process.Process{off}, nil, true, 30},
		{[]process.Process{app(140)}, nil, true, 40},
		{nil, []process.Exit{
			{ID: off.ID, Name: "app", Facts: process.NoFacts, Processes: 1, Known: process.HasDelays, Delays: all(155)},
			{Name: "app", Facts: process.NoFacts, Processes: 2, Known: process.HasDelays, Delays: all(7)},
		}, true, 62},
	} {
		s := hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.table...)
		s.Exits, s.ExitSource = step.exits, process.ExitsBPF
		g := groupNamed(t, tracker.Observe(s), "app")
		if g.Delays != all(step.want) || g.Known.Has(process.HasDelays) != step.known {
			t.Errorf("step %d: waited %+v, known %t; want %v, %t", i, g.Delays, g.Known.Has(process.HasDelays), step.want, step.known)
		}
	}
}

// TestNetworkReachesTheGroup: what a process sent after its last scan too, by protocol, and none of it twice.
func TestNetworkReachesTheGroup(t *testing.T) {
	all := func(n uint64) process.Network {
		return process.Network{
			TCP:   process.Traffic{ReceivedBytes: n, ReceivedOperations: 2 * n, TransmittedBytes: 3 * n, TransmittedOperations: 4 * n},
			UDP:   process.Traffic{TransmittedBytes: 5 * n},
			Other: process.Traffic{ReceivedBytes: 6 * n},
		}
	}
	tracker := group.NewTracker(group.Config{})
	app := func(n uint64) process.Process { return proc(10, 1, "app", before, hosttest.Network(all(n))) }
	off := proc(10, 1, "app", before)
	for i, step := range []struct {
		table []process.Process
		exits []process.Exit
		known bool
		want  uint64
	}{
		{[]process.Process{off}, nil, false, 0},
		{[]process.Process{app(100)}, nil, true, 0},
		{[]process.Process{app(130)}, nil, true, 30},
		{[]process.Process{app(120)}, nil, true, 30},
		{[]process.Process{off}, nil, true, 30},
		{[]process.Process{app(140)}, nil, true, 40},
		{nil, []process.Exit{
			{ID: off.ID, Name: "app", Facts: process.NoFacts, Processes: 1, Known: process.HasNetwork, Network: new(all(155))},
			{Name: "app", Facts: process.NoFacts, Processes: 2, Known: process.HasNetwork, Network: new(all(7))},
			{Name: "app", Facts: process.NoFacts, Processes: 2, Known: process.HasNetwork},
		}, true, 62},
	} {
		s := hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.table...)
		s.Exits, s.ExitSource = step.exits, process.ExitsBPF
		g := groupNamed(t, tracker.Observe(s), "app")
		if got := *new(process.Network).Plus(g.Network); got != all(step.want) || g.Known.Has(process.HasNetwork) != step.known {
			t.Errorf("step %d: %+v, known %t; want %+v, %t", i, got, g.Known.Has(process.HasNetwork), all(step.want), step.known)
		}
	}
}

// TestDelayThatCannotBeTrue: a wait of more than the age of a process does not count.
func TestDelayThatCannotBeTrue(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	for i, step := range []struct{ delay, want time.Duration }{
		{time.Second, 0}, {3 * time.Second, 2 * time.Second}, {1000 * time.Hour, 2 * time.Second}, {1000*time.Hour + time.Second, 3 * time.Second},
	} {
		p := proc(10, 1, "app", before, hosttest.Delays(process.Delays{BlockIO: step.delay}))
		if g := groupNamed(t, tracker.Observe(hosttest.Snapshot(at(time.Duration(i)*15*time.Second), p)), "app"); g.Delays.BlockIO != step.want {
			t.Errorf("step %d: waited %v, want %v", i, g.Delays.BlockIO, step.want)
		}
	}
}

// TestWaitForCPUReachesTheGroup: what a process waited after its last scan too, and none of it twice.
func TestWaitForCPUReachesTheGroup(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	app := func(wait time.Duration) process.Process { return proc(10, 1, "app", before, hosttest.CPUWait(wait)) }
	ended := func(id process.ID, name string, wait time.Duration) process.Exit {
		return process.Exit{ID: id, Name: name, Facts: process.NoFacts, Processes: 1, Known: process.HasCPUWait, CPUWait: wait}
	}
	for i, step := range []struct {
		table []process.Process
		exits []process.Exit
		want  time.Duration
	}{
		{[]process.Process{app(100)}, nil, 0},
		{[]process.Process{app(130)}, nil, 30},
		{[]process.Process{app(120)}, nil, 30},
		{[]process.Process{app(140)}, nil, 40},
		{nil, []process.Exit{ended(app(0).ID, "app", 155), ended(process.ID{}, "app", 7)}, 62},
	} {
		s := hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.table...)
		s.Exits, s.ExitSource = step.exits, process.ExitsBPF
		if g := groupNamed(t, tracker.Observe(s), "app"); g.CPUWait != step.want || !g.Known.Has(process.HasCPUWait) {
			t.Errorf("step %d: waited %d, want %d", i, g.CPUWait, step.want)
		}
	}
}
