package hosttest_test

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

func TestSnapshotIsSortedAndComplete(t *testing.T) {
	bare := process.Process{ID: process.ID{PID: 7, StartTicks: 70}, Name: "bare"}
	shell := hosttest.Process(3, 1, "bash", hosttest.CPU(time.Second, 0), hosttest.Without(process.HasIO))
	snapshot := hosttest.Snapshot(time.Minute, bare, shell)

	if got := []int{snapshot.Processes[0].PID, snapshot.Processes[1].PID}; !slices.Equal(got, []int{3, 7}) {
		t.Errorf("PIDs are %v, want them sorted", got)
	}
	if snapshot.ByPID(7).Facts == nil {
		t.Error("a process has no Facts")
	}
	if p := snapshot.ByPID(3); p.CPUTime() != time.Second || p.Known.Has(process.HasIO) || !p.Known.Has(process.HasCPU) {
		t.Errorf("the options did not arrive: %+v", p)
	}
	if snapshot.Clock.Now != 6_000 || !snapshot.Clock.Time(6_000).Equal(snapshot.Taken) {
		t.Errorf("clock %+v does not fit the time %v", snapshot.Clock, snapshot.Taken)
	}
}

func TestManyIsATreeWithoutDuplicates(t *testing.T) {
	earlier := hosttest.Snapshot(time.Minute, hosttest.Many(1_000, time.Minute)...)
	later := hosttest.Snapshot(2*time.Minute, hosttest.Many(1_000, 2*time.Minute)...)
	if len(later.Processes) != 1_000 {
		t.Fatalf("%d processes, want 1000", len(later.Processes))
	}
	for i := range later.Processes {
		now := later.Processes[i]
		if i > 0 && later.Processes[i-1].PID >= now.PID {
			t.Fatalf("PID %d is out of order", now.PID)
		}
		if now.PID != 1 && (later.ByPID(now.PPID) == nil || now.PPID >= now.PID) {
			t.Fatalf("PID %d has the parent %d", now.PID, now.PPID)
		}
		before := earlier.ByID(now.ID)
		if before == nil || before.CPUTime() > now.CPUTime() || before.ReadBytes > now.ReadBytes {
			t.Fatalf("PID %d does not grow: %+v, then %+v", now.PID, before, now)
		}
	}
}
