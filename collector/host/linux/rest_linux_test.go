package linux_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"proctree/collector/host/hosttest"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// resting is a process that runs only when the test says so.
type resting struct {
	hosttest.TreeProcess
	slices int
}

func (r *resting) write(t *testing.T, root string) {
	t.Helper()
	r.Files = map[string]string{"schedstat": fmt.Sprintf("%d 7 %d\n", 1000*r.slices, r.slices)}
	r.Write(t, root)
}

// run makes it use its CPU slice, in which it writes and switches.
func (r *resting) run() {
	r.slices++
	r.VoluntarySwitches++
	r.WrittenBytes += 4096
}

// restingTree writes a tree of PID 1 and a child, 7, and scans it until both rest.
func restingTree(t *testing.T, child *resting) (root string, reader *linux.Reader) {
	t.Helper()
	root = hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "init"}, {PID: 2, Name: "reaper"}}}.Write(t)
	child.PID, child.Name, child.PPID, child.slices = 7, "child", 1, 5
	child.write(t, root)
	reader = newReader(t, linux.Config{ProcPath: root, Reader: process.ReaderProcfs})
	for range 3 {
		read(t, reader)
	}
	return root, reader
}

// isRead reports whether a scan reads the files of the child again.
func isRead(t *testing.T, root string, reader *linux.Reader, child *resting) bool {
	t.Helper()
	child.MinorFaults++
	child.write(t, root)
	p := read(t, reader).ByPID(7)
	if p.Name != "child" || p.Known|process.HasCPUWait != hosttest.AllFields || p.WrittenBytes != child.WrittenBytes {
		t.Errorf("the child came as %+v, having written %d", p, child.WrittenBytes)
	}
	return p.MinorFaults == child.MinorFaults
}

func TestRestingProcessesAreNotReadAgain(t *testing.T) {
	child := &resting{}
	root, reader := restingTree(t, child)
	if isRead(t, root, reader, child) {
		t.Error("a process that has not run was read again")
	}
	for range 3 {
		child.run()
		if !isRead(t, root, reader, child) {
			t.Error("a process that has run was not read")
		}
	}
	for i, want := range []bool{true, true, false, false} {
		if got := isRead(t, root, reader, child); got != want {
			t.Errorf("scan %d after it has run: read %t, want %t", i, got, want)
		}
	}
}

func TestRestingProcessesAreReadNowAndThen(t *testing.T) {
	child := &resting{}
	root, reader := restingTree(t, child)
	reads := 0
	for second := 0; second < 600; second += 5 {
		at(t, root, 20_000+second)
		if isRead(t, root, reader, child) {
			reads++
		}
	}
	if reads < 10 || reads > 11 {
		t.Errorf("read %d times in 600 s, want every 60 s", reads)
	}
}

func TestOrphansAreReadAlthoughTheyRest(t *testing.T) {
	child := &resting{}
	root, reader := restingTree(t, child)
	hosttest.TreeProcess{PID: 1}.Remove(t, root)
	child.PPID = 2
	child.write(t, root)
	if got := read(t, reader).ByPID(7).PPID; got != 2 {
		t.Errorf("the parent of the orphan is %d, want 2", got)
	}
}

func TestWhatCannotBeKnownToRestIsRead(t *testing.T) {
	for name, child := range map[string]*resting{
		"threads, of which one has an account": {TreeProcess: hosttest.TreeProcess{Threads: 2}},
		"on a CPU":                             {TreeProcess: hosttest.TreeProcess{State: 'R'}},
	} {
		t.Run(name, func(t *testing.T) {
			if root, reader := restingTree(t, child); !isRead(t, root, reader, child) {
				t.Error("it was not read")
			}
		})
	}
	t.Run("no account kept", func(t *testing.T) {
		child := &resting{}
		root, reader := restingTree(t, child)
		child.slices = 0
		for range 4 {
			if !isRead(t, root, reader, child) {
				t.Error("it was not read")
			}
		}
	})
}

// What a reader says that spares resting processes is what one says that reads them all.
func TestRestingProcessesOfThisHost(t *testing.T) {
	sleeper := startChild(t, "cat")
	sparing := newReader(t, linux.Config{Reader: process.ReaderProcfs})
	whole := newReader(t, linux.Config{Reader: process.ReaderProcfs})
	linux.ReadAll(whole)
	for range 4 {
		read(t, sparing)
		time.Sleep(10 * time.Millisecond)
	}
	compared := 0
	// One that works briefly between two readings may differ once; what rests stays different.
	differed := map[process.ID]bool{}
	// Others may take memory from a process that rests, and give it another parent.
	others := cmpopts.IgnoreFields(process.Process{}, "ResidentBytes", "SwapBytes", "PPID", "Nice", "Facts", "MinorFaults", "Since")
	for range 5 {
		before, spared, after := read(t, whole), read(t, sparing), read(t, whole)
		for i := range before.Processes {
			b := before.Processes[i]
			s, a := spared.ByID(b.ID), after.ByID(b.ID)
			// One that was woken and waits for a CPU has not run since.
			woken := b.State == process.Running
			if s == nil || a == nil || woken || b.PID == os.Getpid() || gocmp.Diff(b, a, others) != "" {
				continue
			}
			compared++
			if b.Threads > 1 {
				s.CPUWait = b.CPUWait // Each has seen other threads end.
			}
			diff, again := gocmp.Diff(b, s, others), differed[b.ID]
			if differed[b.ID] = diff != ""; diff != "" && again {
				t.Errorf("PID %d (%s) is another when spared (-whole +spared):\n%s", b.PID, b.Name, diff)
			}
		}
		if p := spared.ByPID(sleeper.Process.Pid); p == nil || p.ResidentBytes == 0 || p.Name != "cat" {
			t.Errorf("the sleeping child came as %+v", p)
		}
	}
	if compared < 5 {
		t.Errorf("only %d processes were compared", compared)
	}
}
