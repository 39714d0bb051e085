package linux_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

func TestReadLeavesOutWhatVanishes(t *testing.T) {
	t.Run("stat is not there", func(t *testing.T) {
		root := hosttest.Tree{Processes: []hosttest.TreeProcess{
			{PID: 1, Name: "stays"}, {PID: 2, Name: "goes", Files: map[string]string{"stat": ""}}, {PID: 3, Name: "stays"},
		}}.Write(t)
		wantOnly(t, read(t, newReader(t, linux.Config{ProcPath: root})), 1, 3)
	})
	for _, file := range []string{"stat", "status", "io"} {
		t.Run(file+" cannot be read any more", func(t *testing.T) {
			gone := hosttest.TreeProcess{PID: 2, Name: "goes", Files: map[string]string{file: ""}}
			root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "stays"}, gone}}.Write(t)
			link := filepath.Join(root, "2", file)
			if err := os.Symlink(fileOfDeadProcess(t, file), link); err != nil {
				t.Fatal(err)
			}
			if _, err := os.ReadFile(link); !errors.Is(err, syscall.ESRCH) {
				t.Fatalf("reading %s: %v, want ESRCH", file, err)
			}
			wantOnly(t, read(t, newReader(t, linux.Config{ProcPath: root})), 1)
		})
	}
}

// An odd load average costs only itself.
func TestReadKeepsTheOtherLoadAverages(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "a"}}}.Write(t)
	if err := os.WriteFile(filepath.Join(root, "loadavg"), []byte("0.50 -x 0.125 1/100 4242\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	if diff := gocmp.Diff([3]*float64{new(0.5), nil, new(0.125)}, got.System.Load); diff != "" || got.Errors[process.ReasonParse] != 1 {
		t.Errorf("errors %v, load (-want +got):\n%s", got.Errors, diff)
	}
}

// TestReadKeepsWhatIsKnown: a process whose file is missing or odd stays, with what the other
// files tell.
func TestReadKeepsWhatIsKnown(t *testing.T) {
	const all = hosttest.TreeFields
	status := process.HasUID | process.HasSwap | process.HasSwitches
	tests := []struct {
		name, file, content string
		lost                process.Fields
		errors              map[string]uint64
	}{
		{name: "no status", file: "status", lost: status, errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "an empty line for status", file: "status", content: "\n", lost: status, errors: map[string]uint64{process.ReasonParse: 1}},
		{
			name: "a sandbox without user", file: "status", content: "Name:\tb\nState:\tS (sleeping)\nVmSize:\t8 kB\nVmRSS:\t8 kB\n",
			lost: status, errors: map[string]uint64{process.ReasonParse: 1},
		},
		{name: "no io", file: "io", lost: process.HasIO, errors: map[string]uint64{}},
		{name: "half of io", file: "io", content: "read_bytes: 1\n", lost: process.HasWrittenBytes, errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "no limits", file: "limits", errors: map[string]uint64{}},
		{name: "no control groups", file: "cgroup", errors: map[string]uint64{}},
		{name: "odd limits", file: "limits", content: "Max open files\n", errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "odd account of the CPU", file: "schedstat", content: "zz -5\n", errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "a wait below zero", file: "schedstat", content: "120 -5 7\n", errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "a wait that wrapped", file: "schedstat", content: "120 18446744073709551615 7\n", errors: map[string]uint64{process.ReasonParse: 1}},
		{name: "no account of the CPU is kept", file: "schedstat", content: "0 0 0\n", errors: map[string]uint64{}},
		{name: "odd control groups", file: "cgroup", content: "0::relative\n", errors: map[string]uint64{process.ReasonParse: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := hosttest.Tree{Processes: []hosttest.TreeProcess{
				{PID: 1, Name: "a"}, {PID: 2, Name: "b", VirtualKB: 8, Files: map[string]string{test.file: test.content}}, {PID: 3, Name: "c"},
			}}.Write(t)
			got := read(t, newReader(t, linux.Config{ProcPath: root}))
			if diff := gocmp.Diff(test.errors, got.Errors); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			for pid, want := range map[int]process.Fields{1: all, 2: all &^ test.lost, 3: all} {
				if p := got.ByPID(pid); p == nil || p.Known != want {
					t.Errorf("process %d: %+v, want the metrics %b", pid, p, want)
				}
			}
			user := "root"
			if test.lost.Has(process.HasUID) {
				user = ""
			}
			if p := got.ByPID(2); p != nil && p.Facts.User != user {
				t.Errorf("user %q, want %q", p.Facts.User, user)
			}
		})
	}
}

// TestReadDropsTheImpossible: CPU time beyond what all CPUs could have worked since the
// process started.
func TestReadDropsTheImpossible(t *testing.T) {
	const age, cpus = 9_000, 4 // seconds; of the tree's host
	tests := []struct {
		name string
		p    hosttest.TreeProcess
		lost process.Fields
	}{
		{"as busy as can be", hosttest.TreeProcess{UserTicks: age * cpus * 100, ChildUserTicks: age * cpus * 100}, 0},
		{"2^64 ns of user time", hosttest.TreeProcess{UserTicks: 1844674407370}, process.HasUserTime},
		{"more than there was", hosttest.TreeProcess{SystemTicks: (age + 100) * cpus * 100}, process.HasSystemTime},
		{"more of the children's", hosttest.TreeProcess{ChildSysTicks: (age + 100) * cpus * 100}, process.HasChildCPU},
		{"below zero", hosttest.TreeProcess{MinorFaults: 1<<64 - 1}, process.HasMinorFaults},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.p.PID, test.p.Name, test.p.StartTicks = 1, "a", 1_000*100
			root := hosttest.Tree{Processes: []hosttest.TreeProcess{test.p}}.Write(t)
			got := read(t, newReader(t, linux.Config{ProcPath: root}))
			p := got.ByPID(1)
			if p == nil || p.Known != hosttest.TreeFields&^test.lost {
				t.Fatalf("got %+v, want the metrics %b", p, hosttest.TreeFields&^test.lost)
			}
			if want := test.lost != 0; (got.Errors[process.ReasonParse] == 1) != want {
				t.Errorf("errors %v", got.Errors)
			}
		})
	}
}

// fileOfDeadProcess returns a path that can be opened but gives ESRCH when it is read, as
// does any file of a process that has ended between the two.
func fileOfDeadProcess(t *testing.T, name string) string {
	t.Helper()
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join("/proc", strconv.Itoa(child.Process.Pid), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	return fmt.Sprintf("/proc/self/fd/%d", file.Fd())
}

func wantOnly(t *testing.T, got *process.Snapshot, pids ...int) {
	t.Helper()
	found := make([]int, len(got.Processes))
	for i := range got.Processes {
		found[i] = got.Processes[i].PID
	}
	if !slices.Equal(found, pids) || len(got.Errors) != 0 {
		t.Errorf("PIDs %v, errors %v; want %v and none", found, got.Errors, pids)
	}
}

func TestReadCountsMalformedFiles(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 1, Name: "whole"},
		{PID: 2, Name: "a", Files: map[string]string{"stat": "2 (a) S 1"}},
		{PID: 3, Name: "a", Files: map[string]string{"status": "Name:\ta\n"}},
		{PID: 4, Name: "a", Files: map[string]string{"io": "rchar: 1\n"}},
	}}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root}))
	// Of stat all, of status the user, of io both lines.
	if diff := gocmp.Diff(map[string]uint64{process.ReasonParse: 4}, got.Errors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if p := got.ByPID(4); p == nil || p.Known.Has(process.HasIO) || !p.Known.Has(process.HasCPU|process.HasOpenFDs) {
		t.Errorf("the process without io came as %+v", p)
	}
	if got.ByPID(2) != nil {
		t.Error("a process without identity was made up")
	}
	if p := got.ByPID(3); p == nil || p.Known.Has(process.HasUID) || p.Facts.User != "" {
		t.Errorf("the process without user came as %+v", p)
	}
}

func TestReadAsOrdinaryUser(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 1, Name: "secret", FDs: 3, Exe: "/bin/secret"}, {PID: 2, Name: "open", FDs: 3, UID: 7},
	}}.Write(t)
	openToAll(t, root)
	for _, path := range []string{"1/io", "1/fd", "1/limits"} {
		if err := os.Chmod(filepath.Join(root, path), 0); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range readAsNobody(t, root) {
		// The files io, fd and limits; the second scan remembers them.
		if diff := gocmp.Diff(map[string]uint64{process.ReasonPermission: 3}, got.Errors); diff != "" {
			t.Errorf("scan %d: errors (-want +got):\n%s", i, diff)
		}
		secret, open := got.ByPID(1), got.ByPID(2)
		if secret == nil || secret.Known != hosttest.TreeFields&^(process.HasIO|process.HasOpenFDs) || secret.Facts.FDLimit != 0 {
			t.Errorf("scan %d: the process that refuses came as %+v", i, secret)
		}
		if open == nil || open.Known != hosttest.TreeFields || open.Facts.FDLimit != 1024 {
			t.Errorf("scan %d: the process beside it came as %+v", i, open)
		}
	}
}

// openToAll lets every user read a tree of this test.
func openToAll(t *testing.T, root string) {
	t.Helper()
	if err := os.Chmod(filepath.Dir(root), 0o755); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.Type()&os.ModeSymlink != 0 {
			return err
		}
		return os.Chmod(path, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readAsNobody reads a tree twice in a process of another user, or in one of this user if
// this is not root.
func readAsNobody(t *testing.T, root string) []*process.Snapshot {
	t.Helper()
	// By this link the program can be executed wherever it lies.
	command := exec.Command("/proc/self/exe")
	command.Env = append(os.Environ(), "PROCTREE_TEST_READ="+root)
	command.Stderr = os.Stderr
	command.Dir = "/"
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("reading as another user: %v", err)
	}
	var snapshots []*process.Snapshot
	if err := json.Unmarshal(output, &snapshots); err != nil {
		t.Fatal(err)
	}
	return snapshots
}
