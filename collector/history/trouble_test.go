package history

import (
	"os"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// TestSlowDiskDelaysNoScan has a disk that takes no byte for a while: reports are taken all the same, tables are
// dropped and counted, and no exit is lost.
func TestSlowDiskDelaysNoScan(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	writing, resume := make(chan struct{}, 1), make(chan struct{})
	write := r.write
	r.write = func(table *segment.Table, shown *rules.Shown) error {
		select {
		case writing <- struct{}{}:
		default:
		}
		<-resume
		return write(table, shown)
	}
	const reports = 50
	for i := range reports {
		rep := report(snapshot(start.Add(time.Duration(i)*time.Second), i, 3), shown)
		rep.Ended = []group.Ended{{Recorded: true, Exit: &process.Exit{ID: process.ID{PID: 100 + i}, Name: "short", Processes: 1, Facts: process.NoFacts}}}
		r.Observe(rep) // It returns although nothing is written.
		if i == 0 {
			<-writing
		}
	}
	// One is being written, and one waits.
	if s := r.Stats(); s.Dropped[droppedBusy] != reports-2 || s.Written != 0 {
		t.Errorf("%+v", s)
	}
	close(resume)
	for handled(r) < reports {
		time.Sleep(time.Millisecond)
	}
	observe(t, r, report(snapshot(start.Add(reports*time.Second), reports, 3), shown))
	exits := map[int]bool{}
	_, err := NewArchive(cfg.Dir).Play(t.Context(), start, start.Add(time.Hour), func(step *segment.Step) error {
		list, _, err := step.Exits()
		for i := range list {
			exits[list[i].ID.PID] = true
		}
		return err
	})
	if err != nil || len(exits) != reports {
		t.Errorf("%d of %d exits, %v", len(exits), reports, err)
	}
}

// TestFileInPlaceOfTheDirectory: somebody puts something else there, and takes it away again.
func TestFileInPlaceOfTheDirectory(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	observe(t, r, report(snapshot(start, 0, 3), shown))
	if err := os.RemoveAll(cfg.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.Dir, []byte("no directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	observe(t, r, report(snapshot(start.Add(time.Second), 1, 3), shown))
	if s := r.Stats(); s.Written != 1 || s.Dropped[droppedError] != 1 {
		t.Errorf("%+v", s)
	}
	if err := os.Remove(cfg.Dir); err != nil {
		t.Fatal(err)
	}
	observe(t, r, report(snapshot(start.Add(2*time.Second), 2, 3), shown))
	checkAt(t, NewArchive(cfg.Dir), start.Add(2*time.Second), 2)
}
