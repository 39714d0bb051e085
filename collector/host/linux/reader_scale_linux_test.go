package linux_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
)

// manyProcesses writes a tree of n processes. Only some are written out, with all their
// files; the others are links to them, as a hundred thousand files take too long.
func manyProcesses(t *testing.T, n int) (root string) {
	t.Helper()
	const written = 100
	tree := hosttest.Tree{}
	for i := range written {
		tree.Processes = append(tree.Processes, hosttest.TreeProcess{
			PID: i + 1, Name: fmt.Sprintf("service-%d", i), UserTicks: uint64(i), FDs: i % 3, UID: uint32(i % 12),
			Cmdline: []string{"service", strconv.Itoa(i)},
		})
	}
	root = tree.Write(t)
	for i := written; i < n; i++ {
		if err := os.Symlink(strconv.Itoa(i%written+1), filepath.Join(root, strconv.Itoa(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestReadTenThousandProcesses(t *testing.T) {
	const n = 10_000
	root := manyProcesses(t, n)
	reader := newReader(t, linux.Config{ProcPath: root})
	got := read(t, reader)
	if len(got.Processes) != n || len(got.Errors) != 0 {
		t.Fatalf("%d processes, errors %v; want %d and none", len(got.Processes), got.Errors, n)
	}
	for i := range got.Processes {
		p := got.Processes[i]
		if p.PID != i+1 || p.UserTime.Milliseconds() != int64(i%100)*10 || p.Facts.Cmdline[1] != strconv.Itoa(i%100) {
			t.Fatalf("PID %d came as %+v", i+1, p)
		}
	}
	for pid := n; pid > n/2; pid-- {
		if err := os.Remove(filepath.Join(root, strconv.Itoa(pid))); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, reader); len(got.Processes) != n/2 || len(got.Errors) != 0 {
		t.Errorf("after half has gone: %d processes, errors %v", len(got.Processes), got.Errors)
	}
}

// A scan may not make garbage for each process. What it does allocate is the table itself
// and the files of the whole host.
func TestReadAllocatesNothingPerProcess(t *testing.T) {
	allocations := func(n int) float64 {
		reader := newReader(t, linux.Config{ProcPath: manyProcesses(t, n)})
		read(t, reader)
		return testing.AllocsPerRun(5, func() { read(t, reader) })
	}
	few, many := allocations(100), allocations(1_100)
	if perProcess := (many - few) / 1_000; perProcess > 0.1 {
		t.Errorf("%.2f allocations per process: %v for 100, %v for 1100", perProcess, few, many)
	}
	if few > 600 {
		t.Errorf("%v allocations for 100 processes", few)
	}
}
