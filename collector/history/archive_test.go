package history

import (
	"testing"
	"time"

	"proctree/collector/process"
)

// factsAt returns the facts of the first process of the table at a second of the recording.
func factsAt(t *testing.T, a *Archive, second int) *process.Facts {
	t.Helper()
	pair, err := a.At(start.Add(time.Duration(second) * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return pair.Current.Snapshot.Processes[0].Facts
}

// TestReadingGoesOnWhileOneRecords: who looks at the past gets the same facts again, which others have worked on,
// although further tables are written meanwhile, to the same file or another.
func TestReadingGoesOnWhileOneRecords(t *testing.T) {
	cfg := config(t)
	r, a, shown := recorder(t, cfg), NewArchive(cfg.Dir), showAll()
	record := func(from, to int) {
		for i := from; i < to; i++ {
			observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 5), shown))
		}
	}
	record(0, 20)
	first := factsAt(t, a, 10)
	record(20, 40)
	if got := factsAt(t, a, 12); got != first {
		t.Error("the file that grows is read from its beginning")
	}
	checkAt(t, a, start.Add(30*time.Second), 30)
	record(40, 620)
	first = factsAt(t, a, 100)
	for i := 620; i < 630; i++ {
		record(i, i+1)
		if spans, err := a.Spans(); err != nil || len(spans) != 2 || spans[1].Tables != i-599 {
			t.Fatalf("%d spans, %v", len(spans), err)
		}
		if got := factsAt(t, a, 100+i-620); got != first {
			t.Fatal("the file that grows takes the place of the one that is read")
		}
	}
	checkAt(t, a, start.Add(625*time.Second), 625)
}
