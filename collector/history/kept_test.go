package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// oomAt is the kill of a process.
func oomAt(pid int, at time.Time) process.GroupedEvent {
	return process.GroupedEvent{Event: process.Event{
		Kind: process.EventOOMKill, Time: at, ID: process.ID{PID: pid, StartTicks: 9}, Name: "hungry", Ended: true, Reason: process.OOMKilled, Facts: process.NoFacts,
	}}
}

// TestOOMKillOutlivesTheRetention records a process that grows until it is killed, and removes all segments.
func TestOOMKillOutlivesTheRetention(t *testing.T) {
	cfg := config(t)
	var waiting []process.GroupedEvent
	cfg.Events = func(into []process.GroupedEvent) []process.GroupedEvent {
		defer func() { waiting = nil }()
		return append(into, waiting...)
	}
	r, shown := recorder(t, cfg), showAll()
	const killed, seconds = 400, 500
	for i := range seconds {
		at := start.Add(time.Duration(i) * time.Second)
		s := snapshot(at, i, 3)
		if i < killed {
			s.Processes = append(s.Processes, &process.Process{
				ID: process.ID{PID: 50, StartTicks: 9}, Name: "hungry", Known: process.HasResident, ResidentBytes: uint64(i) << 20, Facts: process.NoFacts,
			})
		}
		if i == killed {
			waiting = []process.GroupedEvent{oomAt(50, at.Add(-time.Millisecond))}
		}
		observe(t, r, report(s, shown))
	}
	stop(t, r) // What is not kept yet is kept now.
	files, err := listSegments(cfg.Dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d segments, %v", len(files), err)
	}
	a := NewArchive(cfg.Dir)
	if spans, err := a.Spans(); err != nil || len(spans) != len(files) {
		t.Errorf("%d spans of %d segments: the kill is in both; %v", len(spans), len(files), err)
	}
	for _, f := range files {
		if err := os.Remove(f.path); err != nil {
			t.Fatal(err)
		}
	}
	if pair, err := a.At(start.Add(250 * time.Second)); err != nil || pair.Current.Snapshot.Processes[0].UserTime != 2500*time.Millisecond {
		t.Errorf("half way to the kill: %+v, %v", pair, err)
	}
	var curve []uint64
	damaged, err := a.Play(t.Context(), start, start.Add(time.Hour), func(step *segment.Step) error {
		if p, _, ok := step.Find(process.ID{PID: 50, StartTicks: 9}); ok {
			curve = append(curve, p.ResidentBytes>>20)
		}
		return nil
	})
	if err != nil || damaged != 0 || len(curve) != 300 || curve[0] != 100 || curve[299] != 399 {
		t.Errorf("%d points of the memory, from %d MiB; %d damaged, %v", len(curve), curve[0], damaged, err)
	}
	if details, _ := countEvents(t, a, start, start.Add(time.Hour)); details[process.EventOOMKill] != 1 {
		t.Errorf("the events are %v", details)
	}
	if _, err := a.At(start.Add(50 * time.Second)); !IsNoTable(err) {
		t.Errorf("more than five minutes before the kill: %v", err)
	}
	info, err := os.Stat(keptFiles(cfg.Dir)[0].path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// A later run goes on recording, and finds the kill still.
	second := recorder(t, cfg)
	observe(t, second, report(snapshot(start.Add(time.Hour), 3600, 3), shown))
	if details, _ := countEvents(t, NewArchive(cfg.Dir), start, start.Add(time.Hour)); details[process.EventOOMKill] != 1 {
		t.Errorf("after a restart the events are %v", details)
	}
}

// TestWindowsOfKills: kills that are close share a file, and a storm of them is bounded.
func TestWindowsOfKills(t *testing.T) {
	k := &keeper{}
	k.see([]process.GroupedEvent{oomAt(1, start), oomAt(2, start.Add(time.Minute)), {}, oomAt(3, start.Add(20*time.Minute))})
	list := k.due(start.Add(20*time.Minute), false)
	if len(list) != 1 || !list[0].from.Equal(start.Add(-keepBefore)) || !list[0].to.Equal(start.Add(time.Minute+keepAfter)) {
		t.Errorf("%v", list)
	}
	if list := k.due(start.Add(20*time.Minute), false); len(list) != 0 {
		t.Errorf("%v is not settled", list)
	}
	if list := k.due(start.Add(21*time.Minute), false); len(list) != 1 {
		t.Errorf("%v", list)
	}
	for i := range 10_000 {
		k.see([]process.GroupedEvent{oomAt(i, start.Add(time.Duration(i)*time.Minute))})
	}
	if len(k.windows) != maxWindows || k.windows[0].to.Sub(k.windows[0].from) > mostKept {
		t.Errorf("%d windows, the first %v", len(k.windows), k.windows[0])
	}
}

func TestKeptFilesAreBounded(t *testing.T) {
	k := &keeper{dir: t.TempDir(), maxBytes: 8 * 1000}
	dir := filepath.Join(k.dir, keptName)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := os.WriteFile(filepath.Join(dir, segmentName(uint64(i+1))), make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		most int64
		want int
	}{{1 << 20, maxKept}, {1000, 10}} {
		k.maxBytes = test.most * keptShare
		k.bound()
		files := keptFiles(k.dir)
		if len(files) != test.want || files[len(files)-1].number != 100 {
			t.Errorf("%d files of at most %d bytes, want the last %d", len(files), test.most, test.want)
		}
	}
}
