package linux_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// withPSS is a process whose proportional memory is half of the resident.
func withPSS(pid int, residentKB uint64) hosttest.TreeProcess {
	return hosttest.TreeProcess{PID: pid, Name: "p", ResidentKB: residentKB, Files: map[string]string{
		"smaps_rollup": fmt.Sprintf("0-1 ---p 00000000 00:00 0 [rollup]\nRss: %d kB\nPss: %d kB\n", residentKB, residentKB/2),
	}}
}

// knownPSS lists the processes whose proportional memory is known.
func knownPSS(t *testing.T, s *process.Snapshot) map[int]uint64 {
	t.Helper()
	known := map[int]uint64{}
	for i := range s.Processes {
		if p := s.Processes[i]; p.Known.Has(process.HasProportional) {
			known[p.PID] = p.ProportionalBytes
		}
	}
	return known
}

func TestProportionalMemoryIsNotReadUnasked(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{withPSS(1, 100)}}.Write(t)
	if known := knownPSS(t, read(t, newReader(t, linux.Config{ProcPath: root}))); len(known) != 0 {
		t.Errorf("known: %v", known)
	}
}

func TestProportionalMemory(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		withPSS(1, 100), withPSS(2, 300),
		{PID: 3, Name: "kthread", Kernel: true},
		{PID: 4, Name: "odd", ResidentKB: 50, Files: map[string]string{"smaps_rollup": "nothing\n"}},
		{PID: 5, Name: "gone", ResidentKB: 50},
	}}.Write(t)
	got := read(t, newReader(t, linux.Config{ProcPath: root, ProportionalBudget: time.Minute}))
	if known := knownPSS(t, got); len(known) != 2 || known[1] != 50<<10 || known[2] != 150<<10 {
		t.Errorf("known: %v", known)
	}
	if len(got.Errors) != 1 || got.Errors[process.ReasonParse] != 1 {
		t.Errorf("errors %v, want one for the malformed file", got.Errors)
	}
}

func TestProportionalMemoryGoesRoundTheLargestFirst(t *testing.T) {
	const processes = 5
	var tree hosttest.Tree
	for i := range processes {
		tree.Processes = append(tree.Processes, withPSS(i+1, uint64(i+1)*100))
	}
	root := tree.Write(t)
	// A budget that one reading uses up.
	reader := newReader(t, linux.Config{ProcPath: root, ProportionalBudget: time.Nanosecond})
	for scan := 1; scan <= processes; scan++ {
		known := knownPSS(t, read(t, reader))
		largest := uint64(processes-scan+1) * 50 << 10
		if len(known) != scan || known[processes-scan+1] != largest {
			t.Errorf("after %d scans: %v", scan, known)
		}
	}
	withPSS(5, 1000).Write(t, root)
	if known := knownPSS(t, read(t, reader)); known[5] != 500<<10 || len(known) != processes {
		t.Errorf("in the second round: %v", known)
	}
	tree.Processes[2].Remove(t, root)
	if known := knownPSS(t, read(t, reader)); len(known) != processes-1 {
		t.Errorf("after one has ended: %v", known)
	}
}

func TestProportionalMemoryDoesNotWaitForAProcessThatHangs(t *testing.T) {
	t.Parallel()
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{withPSS(1, 100), withPSS(2, 300)}}.Write(t)
	release := blockFile(t, root, 2, "smaps_rollup")
	reader := newReader(t, linux.Config{ProcPath: root, ProportionalBudget: time.Minute, Deadline: shortDeadline})
	for range 2 {
		got := read(t, reader)
		if known := knownPSS(t, got); len(known) != 1 || got.Errors[process.ReasonDeadline] != 1 {
			t.Errorf("known: %v, errors %v", known, got.Errors)
		}
	}
	release("0 [rollup]\nPss: 7 kB\n")
	time.Sleep(shortDeadline)
	withPSS(2, 300).Write(t, root)
	readUntil(t, reader, func(s *process.Snapshot) bool { return len(knownPSS(t, s)) == 2 && len(s.Errors) == 0 })
}

func TestProportionalMemoryOfThisProcess(t *testing.T) {
	reader := newReader(t, linux.Config{ProportionalBudget: 10 * time.Second})
	self := read(t, reader).ByPID(os.Getpid())
	if !self.Known.Has(process.HasProportional) || self.ProportionalBytes == 0 || self.ProportionalBytes > 2*self.ResidentBytes {
		t.Errorf("proportional %d, resident %d", self.ProportionalBytes, self.ResidentBytes)
	}
}
