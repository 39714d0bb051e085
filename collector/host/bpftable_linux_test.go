package host

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/bpf"
	"proctree/collector/process"
)

// fakeIterator hands over records, and then an error.
type fakeIterator struct {
	records []bpf.Record
	err     error
	closed  bool
}

func (f *fakeIterator) Read(ctx context.Context, each func(*bpf.Record)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range f.records {
		each(&f.records[i])
	}
	return f.err
}

func (f *fakeIterator) Close() error {
	f.closed = true
	return nil
}

func fakeRecord(pid int, comm string) bpf.Record {
	r := bpf.Record{Pid: uint32(pid), Ppid: 1, Start: uint64(pid) * uint64(time.Second), Threads: 1, Has: bpf.HasIO}
	copy(r.Comm[:], comm)
	return r
}

var errFake = errors.New("the pass was cut off")

// Who asked for a scan and gave up gets no other scan in its place.
func TestReadByBPFEndsWithItsContext(t *testing.T) {
	reader, err := NewReader(Config{Reader: ReaderProcfs, Exits: string(process.ExitsChildren)})
	if err != nil {
		t.Fatal(err)
	}
	r := reader.(*linuxReader)
	r.bpf = newBPFTable(&fakeIterator{records: []bpf.Record{fakeRecord(1, "init"), fakeRecord(os.Getpid(), "self")}})
	closeAfter(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) || r.failing {
		t.Errorf("error %v, BPF taken as failing: %t", err, r.failing)
	}
	if s := readOnce(t, r); s.Reader != ReaderIterator || s.Errors[process.ReasonBPF] != 0 {
		t.Errorf("the next scan is by %s, errors %v", s.Reader, s.Errors)
	}
}

func TestReadFallsBackForOneScan(t *testing.T) {
	self, first := fakeRecord(os.Getpid(), "self"), fakeRecord(1, "init")
	for _, tc := range []struct {
		name     string
		iterator fakeIterator
	}{
		{"cut off after a few processes", fakeIterator{records: []bpf.Record{first, self}, err: errFake}},
		{"ended before this process", fakeIterator{records: []bpf.Record{first}}},
		{"empty", fakeIterator{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reader, err := NewReader(Config{Reader: ReaderProcfs, Exits: string(process.ExitsChildren)})
			if err != nil {
				t.Fatal(err)
			}
			r := reader.(*linuxReader)
			fake := tc.iterator
			r.bpf = newBPFTable(&fake)
			closeAfter(t, r)
			s := readOnce(t, r)
			if s.Reader != ReaderProcfs || s.Errors[process.ReasonBPF] != 1 || s.ByPID(os.Getpid()) == nil || len(s.Processes) < 2 {
				t.Errorf("reader %s, errors %v, %d processes", s.Reader, s.Errors, len(s.Processes))
			}
			fake.records, fake.err = []bpf.Record{first, self}, nil
			if s := readOnce(t, r); s.Reader != ReaderIterator || s.Errors[process.ReasonBPF] != 0 || len(s.Processes) != 2 {
				t.Errorf("then: reader %s, errors %v, %d processes", s.Reader, s.Errors, len(s.Processes))
			}
		})
	}
}

// A scan of the proc file system between two by BPF shows no counter below theirs.
func TestReadFallsBackWithoutFalling(t *testing.T) {
	reader, err := NewReader(Config{Reader: ReaderProcfs, Exits: string(process.ExitsChildren)})
	if err != nil {
		t.Fatal(err)
	}
	r := reader.(*linuxReader)
	self, first := fakeRecord(os.Getpid(), "self"), fakeRecord(1, "init")
	self.Start = readOnce(t, r).ByPID(os.Getpid()).StartTicks * uint64(tick)
	const more = 1 << 50
	self.Runtime, self.Utime, self.Stime, self.Cutime = more, more/2, more/2, more
	self.Minflt, self.Nvcsw, self.ReadBytes, self.WriteBytes = more, more, more, more
	fake := &fakeIterator{records: []bpf.Record{first, self}}
	r.bpf = newBPFTable(fake)
	closeAfter(t, r)
	before := *readOnce(t, r).ByPID(os.Getpid())
	fake.err = errFake
	fallback := readOnce(t, r)
	fake.err = nil
	for name, s := range map[string]*process.Snapshot{"the fallback": fallback, "the scan after it": readOnce(t, r)} {
		p := s.ByPID(os.Getpid())
		if p.UserTime != before.UserTime || p.SystemTime != before.SystemTime || p.ChildUserTime != more || p.MinorFaults != more ||
			p.VoluntarySwitches != more || p.Known.Has(process.HasIO) && (p.ReadBytes != more || p.WrittenBytes != more) {
			t.Errorf("%s by %s: %+v, before %+v", name, s.Reader, p, before)
		}
	}
	if fallback.Reader != ReaderProcfs {
		t.Errorf("the fallback is by %s", fallback.Reader)
	}
}

// readFake makes one pass over records and returns the processes by PID.
func readFake(t *testing.T, previous []process.Process, records ...bpf.Record) []process.Process {
	t.Helper()
	table := newBPFTable(&fakeIterator{records: append(records, fakeRecord(os.Getpid(), "self"))})
	processes, err := table.read(t.Context(), previous)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.comms) != len(processes) || len(table.cgroups) != len(processes) {
		t.Fatalf("%d names and %d groups of %d processes", len(table.comms), len(table.cgroups), len(processes))
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
	if want := late.Start / uint64(tick); got[1].StartTicks != want {
		t.Errorf("process 3 started at %d, want that of the later one, %d", got[1].StartTicks, want)
	}
}

// Before Linux 6.7 the threads come as records of their own, in any order.
func TestBPFTableAddsThreads(t *testing.T) {
	process, thread := fakeRecord(5, "server"), bpf.Record{Kind: bpf.KindThread, Pid: 5}
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

func TestBPFTableUnknownFigures(t *testing.T) {
	record := fakeRecord(5, "server")
	record.OpenFds, record.Has = bpf.UnknownFDs, 0
	if got := readFake(t, nil, record)[0]; got.Known.Has(process.HasOpenFDs) || got.Known.Has(process.HasIO) || got.OpenFDs != 0 {
		t.Errorf("known %b, %d descriptors", got.Known, got.OpenFDs)
	}
}
