package linux_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/host/linux/detail"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

func newDetailer(t *testing.T, procPath string, deadline time.Duration) *detail.Reader {
	t.Helper()
	detailer, err := detail.New(procPath, deadline)
	if err != nil {
		t.Fatal(err)
	}
	return detailer
}

// detailed is a process with every file that a Detail is read from.
var detailed = hosttest.TreeProcess{
	PID: 7, Name: "web", StartTicks: 500, FDs: 2, FDLimit: 2048, ResidentKB: 100, VirtualKB: 300, SwapKB: 4, ReadBytes: 5,
	WrittenBytes: 6, Cgroup: "1:name=systemd:/a\n0::/b\n",
	Files: map[string]string{
		"wchan":        "do_epoll_wait",
		"oom_score":    "666\n",
		"smaps_rollup": "00400000-7ffe000 ---p 00000000 00:00 0 [rollup]\nRss: 100 kB\nPss: 60 kB\nPss_Dirty: 1 kB\n",
		"task/7/stat":  "7 (web) S 1 7 7 0 -1 4194304 0 0 0 0 150 25 0 0 20 0 2 0 500 1 1 0\n",
		"task/8/stat":  "8 (web (io)) R 1 7 7 0 -1 4194304 0 0 0 0 50 5 0 0 20 0 2 0 500 1 1 0\n",
		"task/9/stat":  "vanishing",
		"task/10/stat": "10 (disk) D 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 2 0 500 1 1 0\n",
		// A thread that does not wait is in no channel.
		"task/8/wchan":  "do_epoll_wait",
		"task/10/wchan": "folio_wait_bit_common",
		"stack":         "[<0>] do_epoll_wait+0x6f/0xf0\n[<0>] do_syscall_64+0x71/0x290\n",
	},
}

func TestDetail(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{detailed}}.Write(t)
	for name, target := range map[string]string{"cwd": "/srv", "root": "/"} {
		if err := os.Symlink(target, root+"/7/"+name); err != nil {
			t.Fatal(err)
		}
	}
	got, err := newDetailer(t, root, stall.DefaultDeadline).Detail(t.Context(), process.ID{PID: 7, StartTicks: 500})
	if err != nil {
		t.Fatal(err)
	}
	want := &process.Detail{
		Limits: []process.Limit{
			{Name: "Max cpu time", Unit: "seconds"},
			{Name: "Max open files", Unit: "files", Soft: new(uint64(2048)), Hard: new(uint64(524288))},
		},
		Sockets:     []process.Socket{},
		Descriptors: []process.Descriptor{{FD: 0, Target: "/dev/null"}, {FD: 1, Target: "/dev/null"}},
		ThreadList: []process.Thread{
			{TID: 7, Name: "web", State: process.Sleeping, UserSeconds: 1.5, SysSeconds: 0.25},
			{TID: 8, Name: "web (io)", State: process.Running, UserSeconds: 0.5, SysSeconds: 0.05},
			{TID: 10, Name: "disk", State: process.Blocked, WaitChan: "folio_wait_bit_common"},
		},
		Memory: map[string]uint64{
			"peak_virtual": 300 << 10, "peak_resident": 100 << 10, "resident_anonymous": 100 << 10, "resident_file": 0,
			"resident_shared": 0, "swap": 4 << 10, "proportional": 60 << 10,
		},
		IO: map[string]uint64{
			"rchar": 5, "wchar": 6, "syscr": 0, "syscw": 0, "read_bytes": 5, "write_bytes": 6, "cancelled_write_bytes": 0,
		},
		Cgroups:  []string{"1:name=systemd:/a", "0::/b"},
		Cwd:      "/srv",
		Root:     "/",
		WaitChan: "do_epoll_wait", KernelStack: []string{"do_epoll_wait", "do_syscall_64"},
		OOMScore: new(666),
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDetailOfAnotherProcess(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{detailed}}.Write(t)
	detailer := newDetailer(t, root, stall.DefaultDeadline)
	for _, id := range []process.ID{{PID: 7, StartTicks: 501}, {PID: 8, StartTicks: 500}, {PID: 0}, {PID: -1}} {
		if _, err := detailer.Detail(t.Context(), id); !errors.Is(err, process.ErrNoProcess) {
			t.Errorf("%v: %v, want %v", id, err, process.ErrNoProcess)
		}
	}
}

func TestDetailKnowsNothingOfAnEmptyProcess(t *testing.T) {
	bare := hosttest.TreeProcess{PID: 7, Name: "bare", Files: map[string]string{
		"status": "", "io": "", "cgroup": "", "limits": "", "fd": "",
	}}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{bare}}.Write(t)
	got, err := newDetailer(t, root, stall.DefaultDeadline).Detail(t.Context(), process.ID{PID: 7})
	if diff := gocmp.Diff(&process.Detail{}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestDetailDoesNotWaitForAProcessThatHangs(t *testing.T) {
	t.Parallel()
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{detailed}}.Write(t)
	blockFile(t, root, 7, "smaps_rollup")
	detailer := newDetailer(t, root, shortDeadline)
	id := process.ID{PID: 7, StartTicks: 500}

	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := detailer.Detail(short, id); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	got, err := detailer.Detail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := got.Memory["proportional"]; ok || got.WaitChan != "do_epoll_wait" || len(got.ThreadList) != 3 {
		t.Errorf("what could be read came as %+v", got)
	}
}

// TestDetailsOfOthersDoNotWait: a process of which one file hangs has one reading,
// whose part is the answer to all; other processes are read as if there were none.
func TestDetailsOfOthersDoNotWait(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"stat", "limits", "status", "io", "cgroup", "wchan"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			other := detailed
			other.PID = 8
			root := hosttest.Tree{Processes: []hosttest.TreeProcess{detailed, other}}.Write(t)
			blockFile(t, root, 7, file)
			detailer := newDetailer(t, root, shortDeadline)
			for range 12 {
				got, err := detailer.Detail(t.Context(), process.ID{PID: 7, StartTicks: 500})
				if err != nil || got.WaitChan != "" {
					t.Fatalf("the process that hangs: %+v, %v", got, err)
				}
			}
			got, err := detailer.Detail(t.Context(), process.ID{PID: 8, StartTicks: 500})
			if err != nil || got.WaitChan != "do_epoll_wait" || len(got.Limits) != 2 {
				t.Errorf("the other process: %+v, %v", got, err)
			}
		})
	}
}

func TestDetailOfThisProcess(t *testing.T) {
	self := read(t, newReader(t, linux.Config{Reader: process.ReaderProcfs})).ByPID(os.Getpid())
	got, err := newDetailer(t, "/proc", stall.DefaultDeadline).Detail(t.Context(), self.ID)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got.Cwd != directory || len(got.ThreadList) < 2 || got.Memory["peak_resident"] < 1<<20 || got.Memory["proportional"] == 0 {
		t.Errorf("this process: cwd %q, %d threads, memory %v", got.Cwd, len(got.ThreadList), got.Memory)
	}
	if len(got.Descriptors) < 3 || len(got.Limits) < 10 || got.IO["rchar"] == 0 || got.OOMScore == nil || len(got.Cgroups) == 0 {
		t.Errorf("this process: %d descriptors, %d limits, io %v, cgroups %v", len(got.Descriptors), len(got.Limits), got.IO, got.Cgroups)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := detail.New("/nowhere", stall.DefaultDeadline); err == nil || !strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("got %v, want an error that names the path", err)
	}
}
