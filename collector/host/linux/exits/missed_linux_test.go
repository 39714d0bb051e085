package exits

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// fakePending has processes that ended and have no account.
type fakePending map[bpf.EndedKey]bpf.Ended

func (f fakePending) Pending(each func(*bpf.EndedKey, *bpf.Ended)) error {
	for k, e := range f {
		each(&k, &e)
	}
	return nil
}

func (f fakePending) Take(k bpf.EndedKey, _ bpf.Ended) (bool, error) {
	_, ok := f[k]
	delete(f, k)
	return ok, nil
}

func TestMissedExitsAreRecovered(t *testing.T) {
	seen, zombie := testProcess(10, "a", &process.Facts{Exe: "/bin/a"}), testProcess(20, "b", process.NoFacts)
	key := func(pid int) bpf.EndedKey {
		return bpf.EndedKey{Pid: uint32(pid), Start: uint64(100*pid) * uint64(procfs.Tick)}
	}
	ended := func(name string) bpf.Ended {
		e := bpf.Ended{Ppid: 1, How: bpf.EndedWithCode, Used: bpf.Usage{Runtime: uint64(30 * ms), Utime: uint64(30 * ms)}}
		copy(e.Comm[:], name)
		return e
	}
	pending := fakePending{key(10): ended("a"), key(20): ended("b"), key(30): ended("c"), key(40): ended("d")}
	l := newTestLedger(t)
	var missed missedExits
	at := time.Now()
	scan := func(previous []*process.Process) []string {
		t.Helper()
		l.Begin(previous, &process.Snapshot{Taken: at, Processes: []*process.Process{zombie}}, nil)
		if err := missed.recover(pending, l); err != nil {
			t.Fatal(err)
		}
		at = at.Add(missedAfterFor)
		return ids(l.Finish())
	}
	for i, previous := range [][]*process.Process{{seen, zombie}, {zombie}} {
		if got := scan(previous); len(got) != 0 {
			t.Fatalf("scan %d: %v before it is certain", i, got)
		}
		delete(pending, key(40)) // It gets its account after all.
	}
	if diff := cmp.Diff([]string{"10-1000 a", "30-3000 c"}, scan([]*process.Process{zombie})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(pending) != 1 || l.Lost != 0 || len(missed.absent) != 0 {
		t.Errorf("%d pending, %d lost, %d awaited; want the zombie alone", len(pending), l.Lost, len(missed.absent))
	}
	if got := scan([]*process.Process{zombie}); len(got) != 0 {
		t.Errorf("again: %v", got)
	}
}

// Where the proc file system hides processes, one that is not seen may be a zombie.
func TestMissedExitsAreNotTakenForGoneWhereProcHides(t *testing.T) {
	l := newTestLedger(t)
	missed := missedExits{procHides: true}
	pending := fakePending{bpf.EndedKey{Pid: 30}: {}}
	for reader, want := range map[string]int{process.ReaderProcfs: 0, process.ReaderIterator: 1} {
		l.Begin(nil, &process.Snapshot{Taken: time.Now(), Reader: reader}, nil)
		if err := missed.recover(pending, l); err != nil {
			t.Fatal(err)
		}
		if len(missed.absent) != want {
			t.Errorf("%s: %d awaited, want %d", reader, len(missed.absent), want)
		}
		missed.absent = nil
	}
}
