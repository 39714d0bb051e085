package bpf

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// fakeIterator hands over records.
type fakeIterator struct {
	records []Record
}

func (f *fakeIterator) Read(ctx context.Context, each func(*Record)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range f.records {
		each(&f.records[i])
	}
	return nil
}

func (f *fakeIterator) Close() error { return nil }

func fakeRecord(pid int, comm string) Record {
	r := Record{Pid: uint32(pid), Ppid: 1, Start: uint64(pid) * uint64(time.Second), Threads: 1, Has: HasIO}
	copy(r.Comm[:], comm)
	return r
}

// readFake makes one pass over records and returns the processes by PID.
func readFake(t *testing.T, previous []*process.Process, records ...Record) []*process.Process {
	t.Helper()
	table := NewTable(&fakeIterator{records: append(records, fakeRecord(os.Getpid(), "self"))})
	processes, err := table.Read(t.Context(), previous)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.comms) != len(processes) || len(table.Cgroups) != len(processes) {
		t.Fatalf("%d names and %d groups of %d processes", len(table.comms), len(table.Cgroups), len(processes))
	}
	return processes
}

func TestBPFTableIsSortedAndHasNoPIDTwice(t *testing.T) {
	early, late := fakeRecord(3, "early"), fakeRecord(3, "late")
	late.Start += uint64(time.Hour)
	got := readFake(t, nil, fakeRecord(7, "b"), early, fakeRecord(2, "a"), late)
	var pids []int
	for _, p := range got {
		pids = append(pids, p.PID)
	}
	if diff := cmp.Diff([]int{2, 3, 7, os.Getpid()}, pids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := late.Start / uint64(procfs.Tick); got[1].StartTicks != want {
		t.Errorf("process 3 started at %d, want that of the later one, %d", got[1].StartTicks, want)
	}
}

// Before Linux 6.7 the threads come as records of their own, in any order.
func TestBPFTableAddsThreads(t *testing.T) {
	process, thread := fakeRecord(5, "server"), Record{Kind: KindThread, Pid: 5}
	process.Threads = 3
	process.Runtime, process.Utime, process.Minflt, process.ReadBytes = 10, 10, 1, 100
	thread.Runtime, thread.Utime, thread.Minflt, thread.ReadBytes = 5, 5, 2, 1000
	orphan := thread
	orphan.Pid = 6
	got := readFake(t, nil, thread, process, thread, orphan)[0]
	if got.PID != 5 || got.UserTime != 20 || got.MinorFaults != 5 || got.ReadBytes != 2100 || got.Threads != 3 {
		t.Errorf("got %+v", got)
	}
}

// While threads end, what the kernel has added up can be short for a moment.
func TestBPFTableNeverFalls(t *testing.T) {
	record := fakeRecord(5, "server")
	record.Runtime, record.Utime, record.Minflt, record.Nvcsw, record.ReadBytes = 100, 100, 10, 20, 4096
	before := readFake(t, nil, record)
	record.Runtime, record.Minflt, record.Nvcsw, record.ReadBytes = 90, 9, 19, 0
	if diff := cmp.Diff(before[0], readFake(t, before, record)[0]); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	record.Start += uint64(time.Hour)
	if got := readFake(t, before, record)[0]; got.UserTime != 90 || got.MinorFaults != 9 {
		t.Errorf("another process of that number has %+v", got)
	}
}

func TestBPFTableUnknownValues(t *testing.T) {
	record := fakeRecord(5, "server")
	record.OpenFds, record.Has = UnknownFDs, 0
	if got := readFake(t, nil, record)[0]; got.Known.Has(process.HasOpenFDs) || got.Known.Has(process.HasIO) || got.OpenFDs != 0 {
		t.Errorf("known %b, %d descriptors", got.Known, got.OpenFDs)
	}
}
