package host_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
)

// newReader reads a tree, and is closed at the end of the test.
func newReader(t *testing.T, cfg host.Config) host.Reader {
	t.Helper()
	reader, err := host.NewReader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
	return reader
}

func read(t *testing.T, reader host.Reader) *host.Snapshot {
	t.Helper()
	snapshot, err := reader.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range snapshot.Processes {
		if snapshot.Processes[i].Facts == nil {
			t.Fatalf("PID %d has no Facts", snapshot.Processes[i].PID)
		}
	}
	return snapshot
}

func TestReadEveryField(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{
		PID: 42, PPID: 1, Name: "nginx", State: 'D', StartTicks: 500, UserTicks: 150, SystemTicks: 25,
		ChildUserTicks: 7, ChildSysTicks: 3, Threads: 4, Nice: -5, UID: 12_345_678, ResidentKB: 2048, VirtualKB: 8192,
		SwapKB: 16, ReadBytes: 4096, WrittenBytes: 8192, MinorFaults: 11, MajorFaults: 12, VoluntarySwitches: 13,
		InvoluntarySwitches: 14, FDs: 5, FDLimit: 2048, Exe: "/usr/sbin/nginx (deleted)",
		Cmdline: []string{"nginx", "-g", "daemon off;"}, Cgroup: "0::/system.slice/nginx.service\n",
	}}}.Write(t)
	got := read(t, newReader(t, host.Config{ProcPath: root}))
	want := host.Process{
		ID: host.ID{PID: 42, StartTicks: 500}, PPID: 1, Name: "nginx", State: host.Blocked, Known: hosttest.AllFields,
		Nice: -5, Threads: 4, UID: 12_345_678, UserTime: 1500 * time.Millisecond, SystemTime: 250 * time.Millisecond,
		ChildUserTime: 70 * time.Millisecond, ChildSystemTime: 30 * time.Millisecond, ResidentBytes: 2048 << 10,
		VirtualBytes: 8192 << 10, SwapBytes: 16 << 10, ReadBytes: 4096, WrittenBytes: 8192, OpenFDs: 5, MinorFaults: 11,
		MajorFaults: 12, VoluntarySwitches: 13, InvoluntarySwitches: 14,
		Facts: &host.Facts{
			Exe: "/usr/sbin/nginx", Cmdline: []string{"nginx", "-g", "daemon off;"}, User: "12345678",
			Cgroup: "/system.slice/nginx.service", Unit: "nginx.service", FDLimit: 2048,
		},
	}
	if diff := cmp.Diff([]host.Process{want}, got.Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(hosttest.System(), got.System, cmp.AllowUnexported(host.System{})); diff != "" {
		t.Errorf("system (-want +got):\n%s", diff)
	}
	if got.Reader != "procfs" || len(got.Errors) != 0 || got.Clock.Now != 1_000_000 || !got.Clock.Epoch.Equal(hosttest.Epoch) {
		t.Errorf("reader %q, errors %v, clock %+v", got.Reader, got.Errors, got.Clock)
	}
}
