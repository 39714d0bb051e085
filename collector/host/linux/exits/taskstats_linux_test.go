package exits

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

func TestTaskstatsAddsThreadsToTheirProcess(t *testing.T) {
	x := &taskstatsExits{living: make(map[int]endedProcess)}
	thread := func(pid int, last bool) taskRecord {
		r := exampleRecord
		r.pid, r.leader, r.last, r.name = pid, pid == r.tgid, last, "thread"
		if r.leader {
			r.name = "process"
		}
		return r
	}
	x.add(thread(71, false))
	x.add(thread(70, false))
	if len(x.ended) != 0 {
		t.Fatalf("%d processes have ended, but only threads have", len(x.ended))
	}
	x.add(thread(72, true))
	want := endedProcess{taskRecord: thread(70, true)}
	for range 3 {
		want.sum.add(exampleRecord.used)
	}
	if diff := cmp.Diff([]endedProcess{want}, x.ended, byValue, cmp.AllowUnexported(endedProcess{})); diff != "" || len(x.living) != 0 {
		t.Errorf("%d living, (-want +got):\n%s", len(x.living), diff)
	}
}

// Threads that end on several CPUs at once can be told of after the last one.
func TestTaskstatsAddsLateThreads(t *testing.T) {
	x := &taskstatsExits{living: make(map[int]endedProcess), ended: []endedProcess{{taskRecord: exampleRecord}}}
	other := exampleRecord
	other.tgid, other.last = 80, true
	for range nearby - 1 {
		x.add(other)
	}
	late := exampleRecord
	late.last = false
	x.add(late)
	if got := x.ended[0].sum; got.minorFaults != late.used.minorFaults || len(x.living) != 0 {
		t.Errorf("%+v after a late record, %d living", got, len(x.living))
	}
}

func TestTaskstatsCountsWhatFindsNoRoom(t *testing.T) {
	x := &taskstatsExits{
		living: make(map[int]endedProcess), ended: make([]endedProcess, 1), due: make([]endedProcess, maxEnded-1),
	}
	x.add(exampleRecord)
	if lost := x.Lost(); lost != 1 || len(x.ended) != 1 {
		t.Errorf("%d lost, %d kept", lost, len(x.ended))
	}
	if lost := x.Lost(); lost != 0 {
		t.Errorf("%d lost, told before", lost)
	}
}

func TestTaskstatsRecords(t *testing.T) {
	epoch := time.Unix(1_700_000_000, 0)
	known := &process.Facts{Exe: "/bin/worker", Cmdline: []string{"worker"}, User: "root"}
	ended := exampleRecord
	ended.pid, ended.leader, ended.uid, ended.began = 70, true, 0, epoch.Add(70*time.Second)
	scanned := testProcess(70, "worker", known) // started 70 s after the boot
	seen := process.Exit{
		ID: scanned.ID, Parent: 7, Name: "worker", Facts: known, Processes: 1, Known: process.HasCPU | process.HasFaults | process.HasIO | process.HasCPUWait,
		// The exact time of 20 ms, split so that no part falls below what the scan showed.
		UserTime: 13333334 * time.Nanosecond, SystemTime: 6666666 * time.Nanosecond,
		MinorFaults: 1, MajorFaults: 2, ReadBytes: 3, WrittenBytes: 4, CPUWait: 8 * ms, Reason: "SIGSEGV",
	}
	unseen := seen
	unseen.ID, unseen.Parent, unseen.Processes, unseen.Facts = process.ID{}, 0, 2, &process.Facts{User: "root"}
	// Twice 7 ms, split as 8 to 4.
	unseen.UserTime, unseen.SystemTime = 9333334*time.Nanosecond, 4666666*time.Nanosecond
	unseen.MinorFaults, unseen.MajorFaults, unseen.ReadBytes, unseen.WrittenBytes = 2, 4, 6, 8
	unseen.CPUWait = 16 * ms
	for _, tc := range []struct {
		name  string
		table []*process.Process
		began time.Time
		times int
		want  []process.Exit
	}{
		{"seen", []*process.Process{scanned}, ended.began, 1, []process.Exit{seen}},
		{"seen, by a clock a second off", []*process.Process{scanned}, ended.began.Add(time.Second), 1, []process.Exit{seen}},
		{"two of another life of the number", []*process.Process{scanned}, ended.began.Add(time.Hour), 2, []process.Exit{unseen}},
		{"two that nobody saw", nil, ended.began, 2, []process.Exit{unseen}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newTestLedger(t)
			clock := process.Clock{Epoch: epoch, TicksPerSecond: procfs.UserHZ}
			l.Begin(tc.table, &process.Snapshot{Clock: clock}, nil)
			x := &taskstatsExits{countIO: true}
			for range tc.times {
				p := endedProcess{taskRecord: ended, sum: ended.used}
				p.began = tc.began
				if tc.times == 1 {
					p.sum.Run = 20 * ms
				}
				x.ended = append(x.ended, p)
			}
			if err := errors.Join(x.Drain(l), x.PassBegins()); err != nil || len(l.records) != 0 {
				t.Fatalf("%d records of what ended after the pass began, error %v", len(l.records), err)
			}
			if err := x.Drain(l); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, l.Finish()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWaitReason(t *testing.T) {
	for status, want := range map[uint32]string{0: "", 11: "SIGSEGV", 11 | 0x80: "SIGSEGV", 3 << 8: "exit_code"} {
		if got := waitReason(status); got != want {
			t.Errorf("waitReason(%#x) = %q, want %q", status, got, want)
		}
	}
}
