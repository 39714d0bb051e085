package exits

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/facts"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// newTestLedger returns a ledger over the facts of a reader of the real system.
func newTestLedger(t *testing.T) *Ledger {
	t.Helper()
	proc, err := procfs.Open("/proc")
	if err != nil {
		t.Fatal(err)
	}
	cache := facts.New(proc, "/", stall.DefaultDeadline)
	t.Cleanup(func() {
		cache.Close()
		if err := proc.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewLedger(cache)
}

const ms = time.Millisecond

// process is one of a test's table, started at tick 100 and a multiple of its PID.
func testProcess(pid int, name string, facts *process.Facts) *process.Process {
	return &process.Process{
		ID: process.ID{PID: pid, StartTicks: uint64(100 * pid)}, Name: name, Facts: facts,
		UserTime: 10 * ms, SystemTime: 5 * ms,
	}
}

// account is what the kernel says of the end of testProcess.
func account(l *Ledger, pid int, name string) {
	k := bpf.EndedKey{Pid: uint32(pid), Start: uint64(100*pid)*uint64(procfs.Tick) + 7}
	e := bpf.Ended{
		Ppid: 1, How: 11, Flags: bpf.FlagIO,
		Used: bpf.Usage{Runtime: uint64(20 * ms), Utime: uint64(4 * ms), Stime: uint64(12 * ms), Minflt: 3, ReadBytes: 4096},
	}
	copy(e.Comm[:], name)
	l.addEnded(&k, &e)
}

func ids(records []process.Exit) []string {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID.String()+" "+r.Name)
	}
	return ids
}

func TestLedgerHandsEachRecordOverWhenTheProcessIsGone(t *testing.T) {
	l := newTestLedger(t)
	facts := &process.Facts{Exe: "/bin/a"}
	a, b, c := testProcess(10, "a", facts), testProcess(20, "b", facts), testProcess(30, "c", facts)
	var previous []*process.Process
	for _, scan := range []struct {
		name     string
		table    []*process.Process
		accounts []int
		want     []string
	}{
		{name: "first scan", table: []*process.Process{a, b, c}},
		{name: "a is gone and has its account", table: []*process.Process{b, c}, accounts: []int{10}, want: []string{"10-1000 a"}},
		{name: "b has its account as a zombie", table: []*process.Process{b, c}, accounts: []int{20}},
		{name: "still a zombie", table: []*process.Process{b, c}},
		{name: "b is gone, and c too without an account yet", want: []string{"20-2000 b"}},
		{name: "the account of c comes late", accounts: []int{30}, want: []string{"30-3000 c"}},
		{name: "nothing twice"},
		{name: "never seen", accounts: []int{40}, want: []string{"40-4000 d"}},
	} {
		s := &process.Snapshot{Processes: scan.table, Taken: time.Now()}
		l.Begin(previous, s, nil)
		for _, pid := range scan.accounts {
			account(l, pid, map[int]string{10: "a", 20: "b", 30: "c", 40: "d"}[pid])
		}
		records := l.Finish()
		if diff := cmp.Diff(scan.want, ids(records)); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", scan.name, diff)
		}
		previous = scan.table
	}
	if len(l.gone) != 0 || len(l.early) != 0 {
		t.Errorf("left over: %v, %v", l.gone, l.early)
	}
}

func TestLedgerCountsTheAccountThatNeverComes(t *testing.T) {
	l := newTestLedger(t)
	taken := time.Now()
	scan := func(previous []*process.Process) {
		l.Begin(previous, &process.Snapshot{Taken: taken}, nil)
		l.Finish()
		taken = taken.Add(rememberGoneFor / 2)
	}
	scan([]*process.Process{testProcess(10, "a", process.NoFacts)})
	for range rememberGone {
		if len(l.gone) != 1 || l.Lost != 0 {
			t.Fatalf("%d remembered, %d lost; want 1 and none", len(l.gone), l.Lost)
		}
		scan(nil)
	}
	if len(l.gone) != 0 || l.Lost != 1 {
		t.Errorf("%d remembered, %d lost; want none and 1", len(l.gone), l.Lost)
	}
}

func TestLedgerRecord(t *testing.T) {
	facts := &process.Facts{Exe: "/bin/a", User: "root"}
	want := process.Exit{
		ID: process.ID{PID: 10, StartTicks: 1000}, Parent: 1, Name: "a", Facts: facts, Processes: 1,
		Known: process.HasCPU | process.HasFaults | process.HasIO, MinorFaults: 3, ReadBytes: 4096, Reason: "SIGSEGV",
		// Three quarters of the samples are system time, but the scan has shown 10 ms of
		// user time.
		UserTime: 10 * ms, SystemTime: 10 * ms,
	}
	t.Run("seen", func(t *testing.T) {
		l := newTestLedger(t)
		l.Begin([]*process.Process{testProcess(10, "a", facts)}, &process.Snapshot{}, nil)
		account(l, 10, "a")
		if diff := cmp.Diff([]process.Exit{want}, l.Finish()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("ran another program since", func(t *testing.T) {
		l := newTestLedger(t)
		l.Begin([]*process.Process{testProcess(10, "shell", facts)}, &process.Snapshot{}, nil)
		account(l, 10, "a")
		want := want
		want.Facts = &process.Facts{User: "root"}
		if diff := cmp.Diff([]process.Exit{want}, l.Finish()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("never seen", func(t *testing.T) {
		l := newTestLedger(t)
		l.Begin(nil, &process.Snapshot{}, nil)
		account(l, 10, "a")
		want := want
		want.Facts = &process.Facts{User: "root"}
		want.UserTime, want.SystemTime = 5*ms, 15*ms
		if diff := cmp.Diff([]process.Exit{want}, l.Finish()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Of processes that no scan saw the facts are the user, the control group, and the parent's
// program if they executed none themselves.
func TestLedgerSum(t *testing.T) {
	server := testProcess(10, "server", &process.Facts{Exe: "/bin/server", Cmdline: []string{"server"}, Cgroup: "/a.service", Unit: "a.service"})
	key := func(name string, flags uint32, cgroup uint64) bpf.SumKey {
		k := bpf.SumKey{Ppid: 10, Flags: flags, Cgroup: cgroup, How: bpf.EndedWithCode + 7}
		copy(k.Comm[:], name)
		return k
	}
	for _, tc := range []struct {
		name string
		key  bpf.SumKey
		want process.Facts
	}{
		{"forked", key("server", bpf.FlagForkNoExec, 77), process.Facts{
			User: "root", Exe: "/bin/server", Cmdline: []string{"server"}, Cgroup: "/a.service", Unit: "a.service",
		}},
		{"executed the same", key("server", 0, 77), process.Facts{User: "root", Cgroup: "/a.service", Unit: "a.service"}},
		{"renamed", key("worker", bpf.FlagForkNoExec, 77), process.Facts{User: "root", Cgroup: "/a.service", Unit: "a.service"}},
		{"in a group that has gone", key("worker", 0, 1<<40), process.Facts{User: "root"}},
		{"in the root group", key("worker", 0, rootCgroup), process.Facts{User: "root"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newTestLedger(t)
			l.Begin(nil, &process.Snapshot{Processes: []*process.Process{server}}, []uint64{77})
			l.addSum(&tc.key, &bpf.Sum{Processes: 5, Used: bpf.Usage{Runtime: uint64(ms)}})
			got := l.Finish()
			if len(got) != 1 || got[0].Processes != 5 || got[0].ID.PID != 0 || got[0].Reason != "exit_code" || got[0].Code != 7 || got[0].UserTime != ms {
				t.Fatalf("got %+v", got)
			}
			if diff := cmp.Diff(&tc.want, got[0].Facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExitReason(t *testing.T) {
	for how, want := range map[uint32]string{
		0: "", 9: "SIGKILL", 15: "SIGTERM", 64: "SIG64", bpf.EndedWithCode + 1: "exit_code", bpf.EndedWithCode + 255: "exit_code", bpf.EndedForMemory: "oom_kill",
	} {
		if got := exitReason(how); got != want {
			t.Errorf("exitReason(%d) = %q, want %q", how, got, want)
		}
	}
}

// TestABurstOfScansLosesNoAccount: one can be late while scans follow each other within milliseconds.
func TestABurstOfScansLosesNoAccount(t *testing.T) {
	l := newTestLedger(t)
	taken := time.Now()
	previous := []*process.Process{testProcess(10, "a", process.NoFacts)}
	for range 10 * rememberGone {
		l.Begin(previous, &process.Snapshot{Taken: taken}, nil)
		l.Finish()
		previous, taken = nil, taken.Add(10*time.Millisecond)
	}
	if len(l.gone) != 1 || l.Lost != 0 {
		t.Errorf("%d remembered, %d lost; want 1 and none", len(l.gone), l.Lost)
	}
}
