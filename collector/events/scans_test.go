package events

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

func TestEventsFromScans(t *testing.T) {
	at := hosttest.Started
	init := hosttest.Process(1, 0, "init")
	program := func(pid, parent int, name string, started time.Duration) process.Process {
		return hosttest.Process(pid, parent, name, at(started), hosttest.Facts(process.Facts{Exe: "/bin/" + name, Cmdline: []string{"/bin/" + name}}))
	}
	shell := program(10, 1, "sh", time.Minute)
	became := program(12, 10, "tool", time.Minute)
	first := hosttest.Snapshot(time.Hour, init, shell, program(11, 1, "ends", time.Minute), program(12, 10, "sh", time.Minute),
		hosttest.Process(20, 1, "vault", hosttest.User(7, "vault")))
	second := hosttest.Snapshot(time.Hour+2*time.Second, init, shell, became,
		program(30, 10, "new", time.Hour+time.Second), program(31, 10, "sh", time.Hour+time.Second),
		hosttest.Process(20, 1, "vault", hosttest.User(7, "vault")), hosttest.Process(32, 20, "vault", at(time.Hour+time.Second), hosttest.User(7, "vault")))
	second.ExitSource, second.ExitsLost = process.ExitsBPF, 2
	second.Exits = []process.Exit{
		{ID: process.ID{PID: 11, StartTicks: hosttest.Ticks(time.Minute)}, Parent: 1, Name: "ends", Facts: first.ByPID(11).Facts, Processes: 1, Reason: "exit_code", Code: 3},
		{Parent: 10, Name: "short", Processes: 4, Known: process.HasCPU, UserTime: time.Second, Reason: process.OOMKilled},
	}
	rules := rulestest.Must(t, hiding)
	tracker := group.NewTracker(group.Config{Rules: rules})
	l := New(Config{Policy: func() *Policy { return &Policy{Rules: rules, Shown: &shownAll} }})
	for _, s := range []*process.Snapshot{first, second} {
		l.Observe(tracker.Observe(s))
	}
	want := []string{
		"exec tool in tool of sh /bin/tool",
		"exec new in new of sh /bin/new",
		"fork sh in shells of sh /bin/sh",
		"exit ends in ends of init /bin/ends",
		"oom_kill short in short of sh++++",
		"exit short in short of sh++++",
		"lost  in  of  exit++",
	}
	if diff := cmp.Diff(want, lines(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var c Cursor
	for _, e := range l.After(&c, 100, nil) {
		switch {
		case e.Name == "new" && (e.Age != 0 || !e.Time.Equal(second.Clock.Time(e.ID.StartTicks))):
			t.Errorf("new started %v before %v", e.Age, e.Time)
		case e.Name == "ends" && (e.Age != 59*time.Minute+2*time.Second || e.Code != 3 || !e.Ended):
			t.Errorf("%+v", e)
		}
	}
	if l.Source() != SourceScans {
		t.Errorf("events come from %s", l.Source())
	}
}

// TestEventsFromScansWithoutRecords: what is gone has ended, nobody knows how.
func TestEventsFromScansWithoutRecords(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	l := New(Config{})
	init := hosttest.Process(1, 0, "init")
	for i, s := range []*process.Snapshot{hosttest.Snapshot(time.Hour, init, hosttest.Process(9, 1, "gone")), hosttest.Snapshot(time.Hour+time.Second, init)} {
		s.ExitSource = process.ExitsChildren
		l.Observe(tracker.Observe(s))
		if i == 0 && len(lines(l)) != 0 {
			t.Errorf("the first scan has %v", lines(l))
		}
	}
	var c Cursor
	got := l.After(&c, 10, nil)
	if len(got) != 1 || got[0].Kind != process.EventExit || got[0].Ended || got[0].ParentName != "init" {
		t.Errorf("%+v", got)
	}
}

// TestEventsNameTheParentOfTheTree: a process with the number of the parent may be none.
func TestEventsNameTheParentOfTheTree(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	l := New(Config{})
	init, now := hosttest.Process(1, 0, "init"), hosttest.Started(time.Hour+time.Second)
	l.Observe(tracker.Observe(hosttest.Snapshot(time.Hour, init)))
	l.Observe(tracker.Observe(hosttest.Snapshot(time.Hour+2*time.Second, init,
		hosttest.Process(10, 1, "child", now), hosttest.Process(11, 11, "own", now), hosttest.Process(12, 13, "older", now),
		hosttest.Process(13, 1, "younger", now), hosttest.Process(14, 99, "orphan", now))))
	got := map[string]int{}
	var c Cursor
	for _, e := range l.After(&c, 10, nil) {
		got[e.Name] = e.Parent
	}
	// That of the orphan may have ended between the scans.
	if diff := cmp.Diff(map[string]int{"child": 1, "own": 0, "older": 0, "younger": 1, "orphan": 99}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
