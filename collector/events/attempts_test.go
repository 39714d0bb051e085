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
	l.Attempted(Entry{Event: process.Event{Time: began, ID: web.ID, Name: "web", Attempt: attempt}, Group: "web"}, true)
	l.Attempted(Entry{Event: process.Event{Time: began, ID: later, Attempt: attempt}}, false)
	l.Attempted(Entry{Event: process.Event{Time: began, ID: later, Name: "web", Attempt: attempt}}, false)
	list := controlEntries(l)
	if len(list) != 3 || list[0].Facts.User != "ann" || list[0].Group != "web" || list[0].Attempt != attempt || list[1].Facts != process.NoFacts || list[2].Facts != process.NoFacts {
		t.Errorf("%+v", list)
	}
}

// TestRefusedAttemptsAreBounded: whoever may do nothing cannot displace what happened to processes, and
// each attempt is counted.
func TestRefusedAttemptsAreBounded(t *testing.T) {
	l := New(Config{})
	refuse := func(at time.Time) {
		l.Attempted(Entry{Event: process.Event{Time: at, Attempt: &process.Attempt{Action: "TERM", Result: "unauthorized"}}}, false)
	}
	const many = 10_000
	for range many {
		refuse(began)
	}
	l.Attempted(Entry{Event: process.Event{Time: began, Attempt: &process.Attempt{Action: "TERM", Result: "done"}}}, true)
	refuse(began.Add(time.Second))
	list := controlEntries(l)
	total, summed := uint64(0), 0
	for i := range list {
		total += weight(&list[i].Event)
		if list[i].Summed() {
			summed++
		}
	}
	if total != many+2 || len(list) != refusedBurst+3 || summed != 1 {
		t.Errorf("%d entries for %d attempts, of them %d sums; want %d for %d and one sum", len(list), total, summed, refusedBurst+3, many+2)
	}
	for range many {
		refuse(began.Add(time.Second))
	}
	l.Observe(&group.Report{Snapshot: hosttest.Snapshot(time.Hour), Previous: nil})
	if list := controlEntries(l); !list[len(list)-1].Summed() {
		t.Error("a scan does not show what was left out")
	}
}
