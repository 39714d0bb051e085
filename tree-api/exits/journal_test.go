package exits

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// scan lets a tracker see a table with its records, and the journal the report.
func scan(j *Journal, tracker *group.Tracker, at time.Duration, table []process.Process, records ...process.Exit) *group.Report {
	s := hosttest.Snapshot(time.Hour+at, table...)
	s.ExitSource, s.Exits = process.ExitsBPF, records
	r := tracker.Observe(s)
	j.Observe(r)
	return r
}

func TestJournal(t *testing.T) {
	table := []process.Process{hosttest.Process(1, 0, "init"), hosttest.Process(2, 1, "app")}
	record := process.Exit{ID: table[1].ID, Parent: 1, Name: "app", Processes: 1, Reason: "SIGKILL"}
	j, tracker := &Journal{}, group.NewTracker(group.Config{})
	scan(j, tracker, 0, table)
	gone := scan(j, tracker, time.Second, table[:1])
	if list := j.Since(time.Time{}); len(list) != 1 || list[0].Recorded || list[0].ParentName != "init" || !list[0].Seen.Equal(gone.Snapshot.Taken) {
		t.Fatalf("without a record: %+v", list)
	}
	scan(j, tracker, 2*time.Second, table[:1], record)
	if list := j.Since(time.Time{}); len(list) != 1 || list[0].Reason != "SIGKILL" || !list[0].Seen.Equal(gone.Snapshot.Taken) {
		t.Fatalf("a late record completes the entry: %+v", list)
	}
	if list := j.Since(gone.Snapshot.Taken); len(list) != 0 {
		t.Errorf("since that scan ended %+v", list)
	}
	scan(j, tracker, Keep+2*time.Second, table[:1])
	if list := j.Since(time.Time{}); len(list) != 0 {
		t.Errorf("after %s there is %+v", Keep, list)
	}
}

// TestJournalTakesBack holds that a process which one scan could not read has not ended.
func TestJournalTakesBack(t *testing.T) {
	table := []process.Process{hosttest.Process(1, 0, "init"), hosttest.Process(2, 1, "app")}
	j, tracker := &Journal{}, group.NewTracker(group.Config{})
	scan(j, tracker, 0, table)
	scan(j, tracker, time.Second, table[:1])
	scan(j, tracker, 2*time.Second, table)
	if list := j.Since(time.Time{}); len(list) != 0 {
		t.Errorf("it is back, but %+v", list)
	}
}

func TestJournalIsBounded(t *testing.T) {
	table := []process.Process{hosttest.Process(1, 0, "init")}
	j, tracker := &Journal{}, group.NewTracker(group.Config{})
	scan(j, tracker, 0, table)
	for at := range 10 {
		records := make([]process.Exit, 2*Most/10)
		for i := range records {
			records[i] = process.Exit{Parent: 1, Name: "sh", Processes: 1}
		}
		scan(j, tracker, time.Duration(at+1)*time.Second, table, records...)
	}
	list := j.Since(time.Time{})
	if len(list) != Most || !list[0].Seen.After(list[Most-1].Seen) {
		t.Errorf("%d entries", len(list))
	}
}

// TestJournalHidesWhatIsExcludedNow holds that a process which a newer configuration excludes is
// shown neither as one that ended nor as a parent.
func TestJournalHidesWhatIsExcludedNow(t *testing.T) {
	table := []process.Process{hosttest.Process(1, 0, "init"), hosttest.Process(2, 1, "vault"), hosttest.Process(3, 2, "child")}
	excluded := ""
	j, tracker := &Journal{Excludes: func(s *rules.Subject) bool { return s.Name == excluded }}, group.NewTracker(group.Config{})
	scan(j, tracker, 0, table)
	scan(j, tracker, time.Second, table[:2])
	scan(j, tracker, 2*time.Second, table[:1])
	if list := j.Since(time.Time{}); len(list) != 2 || list[1].ParentName != "vault" || list[1].Parent != 2 {
		t.Fatalf("before: %+v", list)
	}
	excluded = "vault"
	if list := j.Since(time.Time{}); len(list) != 1 || list[0].Name != "child" || list[0].ParentName != "" || list[0].Parent != 0 {
		t.Errorf("after: %+v", list)
	}
}
