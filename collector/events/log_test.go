package events

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// shownAll shows all of a command line.
var shownAll = rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true, Exe: true}

// fakeReader hands over events once, and then ends.
type fakeReader struct {
	events []process.Event
	lost   [process.LossKinds]uint64
	err    error
	stop   context.CancelFunc
}

func (f *fakeReader) Read(_ time.Duration, each func(*process.Event)) error {
	for i := range f.events {
		each(&f.events[i])
	}
	f.events = nil
	if f.err == nil {
		f.stop()
	}
	return f.err
}

func (f *fakeReader) Counts() (counted, lost [process.LossKinds]uint64, err error) {
	return counted, f.lost, nil
}

func (f *fakeReader) Close() error { return nil }

// run reads events into a log.
func run(t *testing.T, config string, report *group.Report, lost [process.LossKinds]uint64, events ...process.Event) *Log {
	t.Helper()
	policy := &Policy{Rules: rulestest.Must(t, config), Shown: &shownAll}
	ctx, cancel := context.WithCancel(t.Context())
	l := New(Config{Reader: &fakeReader{events: events, lost: lost, stop: cancel}, Policy: func() *Policy { return policy }})
	if report != nil {
		l.Observe(report)
	}
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return l
}

var began = time.Unix(1_800_000_000, 0)

func event(kind process.EventKind, pid, parent int, name string, facts *process.Facts) process.Event {
	return process.Event{
		Kind: kind, Time: began.Add(time.Duration(pid) * time.Second), ID: process.ID{PID: pid, StartTicks: hosttest.Ticks(time.Hour) + uint64(pid)},
		Parent: parent, Name: name, Facts: facts,
	}
}

// lines describe the events that a log holds, oldest first.
func lines(l *Log) []string {
	var c Cursor
	return describe(l.After(&c, 1<<20, nil))
}

func describe(entries []Entry) []string {
	var list []string
	for i := range entries {
		e := &entries[i]
		line := e.Kind.String() + " " + e.Name + " in " + e.Group + " of " + e.ParentName
		if e.Kind == process.EventLost {
			line += " " + e.Lost.String()
		}
		if len(e.Facts.Cmdline) > 0 {
			line += " " + e.Facts.Cmdline[0]
		}
		line += strings.Repeat("+", int(e.Count))
		list = append(list, line)
	}
	return list
}

func TestLogKnowsParentsProgramsAndGroups(t *testing.T) {
	shell := hosttest.Process(10, 1, "sh", hosttest.Cmdline("/bin/sh"))
	vault := hosttest.Process(20, 10, "vault", hosttest.User(7, "vault"))
	report := group.NewTracker(group.Config{Rules: rulestest.Must(t, hiding)}).Observe(hosttest.Snapshot(time.Hour, shell, vault))
	plain, tool := &process.Facts{User: ""}, &process.Facts{Cmdline: []string{"/bin/tool"}}
	secret := &process.Facts{User: "vault"}
	leaves := event(process.EventExit, 10, 1, "sh", plain)
	leaves.ID = shell.ID
	l := run(t, hiding, report, [process.LossKinds]uint64{process.EventExec: 3},
		event(process.EventFork, 30, 10, "sh", plain),
		event(process.EventExec, 30, 10, "tool", tool),
		event(process.EventFork, 31, 30, "tool", plain),
		event(process.EventExit, 31, 30, "tool", plain),
		event(process.EventExit, 30, 10, "tool", plain),
		leaves,
		event(process.EventFork, 40, 20, "vault", secret),
		event(process.EventExec, 41, 20, "tool", tool), // It is not of the excluded user.
		event(process.EventExit, 50, 999, "orphan", plain),
	)
	want := []string{
		"fork sh in shells of sh /bin/sh",
		"exec tool in tool of sh /bin/tool",
		"fork tool in tool of tool /bin/tool",
		"exit tool in tool of tool /bin/tool",
		"exit tool in tool of sh /bin/tool",
		"exit sh in shells of  /bin/sh",
		"exec tool in tool of  /bin/tool",
		"exit orphan in orphan of ",
		"lost  in  of  exec+++",
	}
	if diff := cmp.Diff(want, lines(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if l.Source() != SourceBPF || l.Stats().Read != [process.LossKinds]uint64{3, 2, 4} || l.Stats().Lost[process.EventExec] != 3 {
		t.Errorf("%s %+v", l.Source(), l.Stats())
	}
}

const hiding = "groups: [{group: shells, name: sh}]\nexclude: [{user: vault}]"

func TestOOMKillHasItsOwnEvent(t *testing.T) {
	killed := event(process.EventExit, 30, 1, "hungry", &process.Facts{})
	killed.Ended, killed.Reason, killed.PeakBytes = true, process.OOMKilled, 1<<30
	l := run(t, "", nil, [process.LossKinds]uint64{}, killed)
	if diff := cmp.Diff([]string{"oom_kill hungry in hungry of ", "exit hungry in hungry of "}, lines(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLogFallsBackToScansAfterAnError(t *testing.T) {
	broken := errors.New("the buffer is closed")
	l := New(Config{Reader: &fakeReader{err: broken}, Policy: func() *Policy { return &Policy{Rules: &rules.Rules{}} }})
	if err := l.Run(t.Context()); !errors.Is(err, broken) || l.Source() != SourceScans {
		t.Errorf("%v, then events come from %s", err, l.Source())
	}
}

// TestStormGivesUpDetailsBeforeCounts overwrites events before somebody reads them.
func TestStormGivesUpDetailsBeforeCounts(t *testing.T) {
	l := New(Config{})
	l.ring.size = 10
	add := func(kind process.EventKind, n int) {
		for range n {
			l.ring.add(&Entry{Event: process.Event{Kind: kind, Time: began, Facts: process.NoFacts, Name: "p"}})
		}
	}
	var fromStart Cursor
	add(process.EventExec, 4)
	later := l.End()
	add(process.EventFork, 8)
	add(process.EventExit, 9)
	for name, c := range map[string]*Cursor{"from the start": &fromStart, "later": &later} {
		got := describe(l.After(c, 100, nil))
		want := []string{"fork  in  of ++++++++", "exec  in  of ++++"}
		if name == "later" {
			want = want[:1]
		}
		want[0] = "fork  in  of +++++++"
		want = append(want, slices.Repeat([]string{"fork p in  of "}, 1)...)
		want = append(want, slices.Repeat([]string{"exit p in  of "}, 9)...)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if again := l.After(c, 100, nil); len(again) != 0 {
			t.Errorf("%s: again %v", name, describe(again))
		}
	}
	total := uint64(0)
	l.Back(func(e *Entry) bool { total += weight(&e.Event); return true })
	if total != 21 {
		t.Errorf("all events and sums are %d, want 21", total)
	}
}

func TestCursorReadsInParts(t *testing.T) {
	l := New(Config{})
	for range 5 {
		l.ring.add(&Entry{Event: process.Event{Kind: process.EventExec, Facts: process.NoFacts}})
	}
	var c Cursor
	for _, want := range []int{2, 2, 1, 0} {
		if got := len(l.After(&c, 2, nil)); got != want {
			t.Errorf("%d events, want %d", got, want)
		}
	}
}

// TestSumsAreBounded lets hours of events pass through a small ring.
func TestSumsAreBounded(t *testing.T) {
	l := New(Config{})
	l.ring.size = 2
	for i := range 10_000 {
		l.ring.add(&Entry{Event: process.Event{Time: began.Add(time.Duration(i) * time.Second)}})
	}
	if n := len(l.ring.sums); n > int(keepSums/sumSpan)+2 {
		t.Errorf("%d sums are kept", n)
	}
}

// TestStartTimeInNames: a name with the start of its process is that of the clock, which entries keep
// for those who look at them later. Before the first scan no clock is known.
func TestStartTimeInNames(t *testing.T) {
	const config = `process_names: [{comm: [job], name: "{{.Comm}} {{.StartTime.Unix}}"}]`
	facts := &process.Facts{Cmdline: []string{"job"}}
	fork, exit := event(process.EventExec, 7, 1, "job", facts), event(process.EventExit, 7, 1, "job", facts)
	policy := &Policy{Rules: rulestest.Must(t, config), Shown: &shownAll}
	known := living{processes: map[int]*alive{}}
	early := known.see(&fork, nil, policy, nil)
	if len(early) != 1 || early[0].Clock != nil {
		t.Fatalf("before the first scan: %+v", early)
	}
	clock := process.Clock{Epoch: began, TicksPerSecond: 100, Now: 1}
	report := &group.Report{Snapshot: &process.Snapshot{Clock: clock}}
	want := "job " + strconv.FormatInt(clock.Time(fork.ID.StartTicks).Unix(), 10)
	late := known.see(&exit, report, policy, nil)
	if len(late) != 1 || late[0].Group != want || late[0].Clock == nil {
		t.Fatalf("%+v, want the group %q", late, want)
	}
	e := &late[0]
	names := rules.NewRenamer(policy.Rules, &shownAll)
	s := rules.Subject{ID: e.ID, Name: e.Name, Facts: e.Facts, Clock: e.ClockOrNone()}
	if shown := names.Group(e.Group, s); shown != want {
		t.Errorf("shown as %q, want %q", shown, want)
	}
	again := report.Snapshot.Clock
	again.Now = 99
	if report.Snapshot.Clock = again; known.see(&fork, report, policy, nil)[0].Clock != e.Clock {
		t.Error("entries of one clock do not share it")
	}
}
