package gpu_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux/gpu"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// text is what fdinfo says of a client.
func text(client int, seconds float64) string {
	return fmt.Sprintf("pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t%d\ndrm-engine-gfx:\t%.0f ns\ndrm-memory-vram:\t1 MiB\n", client, seconds*1e9)
}

// sysWithGPU is a sysfs that has a GPU.
func sysWithGPU(t *testing.T) string {
	t.Helper()
	sys := t.TempDir()
	hosttest.WriteFiles(t, sys, map[string]string{"class/drm/version": "drm 1.1.0 20060810\n", "class/drm/renderD128/dev": "226:128\n"})
	return sys
}

func open(t *testing.T, root string, cfg gpu.Config) *gpu.Reader {
	t.Helper()
	proc, err := procfs.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	cfg.RootPath, cfg.Deadline = t.TempDir(), 20*time.Second
	r := gpu.NewReader(proc, cfg)
	t.Cleanup(func() {
		r.Close()
		if err := proc.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// table is the process table as the reader of processes gives it.
func table(at time.Duration, fds map[int]uint64) *process.Snapshot {
	var list []process.Process
	for pid, n := range fds {
		list = append(list, hosttest.Process(pid, 0, "p", hosttest.OpenFDs(n, 1024)))
	}
	return hosttest.Snapshot(at, list...)
}

// named writes what was found: PID/client×descriptors, and a star where it is new.
func named(holders []gpu.Holder) string {
	var list []string
	for _, h := range holders {
		star := ""
		if h.New {
			star = "*"
		}
		list = append(list, fmt.Sprintf("%d/%d×%d%s", h.Process.PID, h.Client.ID, h.Descriptors, star))
	}
	return strings.Join(list, " ")
}

func TestReader(t *testing.T) {
	sensible := hosttest.TreeProcess{PID: 1, Name: "compositor", FDs: 3, GPUs: map[int]string{10: text(7, 1), 11: text(7, 1), 12: text(8, 1)}}
	tree := hosttest.Tree{Processes: []hosttest.TreeProcess{
		sensible,
		{PID: 2, Name: "child", GPUs: map[int]string{4: text(7, 1)}},
		{PID: 3, Name: "plain", FDs: 5},
		// Any file can be called so; the text of fdinfo tells.
		{PID: 4, Name: "liar", GPUs: map[int]string{4: "pos:\t0\nflags:\t02\n"}},
	}}
	root := tree.Write(t)
	r := open(t, root, gpu.Config{SysPath: sysWithGPU(t), Budget: time.Minute})
	fds := map[int]uint64{1: 6, 2: 1, 3: 5, 4: 1, 5: 0}
	errs := map[string]uint64{}
	look := func(at time.Duration, want string, unread int) {
		t.Helper()
		s := table(at, fds)
		if got := named(r.Read(s, errs)); got != want || s.GPUs.Unread != unread || !s.GPUs.Looked {
			t.Errorf("found %s, %d unread (looked: %t); want %s, %d", got, s.GPUs.Unread, s.GPUs.Looked, want, unread)
		}
	}
	// Process 5 is gone by the time of the look.
	look(time.Hour, "1/7×2 1/8×1 2/7×1", 0)

	// A descriptor is opened, and another closed: the number of descriptors is what tells.
	sensible.GPUs = map[int]string{10: text(7, 1), 11: text(7, 1), 12: text(8, 1), 13: text(9, 1)}
	sensible.Write(t, root)
	look(time.Hour+time.Second, "1/7×2* 1/8×1* 2/7×1*", 0)
	fds[1] = 7
	look(time.Hour+2*time.Second, "1/7×2* 1/8×1* 1/9×1* 2/7×1*", 0)

	// A descriptor that is closed costs only itself.
	delete(sensible.GPUs, 12)
	sensible.Write(t, root)
	look(time.Hour+3*time.Second, "1/7×2* 1/9×1* 2/7×1*", 0)
	if len(errs) > 0 {
		t.Errorf("errors %v", errs)
	}

	// An odd line is counted, and costs its value only.
	sensible.GPUs[13] = text(9, 1) + "drm-engine-copy: soon\n"
	sensible.Write(t, root)
	look(time.Hour+4*time.Second, "1/7×2* 1/9×1* 2/7×1*", 0)
	if errs[process.ReasonParse] != 1 {
		t.Errorf("errors %v, want one that cannot be parsed", errs)
	}
}

// TestHostWithoutGPUs: nothing is looked for where there is no device, and it is found when one comes.
func TestHostWithoutGPUs(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "p", GPUs: map[int]string{4: text(7, 1)}}}}.Write(t)
	sys := t.TempDir()
	r := open(t, root, gpu.Config{SysPath: sys, Budget: time.Minute})
	for i, want := range []string{"", "", "1/7×1"} {
		s := table(time.Hour+time.Duration(i)*40*time.Second, map[int]uint64{1: 1})
		if got := named(r.Read(s, s.Errors)); got != want || s.GPUs.Looked != (want != "") {
			t.Errorf("scan %d: found %q, looked %t", i, got, s.GPUs.Looked)
		}
		hosttest.WriteFiles(t, sys, map[string]string{"class/drm/card0/dev": "226:0\n"})
	}
	off := open(t, root, gpu.Config{SysPath: sys})
	if s := table(time.Hour, map[int]uint64{1: 1}); len(off.Read(s, s.Errors)) > 0 || s.GPUs.Looked {
		t.Error("the search is off, and something was found")
	}
}

// TestSearchIsBounded: with no time, each scan lists at least one process and in the end all.
func TestSearchIsBounded(t *testing.T) {
	var tree hosttest.Tree
	fds := map[int]uint64{}
	for pid := 1; pid <= 30; pid++ {
		tree.Processes = append(tree.Processes, hosttest.TreeProcess{PID: pid, Name: "p", GPUs: map[int]string{4: text(pid, 1)}})
		fds[pid] = 1
	}
	r := open(t, tree.Write(t), gpu.Config{SysPath: sysWithGPU(t), Budget: 1})
	unread := []int{30}
	for i := range 60 {
		s := table(time.Hour+time.Duration(i)*time.Second, fds)
		r.Read(s, s.Errors)
		unread = append(unread, s.GPUs.Unread)
		if s.GPUs.Unread > unread[i] {
			t.Fatalf("fewer are known after another scan: %v", unread)
		}
	}
	if last := unread[len(unread)-1]; last != 0 {
		t.Errorf("%d processes have had no turn: %v", last, unread)
	}
}

// TestAStuckDriver: the text of a descriptor that does not come holds up a scan for the deadline only,
// and its process keeps what was known of it.
func TestAStuckDriver(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "p", GPUs: map[int]string{4: text(7, 1)}}}}.Write(t)
	proc, err := procfs.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	r := gpu.NewReader(proc, gpu.Config{SysPath: sysWithGPU(t), RootPath: t.TempDir(), Budget: time.Minute, Deadline: 50 * time.Millisecond})
	s := table(time.Hour, map[int]uint64{1: 1})
	r.Read(s, s.Errors)
	// Opening a FIFO waits until somebody writes.
	file := filepath.Join(root, "1/fdinfo/4")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		s = table(time.Hour+time.Duration(i+1)*time.Second, map[int]uint64{1: 1})
		if got := named(r.Read(s, s.Errors)); got != "1/7×1" && got != "1/7×1*" || s.Errors[process.ReasonDeadline] != 1 {
			t.Errorf("found %q, errors %v", got, s.Errors)
		}
	}
	writer, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := proc.Close(); err != nil {
		t.Fatal(err)
	}
}
