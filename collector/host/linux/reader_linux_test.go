package linux_test

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// newReader reads a tree, and is closed at the end of the test.
func newReader(t *testing.T, cfg linux.Config) *linux.Reader {
	t.Helper()
	// A machine that is busy with other tests must not look like a process that hangs.
	cfg.Deadline = cmp.Or(cfg.Deadline, 10*time.Second)
	reader, err := linux.Open(cfg)
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

func read(t *testing.T, reader *linux.Reader) *process.Snapshot {
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
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	want := process.Process{
		ID: process.ID{PID: 42, StartTicks: 500}, PPID: 1, Name: "nginx", State: process.Blocked, Known: hosttest.TreeFields,
		Nice: -5, Threads: 4, UID: 12_345_678, UserTime: 1500 * time.Millisecond, SystemTime: 250 * time.Millisecond,
		ChildUserTime: 70 * time.Millisecond, ChildSystemTime: 30 * time.Millisecond, ResidentBytes: 2048 << 10,
		VirtualBytes: 8192 << 10, SwapBytes: 16 << 10, ReadBytes: 4096, WrittenBytes: 8192, OpenFDs: 5, MinorFaults: 11,
		MajorFaults: 12, VoluntarySwitches: 13, InvoluntarySwitches: 14, Since: 1,
		Facts: &process.Facts{
			Exe: "/usr/sbin/nginx", Cmdline: []string{"nginx", "-g", "daemon off;"}, User: "12345678",
			Cgroup: "/system.slice/nginx.service", Unit: "nginx.service", FDLimit: 2048,
		},
	}
	if diff := gocmp.Diff([]*process.Process{&want}, got.Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(hosttest.System(), got.System, gocmp.AllowUnexported(process.System{})); diff != "" {
		t.Errorf("system (-want +got):\n%s", diff)
	}
	if got.Reader != "procfs" || len(got.Errors) != 0 || got.Clock.Now != 1_000_000 || !got.Clock.Epoch.Equal(hosttest.Epoch) {
		t.Errorf("reader %q, errors %v, clock %+v", got.Reader, got.Errors, got.Clock)
	}
}

// A directory whose name is a number that no process can have costs nothing, and is counted.
func TestReadNumbersThatAreNoPIDs(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 7, Name: "a"}}}.Write(t)
	for _, name := range []string{"0", "007", "99999999999", "2147483648"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	if len(got.Processes) != 1 || got.Processes[0].PID != 7 || got.Errors[process.ReasonParse] != 4 {
		t.Errorf("processes %v and errors %v; want only 7, and 4 of parsing", got.Processes, got.Errors)
	}
}

func TestReadHostileNames(t *testing.T) {
	long := make([]byte, 4<<10)
	for i := range long {
		long[i] = 'x'
	}
	tests := []hosttest.TreeProcess{
		{PID: 1, Name: "a) S 1 (b"},
		{PID: 2, Name: "a\nUid:\t7"},
		{PID: 3, Name: "\xff\xfe(\x01"},
		{PID: 4, Name: ""},
		{PID: 5, Name: "java", Cmdline: []string{"java", string(long), "", "-x"}},
		{PID: 6, Name: "title", Cmdline: []string{"nginx: worker process", "", "", ""}},
		{PID: 7, Name: "notutf8", Cmdline: []string{"\xff\n"}, Exe: "/opt/\xff", Cgroup: "0::/\xff.service\n"},
	}
	root := hosttest.Tree{Processes: tests}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	if len(got.Processes) != len(tests) || len(got.Errors) != 0 {
		t.Fatalf("%d processes, errors %v; want %d and none", len(got.Processes), got.Errors, len(tests))
	}
	for i, want := range tests {
		p := got.Processes[i]
		if p.PID != want.PID || p.Name != want.Name || p.UID != 0 {
			t.Errorf("PID %d, name %q, uid %d; want %d, %q, 0", p.PID, p.Name, p.UID, want.PID, want.Name)
		}
	}
	if got := got.ByPID(5).Facts.Cmdline; len(got) != 4 || got[1] != string(long) || got[2] != "" {
		t.Errorf("the long command line came as %d arguments", len(got))
	}
	if diff := gocmp.Diff([]string{"nginx: worker process"}, got.ByPID(6).Facts.Cmdline); diff != "" {
		t.Errorf("title (-want +got):\n%s", diff)
	}
	if got := got.ByPID(7).Facts; got.Exe != "/opt/\xff" || got.Unit != "\xff.service" || got.Cmdline[0] != "\xff\n" {
		t.Errorf("bytes that are not UTF-8 came as %+v", got)
	}
}

func TestReadKernelThreadsAndZombies(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 2, Name: "kthreadd", Kernel: true},
		{PID: 9, PPID: 2, Name: "kworker/0:1-events", Kernel: true, State: 'I', SystemTicks: 5},
		{PID: 50, PPID: 1, Name: "gone", State: 'Z', Files: map[string]string{"cmdline": ""}},
	}}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	worker, zombie := got.ByPID(9), got.ByPID(50)
	if !worker.Kernel || worker.Name != "kworker/0:1" || worker.State != process.Sleeping {
		t.Errorf("the kernel thread came as %+v", worker)
	}
	// It has neither memory nor descriptors: that is a value, not ignorance.
	if !worker.Known.Has(hosttest.TreeFields) || worker.ResidentBytes != 0 || worker.OpenFDs != 0 {
		t.Errorf("the kernel thread knows %b, resident %d", worker.Known, worker.ResidentBytes)
	}
	if zombie.State != process.Zombie || !zombie.Known.Has(process.HasMemory|process.HasSwap) || zombie.Facts.Cmdline != nil {
		t.Errorf("the zombie came as %+v", zombie)
	}
	if len(got.Errors) != 0 {
		t.Errorf("errors %v, want none", got.Errors)
	}
}

func TestReadSkipsWhatIsNoProcess(t *testing.T) {
	root := hosttest.Tree{
		Processes: []hosttest.TreeProcess{{PID: 300, Name: "later"}, {PID: 20, Name: "sooner"}},
		Files:     map[string]string{"12x/stat": "no", "0/stat": "no", "99999999999/stat": "no", "self/stat": "no"},
	}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	if len(got.Processes) != 2 || got.Processes[0].PID != 20 || got.Processes[1].PID != 300 {
		t.Errorf("read %+v, want PID 20 and 300 in that order", got.Processes)
	}
}

func TestReadTellsAReusedPIDApart(t *testing.T) {
	first := hosttest.TreeProcess{PID: 7, Name: "worker", StartTicks: 100, Exe: "/bin/first"}
	second := hosttest.TreeProcess{PID: 7, Name: "worker", StartTicks: 200, Exe: "/bin/second"}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{first}}.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	before := read(t, reader)
	second.Write(t, root)
	after := read(t, reader)
	if before.Processes[0].ID == after.Processes[0].ID || after.ByID(before.Processes[0].ID) != nil {
		t.Error("two processes have one identity")
	}
	if exe := after.ByPID(7).Facts.Exe; exe != "/bin/second" {
		t.Errorf("the second process has the executable %q", exe)
	}
	if exe := before.ByPID(7).Facts.Exe; exe != "/bin/first" {
		t.Errorf("the snapshot before was changed: %q", exe)
	}
}

func TestReadHoldsTheBootTimeStill(t *testing.T) {
	tree := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "init", StartTicks: 5}}}
	root := tree.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	for _, step := range []struct {
		boot int64
		want time.Duration
	}{{0, 0}, {1, 0}, {-1, 0}, {3600, time.Hour}, {3601, time.Hour}, {-7200, -2 * time.Hour}} {
		tree.BootTime = hosttest.Epoch.Unix() + step.boot
		tree.Processes[0].Write(t, root)
		hosttest.WriteFiles(t, root, tree.RootFiles())
		got := read(t, reader)
		if moved := got.Clock.Epoch.Sub(hosttest.Epoch); moved != step.want {
			t.Errorf("with the boot at %+d s the epoch moved by %v, want %v", step.boot, moved, step.want)
		}
		if got.Processes[0].StartTicks != 5 {
			t.Errorf("the identity moved with the clock: %v", got.Processes[0].ID)
		}
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "init"}}}.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if got := read(t, reader); len(got.Processes) != 1 {
		t.Errorf("afterwards %d processes, want 1", len(got.Processes))
	}
}
