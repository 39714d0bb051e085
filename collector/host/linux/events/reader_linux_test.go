package events

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// record is one event of a fakeSource.
type record struct {
	event bpf.Event
	exit  *bpf.EventExitStatus
	args  string
	exe   string
}

type fakeSource []record

func (f fakeSource) Read(_ time.Duration, each bpf.Take) error {
	for i := range f {
		each(&f[i].event, f[i].exit, []byte(f[i].args), []byte(f[i].exe))
	}
	return nil
}

func (f fakeSource) Counts() (bpf.EventCounts, error) {
	var c bpf.EventCounts
	c.Counted[bpf.EventExit], c.Lost[bpf.EventExec] = 5, 3
	return c, nil
}

func (f fakeSource) Close() error { return nil }

func eventOf(kind bpf.EventKind, flags uint8) bpf.Event {
	e := bpf.Event{Kind: uint8(kind), Flags: flags, Pid: 7, Ppid: 1, Time: uint64(3 * time.Second), Start: uint64(time.Second) + 1}
	copy(e.Comm[:], "tool")
	return e
}

func readAll(t *testing.T, source fakeSource) (list []process.Event) {
	t.Helper()
	r := newReader(source, t.TempDir(), stall.DefaultDeadline)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := r.Read(0, func(e *process.Event) { list = append(list, *e) }); err != nil {
		t.Fatal(err)
	}
	counted, lost, err := r.Counts()
	if err != nil || counted[process.EventExit] != 5 || lost[process.EventExec] != 3 {
		t.Errorf("%v, %v, %v", counted, lost, err)
	}
	return list
}

func TestReaderFillsEvents(t *testing.T) {
	crash := &bpf.EventExitStatus{Status: 11 | 0x80, Runtime: 5000, Peak: 3}
	failed := &bpf.EventExitStatus{Status: 3 << 8}
	killed := &bpf.EventExitStatus{Status: 9}
	list := readAll(t, fakeSource{
		{event: eventOf(bpf.EventFork, bpf.EventKernelThread)},
		{event: eventOf(bpf.EventExec, 0), args: "tool\x00\x00--fast\x00", exe: "/bin/tool"},
		{event: eventOf(bpf.EventExec, bpf.EventTruncated), args: "tool\x00--password=hun", exe: "tool"},
		{event: eventOf(bpf.EventExit, 0), exit: crash},
		{event: eventOf(bpf.EventExit, 0), exit: failed},
		{event: eventOf(bpf.EventExit, bpf.EventOOM), exit: killed},
		{event: eventOf(bpf.EventExit, 0), exit: &bpf.EventExitStatus{}},
	})
	for i := range list {
		e := &list[i]
		if e.ID != (process.ID{PID: 7, StartTicks: uint64(time.Second / procfs.Tick)}) || e.Parent != 1 || e.Name != "tool" || e.Age != 2*time.Second-1 {
			t.Errorf("event %d is %+v", i, e)
		}
	}
	if !list[0].Kernel || list[0].Kind != process.EventFork {
		t.Errorf("%+v", list[0])
	}
	if diff := cmp.Diff([]string{"tool", "", "--fast"}, list[1].Facts.Cmdline); diff != "" || list[1].Facts.Exe != "/bin/tool" || list[1].Cut {
		t.Errorf("%+v: %s", list[1], diff)
	}
	if diff := cmp.Diff([]string{"tool"}, list[2].Facts.Cmdline); diff != "" || list[2].Facts.Exe != "" || !list[2].Cut {
		t.Errorf("a part of an argument is shown: %+v", list[2].Facts)
	}
	for i, want := range []struct {
		reason string
		code   int
	}{{"SIGSEGV", 0}, {"exit_code", 3}, {process.OOMKilled, 0}, {"", 0}} {
		if e := &list[3+i]; !e.Ended || e.Reason != want.reason || e.Code != want.code {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
	if e := &list[3]; e.CPUTime != 5*time.Microsecond || e.PeakBytes != 3*uint64(os.Getpagesize()) || !e.Known.Has(process.HasMemory) || list[4].Known.Has(process.HasMemory) {
		t.Errorf("%+v", e)
	}
}

// TestReaderSharesWhatIsAlike: most events are alike, and what is kept of them is bounded.
func TestReaderSharesWhatIsAlike(t *testing.T) {
	alike := record{event: eventOf(bpf.EventExec, 0), args: "tool\x00", exe: "/bin/tool"}
	list := readAll(t, fakeSource{alike, alike})
	if list[0].Facts != list[1].Facts {
		t.Error("events that are alike do not share their facts")
	}
	r := newReader(nil, t.TempDir(), stall.DefaultDeadline)
	defer r.users.Close()
	for i := range 3 * maxFacts {
		e := eventOf(bpf.EventExec, 0)
		args := []byte{byte(i), byte(i >> 8), 'x', 0}
		r.factsOf(&e, args, nil)
		r.intern(args)
	}
	if len(r.facts) > maxFacts || len(r.names) > maxNames {
		t.Errorf("%d facts and %d names are kept", len(r.facts), len(r.names))
	}
}

// TestReaderOnThisMachine runs a program and finds its three events with the user and the times.
func TestReaderOnThisMachine(t *testing.T) {
	r, err := Open("/proc", "/", stall.DefaultDeadline)
	if err != nil {
		t.Skipf("SKIPPED: no events by BPF on this machine: %v", err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	began := time.Now().Round(0).Add(-time.Second) // The clock may be corrected meanwhile.
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "exit 3")
	_ = cmd.Run()
	var mine []process.Event
	for range 100 {
		if err := r.Read(50*time.Millisecond, func(e *process.Event) {
			if e.ID.PID == cmd.Process.Pid {
				mine = append(mine, *e)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if len(mine) == 3 {
			break
		}
	}
	if len(mine) != 3 || mine[1].Kind != process.EventExec || mine[2].Code != 3 {
		t.Fatalf("%+v", mine)
	}
	for _, e := range mine {
		if e.Facts.User != r.users.Name(uint32(os.Geteuid()), time.Now()) || e.Time.Before(began) || e.Time.After(time.Now().Add(time.Second)) {
			t.Errorf("%+v of user %s", e, e.Facts.User)
		}
	}
}
