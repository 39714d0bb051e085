package linux_test

import (
	"fmt"
	"testing"
	"unsafe"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// at sets the uptime of a tree, in seconds.
func at(t *testing.T, root string, seconds int) {
	t.Helper()
	hosttest.WriteFiles(t, root, map[string]string{"uptime": fmt.Sprintf("%d.00 0.00\n", seconds)})
}

func TestFactsAreKeptUntilTheyChange(t *testing.T) {
	process := hosttest.TreeProcess{
		PID: 7, Name: "sh", StartTicks: 100, Exe: "/bin/sh", Cmdline: []string{"sh", "-c", "exec worker"}, UID: 12_345_678,
	}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{process}, Uptime: 100_000}.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	first := read(t, reader).Processes[0].Facts

	process.Exe = "/bin/unseen"
	process.Write(t, root)
	if kept := read(t, reader).Processes[0].Facts; kept != first {
		t.Errorf("facts were read again without a reason: %+v", kept)
	}
	process.Name, process.Exe, process.Cmdline = "worker", "/bin/worker", []string{"worker"}
	process.Write(t, root)
	executed := read(t, reader).Processes[0]
	if executed.Name != "worker" || executed.Facts.Exe != "/bin/worker" || len(executed.Facts.Cmdline) != 1 {
		t.Errorf("after exec: name %q, facts %+v", executed.Name, executed.Facts)
	}
	process.UID = 87_654_321
	process.Write(t, root)
	if user := read(t, reader).Processes[0].Facts.User; user != "87654321" {
		t.Errorf("after a change of the user it is %q", user)
	}
	if first.Exe != "/bin/sh" || first.User != "12345678" {
		t.Errorf("facts of the first snapshot were changed: %+v", first)
	}
}

func TestFactsOfAYoungProcessAreReadAgain(t *testing.T) {
	process := hosttest.TreeProcess{PID: 7, Name: "bash", StartTicks: 100_000, FDLimit: 1024, Cmdline: []string{"parent"}}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{process}, Uptime: 1_000}.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	read(t, reader)
	// The same name: a fork that has executed what its parent runs.
	process.Cmdline, process.FDLimit = []string{"child"}, 4096
	process.Write(t, root)
	for _, step := range []struct {
		uptime int
		want   string
	}{{1_001, "parent"}, {1_002, "child"}} {
		at(t, root, step.uptime)
		if got := read(t, reader).Processes[0].Facts; got.Cmdline[0] != step.want {
			t.Errorf("%d s after the boot the command line is %q, want %q", step.uptime, got.Cmdline, step.want)
		}
	}
	fresh := read(t, reader).Processes[0].Facts
	if fresh.FDLimit != 4096 {
		t.Errorf("the limit is %d, want 4096", fresh.FDLimit)
	}
	at(t, root, 50_000)
	if again := read(t, reader).Processes[0].Facts; again != fresh {
		t.Error("facts that are the same are not the same value")
	}
}

func TestFactsOfAnEndingProcessStay(t *testing.T) {
	app := hosttest.TreeProcess{
		PID: 7, Name: "web", StartTicks: 100_000, Exe: "/bin/web", Cmdline: []string{"web"}, Cgroup: "0::/system.slice/web.service\n",
	}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{app}, Uptime: 1_000}.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	before := read(t, reader).Processes[0].Facts
	app.Exe, app.Cmdline, app.Cgroup, app.State = "", nil, "0::/\n", 'Z'
	app.Write(t, root)
	at(t, root, 1_010)
	if got := read(t, reader).Processes[0]; got.State != process.Zombie || got.Facts != before {
		t.Errorf("the zombie came as %v with %+v, before it had %+v", got.State, got.Facts, before)
	}
}

func TestFactsAreReadAgainFewAtATime(t *testing.T) {
	const processes = 100
	tree := hosttest.Tree{Uptime: 100_000}
	for pid := range processes {
		tree.Processes = append(tree.Processes, hosttest.TreeProcess{PID: pid + 1, Name: "p", FDLimit: 1})
	}
	root := tree.Write(t)
	reader := newReader(t, linux.Config{ProcPath: root})
	read(t, reader)
	for _, p := range tree.Processes {
		p.FDLimit = 2
		p.Write(t, root)
	}
	at(t, root, 200_000)
	previous := 0
	for range 3 {
		changed := 0
		got := read(t, reader)
		for i := range got.Processes {
			changed += int(got.Processes[i].Facts.FDLimit) - 1
		}
		if grown := changed - previous; grown < 1 || grown > processes/4 {
			t.Errorf("%d processes were read again in one scan", grown)
		}
		previous = changed
	}
}

func TestNamesAreOneString(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "same"}, {PID: 2, Name: "same"}}}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	if a, b := got.Processes[0].Name, got.Processes[1].Name; unsafe.StringData(a) != unsafe.StringData(b) {
		t.Error("one name is held twice")
	}
}
