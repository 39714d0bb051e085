package linux

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// scriptedPass hands over records in each pass, and then an error.
type scriptedPass struct {
	records []bpf.Record
	err     error
}

func (p *scriptedPass) Read(ctx context.Context, each func(*bpf.Record)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range p.records {
		each(&p.records[i])
	}
	return p.err
}

func (p *scriptedPass) Close() error { return nil }

func recordOf(pid int, comm string) bpf.Record {
	r := bpf.Record{Pid: uint32(pid), Ppid: 1, Start: uint64(pid) * uint64(time.Second), Threads: 1, Has: bpf.HasIO}
	copy(r.Comm[:], comm)
	return r
}

var errCutOff = errors.New("the pass was cut off")

// Who asked for a scan and gave up gets no other scan in its place.
func TestReadByBPFEndsWithItsContext(t *testing.T) {
	r, err := Open(Config{Reader: process.ReaderProcfs, Exits: string(process.ExitsChildren)})
	if err != nil {
		t.Fatal(err)
	}
	r.bpf = bpf.NewTable(&scriptedPass{records: []bpf.Record{recordOf(1, "init"), recordOf(os.Getpid(), "self")}})
	closeAfter(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) || r.failing {
		t.Errorf("error %v, BPF taken as failing: %t", err, r.failing)
	}
	if s := readOnce(t, r); s.Reader != process.ReaderIterator || s.Errors[process.ReasonBPF] != 0 {
		t.Errorf("the next scan is by %s, errors %v", s.Reader, s.Errors)
	}
}

func TestReadFallsBackForOneScan(t *testing.T) {
	self, first := recordOf(os.Getpid(), "self"), recordOf(1, "init")
	for _, tc := range []struct {
		name     string
		iterator scriptedPass
	}{
		{"cut off after a few processes", scriptedPass{records: []bpf.Record{first, self}, err: errCutOff}},
		{"ended before this process", scriptedPass{records: []bpf.Record{first}}},
		{"empty", scriptedPass{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := Open(Config{Reader: process.ReaderProcfs, Exits: string(process.ExitsChildren)})
			if err != nil {
				t.Fatal(err)
			}
			fake := tc.iterator
			r.bpf = bpf.NewTable(&fake)
			closeAfter(t, r)
			s := readOnce(t, r)
			if s.Reader != process.ReaderProcfs || s.Errors[process.ReasonBPF] != 1 || s.ByPID(os.Getpid()) == nil || len(s.Processes) < 2 {
				t.Errorf("reader %s, errors %v, %d processes", s.Reader, s.Errors, len(s.Processes))
			}
			fake.records, fake.err = []bpf.Record{first, self}, nil
			if s := readOnce(t, r); s.Reader != process.ReaderIterator || s.Errors[process.ReasonBPF] != 0 || len(s.Processes) != 2 {
				t.Errorf("then: reader %s, errors %v, %d processes", s.Reader, s.Errors, len(s.Processes))
			}
		})
	}
}

// A scan of the proc file system between two by BPF shows no counter below theirs.
func TestReadFallsBackWithoutFalling(t *testing.T) {
	r, err := Open(Config{Reader: process.ReaderProcfs, Exits: string(process.ExitsChildren)})
	if err != nil {
		t.Fatal(err)
	}
	self, first := recordOf(os.Getpid(), "self"), recordOf(1, "init")
	self.Start = readOnce(t, r).ByPID(os.Getpid()).StartTicks * uint64(procfs.Tick)
	const more = 1 << 50
	self.Runtime, self.Utime, self.Stime, self.Cutime = more, more/2, more/2, more
	self.Minflt, self.Nvcsw, self.ReadBytes, self.WriteBytes = more, more, more, more
	fake := &scriptedPass{records: []bpf.Record{first, self}}
	r.bpf = bpf.NewTable(fake)
	closeAfter(t, r)
	before := *readOnce(t, r).ByPID(os.Getpid())
	fake.err = errCutOff
	fallback := readOnce(t, r)
	fake.err = nil
	for name, s := range map[string]*process.Snapshot{"the fallback": fallback, "the scan after it": readOnce(t, r)} {
		p := s.ByPID(os.Getpid())
		if p.UserTime != before.UserTime || p.SystemTime != before.SystemTime || p.ChildUserTime != more || p.MinorFaults != more ||
			p.VoluntarySwitches != more || p.Known.Has(process.HasIO) && (p.ReadBytes != more || p.WrittenBytes != more) {
			t.Errorf("%s by %s: %+v, before %+v", name, s.Reader, p, before)
		}
	}
	if fallback.Reader != process.ReaderProcfs {
		t.Errorf("the fallback is by %s", fallback.Reader)
	}
}
