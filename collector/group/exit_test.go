package group_test

import (
	"maps"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// record is the exit record of a process.
func record(p process.Process, user time.Duration, reason string) process.Exit {
	return process.Exit{
		ID: p.ID, Parent: p.PPID, Name: p.Name, Facts: p.Facts, Processes: 1,
		Known: process.HasCPU | process.HasIO | process.HasFaults, UserTime: user, ReadBytes: 10, MinorFaults: 5, Reason: reason,
	}
}

// recorded observes a table and the records that came with it.
func recorded(tracker *group.Tracker, second int, table []process.Process, exits ...process.Exit) *group.Report {
	s := hosttest.Snapshot(at(time.Duration(second)*time.Second), table...)
	s.ExitSource = process.ExitsBPF
	s.Exits = exits
	return tracker.Observe(s)
}

// counts are the counters of a group that exits move.
type counts struct {
	cpu                       time.Duration
	starts, exits, shortLived uint64
}

func wantCounts(t *testing.T, r *group.Report, name string, want counts) {
	t.Helper()
	g := groupNamed(t, r, name)
	if got := (counts{g.UserTime, g.Starts, g.Exits, g.ShortLived}); got != want {
		t.Errorf("%s has %+v, want %+v", name, got, want)
	}
}

func TestRecords(t *testing.T) {
	old := func(cpu time.Duration) process.Process { return proc(10, 1, "app", before, cpuOf(cpu)) }
	young := func(cpu time.Duration) process.Process { return proc(20, 1, "app", time.Second, cpuOf(cpu)) }
	zombie := func(cpu time.Duration) process.Process {
		return proc(20, 1, "app", time.Second, cpuOf(cpu), hosttest.InState(process.Zombie))
	}
	type scan struct {
		table []process.Process
		exits []process.Exit
	}
	table := func(list ...process.Process) []process.Process { return append(list, proc(1, 0, "init", before)) }
	tests := []struct {
		name  string
		scans []scan
		want  counts
	}{
		{"seen: what came after the last scan", []scan{{table(old(100)), nil}, {table(), []process.Exit{record(old(0), 130, "")}}}, counts{30, 0, 1, 0}},
		{"unseen: the whole", []scan{{table(), nil}, {table(), []process.Exit{record(young(0), 30, "")}}}, counts{30, 1, 1, 1}},
		{
			"several at once",
			[]scan{{table(), nil}, {table(), []process.Exit{
				{Name: "app", Processes: 7, Known: process.HasCPU, UserTime: 30},
			}}},
			counts{30, 7, 7, 7},
		},
		{"before the first scan", []scan{{table(old(1)), []process.Exit{record(young(0), 30, ""), record(old(0), 30, "")}}}, counts{}},
		{
			"a scan late",
			[]scan{{table(old(100)), nil}, {table(), nil}, {table(), nil}, {table(), []process.Exit{record(old(0), 130, "")}}},
			counts{30, 0, 1, 0},
		},
		{
			"while a zombie is in the table",
			[]scan{
				{table(), nil},
				{table(young(10)), nil},
				{table(zombie(20)), []process.Exit{record(young(0), 21, "")}},
				{table(zombie(21)), nil},
				{table(), nil},
			},
			counts{21, 1, 1, 0},
		},
		{
			"of a zombie that no scan has seen yet",
			[]scan{
				{table(), nil},
				{table(), []process.Exit{record(young(0), 21, "")}},
				{table(zombie(21)), nil},
				{table(), nil},
			},
			counts{21, 1, 1, 1},
		},
		{
			"of what was overlooked once",
			[]scan{
				{table(), nil},
				{table(young(10)), nil},
				{table(), nil},
				{table(young(15)), nil},
				{table(), []process.Exit{record(young(0), 21, "")}},
			},
			counts{21, 1, 1, 0},
		},
		{
			"of what is older than every scan",
			[]scan{{table(), nil}, {table(), []process.Exit{record(old(0), 130, "")}}},
			counts{0, 0, 1, 0},
		},
		{
			"less than was counted",
			[]scan{{table(old(100)), nil}, {table(old(150)), nil}, {table(), []process.Exit{record(old(0), 130, "")}}},
			counts{50, 0, 1, 0},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "groups: [{group: app, name: app}]")})
			for i, scan := range test.scans {
				recorded(tracker, i*15, scan.table, scan.exits...)
			}
			wantCounts(t, tracker.Report(), "app", test.want)
		})
	}
}

func TestARecordTellsTheLastName(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	shell := proc(10, 1, "sh", before, cpuOf(5))
	recorded(tracker, 0, []process.Process{shell, proc(1, 0, "init", before)})
	renamed := shell
	renamed.Name = "make"
	r := recorded(tracker, 15, []process.Process{proc(1, 0, "init", before)}, record(renamed, 8, "SIGKILL"))
	wantCounts(t, r, "sh", counts{})
	wantCounts(t, r, "make", counts{3, 0, 1, 0})
	if got := groupNamed(t, r, "make"); got.AbnormalExits["SIGKILL"].Count != 1 || got.ReadBytes != 10 || !got.Known.Has(process.HasIO) || got.Known.Has(process.HasMemory) {
		t.Errorf("make is %+v", got)
	}
}

func TestRecordsOfKernelThreadsAndExcluded(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "exclude: [{name: secret}]")})
	table := []process.Process{proc(2, 0, "kthreadd", before, hosttest.Kernel())}
	recorded(tracker, 0, table)
	r := recorded(tracker, 15, table,
		process.Exit{Parent: 2, Name: "kworker/3:1", Processes: 1, Known: process.HasCPU, UserTime: 4},
		process.Exit{Parent: 1, Name: "secret", Processes: 1, Known: process.HasCPU, UserTime: 4})
	wantCounts(t, r, "kworker", counts{4, 1, 1, 1})
	if len(r.Groups) != 2 {
		t.Errorf("groups are %q", names(r))
	}
}

func TestAbnormalExits(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	table := []process.Process{proc(1, 0, "app", before)}
	recorded(tracker, 0, table)
	exit := func(n uint64, reason string) process.Exit {
		return process.Exit{Name: "app", Processes: n, Reason: reason}
	}
	first := recorded(tracker, 15, table, exit(2, "SIGSEGV"), exit(1, "SIGSEGV"), exit(4, "exit_code"), exit(5, "SIGRT7"), exit(6, "odd"), exit(7, ""))
	zero := hosttest.Epoch.Add(at(0))
	want := map[string]group.Abnormal{"SIGSEGV": {3, zero}, "exit_code": {4, zero}, group.OtherReason: {11, zero}}
	if got := groupNamed(t, first, "app").AbnormalExits; !maps.Equal(got, want) {
		t.Errorf("reasons are %v, want %v", got, want)
	}
	second := recorded(tracker, 30, table, exit(1, "SIGSEGV"), exit(1, "SIGABRT"))
	if got := groupNamed(t, first, "app").AbnormalExits; !maps.Equal(got, want) {
		t.Errorf("a published report changed to %v", got)
	}
	want["SIGSEGV"] = group.Abnormal{Count: 4, Since: zero}
	want["SIGABRT"] = group.Abnormal{Count: 1, Since: zero.Add(15 * time.Second)}
	if got := groupNamed(t, second, "app").AbnormalExits; !maps.Equal(got, want) {
		t.Errorf("reasons are then %v, want %v", got, want)
	}
}

// TestARecordOfAGroupThatExpired: the group comes back, from 0, as the scrape has lost it.
func TestARecordOfAGroupThatExpired(t *testing.T) {
	tracker := group.NewTracker(group.Config{Expire: time.Second})
	p := proc(10, 1, "app", before, cpuOf(5))
	recorded(tracker, 0, []process.Process{p})
	recorded(tracker, 15, nil)
	if r := recorded(tracker, 30, nil); len(r.Groups) != 0 {
		t.Errorf("groups are %q", names(r))
	}
	wantCounts(t, recorded(tracker, 45, nil, record(p, 7, "")), "app", counts{2, 0, 0, 0})
}

// TestABurstOfScansForgetsNobody: scans that follow each other within milliseconds, as for requests
// that act on processes, do not use up the memory of what has ended.
func TestABurstOfScansForgetsNobody(t *testing.T) {
	old, young := proc(10, 1, "app", before, cpuOf(100)), proc(20, 1, "app", time.Millisecond)
	for _, test := range []struct {
		name         string
		before, last []process.Process
		exits        []process.Exit
		want         counts
	}{
		{"its record comes after them", []process.Process{old}, nil, []process.Exit{record(old, 130, "")}, counts{30, 0, 1, 0}},
		{"they could not read it", []process.Process{old}, []process.Process{proc(10, 1, "app", before, cpuOf(140))}, nil, counts{40, 0, 1, 0}},
		{"they could not read it, and it was never seen", nil, []process.Process{proc(20, 1, "app", time.Millisecond, cpuOf(50))}, nil, counts{50, 1, 0, 0}},
		{"a zombie whose record came before them", nil, []process.Process{proc(20, 1, "app", time.Millisecond, cpuOf(50), hosttest.InState(process.Zombie))}, []process.Exit{record(young, 50, "")}, counts{50, 1, 1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "groups: [{group: app, name: app}]")})
			now := time.Duration(0)
			scan := func(table []process.Process, exits []process.Exit) {
				s := hosttest.Snapshot(at(now), append(table, proc(1, 0, "init", before))...)
				s.ExitSource, s.Exits = process.ExitsBPF, exits
				tracker.Observe(s)
				now += 10 * time.Millisecond
			}
			scan(test.before, nil)
			var first, last []process.Exit
			if test.last == nil {
				last = test.exits
			} else {
				first = test.exits
			}
			scan(nil, first)
			for range 20 {
				scan(nil, nil)
			}
			scan(test.last, last)
			wantCounts(t, tracker.Report(), "app", test.want)
		})
	}
}
