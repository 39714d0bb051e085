package events

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// controlEntries returns the attempts that a log holds, oldest first.
func controlEntries(l *Log) (list []Entry) {
	var c Cursor
	return slices.DeleteFunc(l.After(&c, 1<<20, nil), func(e Entry) bool { return e.Kind != process.EventControl })
}

func TestAttempts(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "{}")})
	web := hosttest.Process(10, 1, "web")
	web.Facts = &process.Facts{User: "ann", Exe: "/usr/bin/web"}
	report := tracker.Observe(hosttest.Snapshot(time.Hour, hosttest.Process(1, 0, "init"), web))
	l := New(Config{Policy: func() *Policy { return &Policy{Rules: rulestest.Must(t, "{}"), Shown: &rules.Shown{}} }})
	l.Observe(report)
	attempt := &process.Attempt{Who: "bob", Action: "TERM", Result: "done"}
	later := web.ID
	later.StartTicks++
	l.Attempted(Entry{Event: process.Event{Time: began, ID: web.ID, Name: "web", Attempt: attempt}, Group: "web"})
	l.Attempted(Entry{Event: process.Event{Time: began, ID: later, Attempt: attempt}})
	l.Attempted(Entry{Event: process.Event{Time: began, ID: later, Name: "web", Attempt: attempt}})
	l.Attempted(Entry{Event: process.Event{Time: began, Count: 7}})
	list := controlEntries(l)
	if len(list) != 4 || !list[3].Summed() || weight(&list[3].Event) != 7 || list[0].Facts.User != "ann" || list[0].Group != "web" || list[0].Attempt != attempt || list[1].Facts != process.NoFacts || list[2].Facts != process.NoFacts {
		t.Errorf("%+v", list)
	}
}
