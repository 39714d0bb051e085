package history

import (
	"os"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// TestOldTablesAreThinned records two days by 5 s steps at a few moments, and holds what is left of them, and
// that each exit and the last counters are.
func TestOldTablesAreThinned(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	first := start.Truncate(6 * time.Hour)
	const seconds = 25 * 60
	for i := range seconds {
		rep := report(snapshot(first.Add(time.Duration(i)*time.Second), i, 3), shown)
		rep.Ended = []group.Ended{{Recorded: true, Group: "g", Exit: &process.Exit{
			ID: process.ID{PID: 100 + i, StartTicks: 7}, Name: "short", Processes: 1, Known: process.HasCPU, UserTime: 1234, Facts: process.NoFacts,
		}}}
		observe(t, r, rep)
	}
	files, err := listSegments(cfg.Dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d segments, %v", len(files), err)
	}
	for i, f := range files {
		at := first.Add(time.Duration(i+1)*segmentSpan - time.Second)
		if err := os.Chtimes(f.path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	thin := &thinner{dir: cfg.Dir}
	for _, test := range []struct {
		name     string
		age      time.Duration
		segments int
		tables   int
	}{
		{"new", 30 * time.Minute, 3, seconds},
		{"an hour old", 90 * time.Minute, 3, 2*121 + 300},
		{"again", 90 * time.Minute, 3, 2*121 + 300},
		{"a day old", 31 * time.Hour, 2, 21 + 300},
	} {
		thin.thin(first.Add(test.age), nil)
		archive := NewArchive(cfg.Dir)
		spans, err := archive.Spans()
		if err != nil || len(spans) != test.segments {
			t.Fatalf("%s: %d segments, %v", test.name, len(spans), err)
		}
		tables, exits := 0, map[int]bool{}
		var used time.Duration
		damaged, err := archive.Play(t.Context(), first, first.Add(time.Hour), func(step *segment.Step) error {
			tables++
			table, err := step.Table()
			if err != nil {
				return err
			}
			for _, e := range table.Snapshot.Exits {
				if exits[e.ID.PID] {
					t.Errorf("%s: exit of %d comes twice", test.name, e.ID.PID)
				}
				exits[e.ID.PID] = true
				used += e.UserTime
			}
			return nil
		})
		if err != nil || damaged != 0 || tables != test.tables {
			t.Errorf("%s: %d tables, want %d; %d damaged, %v", test.name, tables, test.tables, damaged, err)
		}
		if len(exits) != seconds || used != seconds*1234 {
			t.Errorf("%s: %d exits that used %v", test.name, len(exits), used)
		}
		for _, i := range []int{0, 600, 1199, seconds - 1} {
			pair, err := archive.At(first.Add(time.Duration(i) * time.Second))
			if err != nil {
				t.Fatalf("%s, second %d: %v", test.name, i, err)
			}
			at := int(pair.Current.Snapshot.Taken.Sub(first).Seconds())
			if got := pair.Current.Snapshot.Processes[0].UserTime; got != time.Duration(at)*10*time.Millisecond {
				t.Errorf("%s, second %d: the table of second %d has %v", test.name, i, at, got)
			}
		}
	}
}

// TestDamagedSegmentsAreNotThinned holds that what can be read of them stays.
func TestDamagedSegmentsAreNotThinned(t *testing.T) {
	cfg := config(t)
	r := recorder(t, cfg)
	for i := range 700 {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 3), showAll()))
	}
	path := cfg.Dir + "/" + segmentName(1)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	(&thinner{dir: cfg.Dir}).thin(time.Now().Add(48*time.Hour), nil)
	if now, err := os.ReadFile(path); err != nil || string(now) != string(data) {
		t.Errorf("it was changed, %v", err)
	}
	if _, err := os.Stat(path + partial); !os.IsNotExist(err) {
		t.Errorf("a part is left: %v", err)
	}
}
