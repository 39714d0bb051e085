package history

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

var start = time.Unix(1_800_000_000, 0)

func config(t *testing.T) Config {
	t.Helper()
	return Config{
		Dir: filepath.Join(t.TempDir(), "history"), Interval: time.Second,
		MaxBytes: DefaultMaxBytes, MaxAge: 100 * 365 * 24 * time.Hour,
	}
}

// snapshot has some processes that have worked for so many seconds.
func snapshot(at time.Time, second, processes int) *process.Snapshot {
	s := &process.Snapshot{Taken: at, Clock: process.Clock{Epoch: start.Add(-time.Hour), TicksPerSecond: 100, Now: uint64(360_000 + second*100)}}
	for i := range processes {
		s.Processes = append(s.Processes, &process.Process{
			ID: process.ID{PID: i + 1, StartTicks: uint64(i)}, PPID: i, Name: fmt.Sprintf("p%d", i), Known: process.HasCPU,
			UserTime: time.Duration(second*(i+1)) * 10 * time.Millisecond,
			Facts:    &process.Facts{Cmdline: []string{fmt.Sprintf("p%d", i), "secret"}, User: "u"},
		})
	}
	return s
}

func showAll() *rules.Shown {
	return &rules.Shown{Cmdline: func(args []string) []string { return args }}
}

func report(s *process.Snapshot, shown *rules.Shown) *group.Report {
	return group.Past(s, nil, make([]string, len(s.Processes)), nil, shown)
}

func recorder(t *testing.T, cfg Config) *Recorder {
	t.Helper()
	r, err := NewRecorder(cfg, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, r) })
	return r
}

func stop(t *testing.T, r *Recorder) {
	t.Helper()
	if err := r.Close(nil); err != nil {
		t.Error(err)
	}
}

// observe hands over a report and waits until it was written or dropped.
func observe(t *testing.T, r *Recorder, rep *group.Report) {
	t.Helper()
	before := handled(r)
	r.Observe(rep)
	for handled(r) == before {
		time.Sleep(50 * time.Microsecond)
	}
}

func handled(r *Recorder) uint64 {
	s := r.Stats()
	n := s.Written
	for _, dropped := range s.Dropped {
		n += dropped
	}
	return n
}

// checkAt reads a moment, and holds what the processes have used.
func checkAt(t *testing.T, a *Archive, at time.Time, second int) {
	t.Helper()
	pair, err := a.At(at)
	if err != nil {
		t.Fatalf("%v: %v", at, err)
	}
	for i, p := range pair.Current.Snapshot.Processes {
		if want := time.Duration(second*(i+1)) * 10 * time.Millisecond; p.UserTime != want {
			t.Fatalf("at %v process %d has used %v, want %v", at, i, p.UserTime, want)
		}
	}
}

func TestRecordAndReadBack(t *testing.T) {
	cfg := config(t)
	r, a, shown := recorder(t, cfg), NewArchive(cfg.Dir), showAll()
	const seconds = 700
	for i := range seconds {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 5), shown))
	}
	for _, i := range []int{0, 1, 59, 60, 61, 599, 600, 601, seconds - 1} {
		checkAt(t, a, start.Add(time.Duration(i)*time.Second+300*time.Millisecond), i)
	}
	spans, err := a.Spans()
	if err != nil || len(spans) != 2 || spans[0].Tables != 600 || spans[1].Tables != 100 {
		t.Fatalf("%d spans, %v", len(spans), err)
	}
	for _, at := range []time.Time{start.Add(-time.Second), start.Add(seconds*time.Second + 5*time.Second)} {
		if _, err := a.At(at); !IsNoTable(err) {
			t.Errorf("%v: %v", at, err)
		}
	}
	info, err := os.Stat(cfg.Dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(spans[0].Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the segment has mode %v, %v", info.Mode(), err)
	}
}

func TestIntervalIsKept(t *testing.T) {
	cfg := config(t)
	cfg.Interval = 5 * time.Second
	r, shown := recorder(t, cfg), showAll()
	for i := range 21 {
		if i%5 == 0 {
			observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 2), shown))
		} else {
			r.Observe(report(snapshot(start.Add(time.Duration(i)*time.Second), i, 2), shown))
		}
	}
	if s := r.Stats(); s.Written != 5 || s.Dropped[droppedBusy] != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSecondRecorderIsRefused(t *testing.T) {
	cfg := config(t)
	r := recorder(t, cfg)
	if _, err := NewRecorder(cfg, log.NewNopLogger()); err == nil {
		t.Fatal("two recorders write to one directory")
	}
	stop(t, r)
	recorder(t, cfg)
}

// TestRestartAfterATornTail cuts the last segment at each byte of its end, as a power failure does.
func TestRestartAfterATornTail(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	var sizes []int64
	path := filepath.Join(cfg.Dir, segmentName(1))
	for i := range 20 {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 3), shown))
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	stop(t, r)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := sizes[17]; cut <= sizes[19]; cut++ {
		cfg.Dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(cfg.Dir, segmentName(1)), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		r := recorder(t, cfg)
		n, _ := slices.BinarySearch(sizes, cut+1)
		info, err := os.Stat(filepath.Join(cfg.Dir, segmentName(1)))
		if err != nil || info.Size() < sizes[n-1] || info.Size() > cut {
			t.Fatalf("cut at %d: the segment has %d bytes, %v", cut, info.Size(), err)
		}
		observe(t, r, report(snapshot(start.Add(time.Minute), 60, 3), shown))
		a := NewArchive(cfg.Dir)
		checkAt(t, a, start.Add(time.Duration(n-1)*time.Second), n-1)
		checkAt(t, a, start.Add(time.Minute), 60)
		if _, err := a.At(start.Add(30 * time.Second)); !IsNoTable(err) {
			t.Fatalf("the gap has a table: %v", err)
		}
		stop(t, r)
	}
}

func TestDeletedFilesAreReplaced(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	a := NewArchive(cfg.Dir)
	for i := range 10 {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 3), shown))
		switch i {
		case 3:
			if err := os.Remove(filepath.Join(cfg.Dir, segmentName(1))); err != nil {
				t.Fatal(err)
			}
		case 6:
			if err := os.RemoveAll(cfg.Dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	checkAt(t, a, start.Add(9*time.Second), 9)
	if s := r.Stats(); s.Written != 10 {
		t.Errorf("%+v", s)
	}
}

func TestClockSteps(t *testing.T) {
	cfg := config(t)
	r, shown := recorder(t, cfg), showAll()
	a := NewArchive(cfg.Dir)
	at := start
	for i := range 30 {
		switch i {
		case 10:
			at = at.Add(-8 * time.Second)
		case 20:
			at = at.Add(time.Hour)
		}
		r.last = time.Time{}
		observe(t, r, report(snapshot(at, i, 3), shown))
		at = at.Add(time.Second)
	}
	spans, err := a.Spans()
	if err != nil || len(spans) < 2 {
		t.Fatalf("%d spans, %v", len(spans), err)
	}
	// Seconds 2 to 9 came twice; the later ones count.
	checkAt(t, a, start.Add(time.Second), 1)
	checkAt(t, a, start.Add(5*time.Second), 13)
	checkAt(t, a, start.Add(time.Hour+12*time.Second), 20)
	if _, err := a.At(start.Add(30 * time.Minute)); !IsNoTable(err) {
		t.Errorf("the clock went past this moment, and there is a table: %v", err)
	}
}

func TestSizeIsBounded(t *testing.T) {
	cfg := config(t)
	cfg.MaxBytes = 300 << 10
	r, shown, random := recorder(t, cfg), showAll(), rand.New(rand.NewPCG(1, 1))
	for i := range 1200 {
		s := snapshot(start.Add(time.Duration(i)*time.Second), i, 200)
		for k := range s.Processes {
			s.Processes[k].MajorFaults = random.Uint64() >> 40
		}
		observe(t, r, report(s, shown))
		files, err := listSegments(cfg.Dir)
		if err != nil {
			t.Fatal(err)
		}
		total, largest := int64(0), int64(0)
		for _, f := range files {
			total, largest = total+f.size, max(largest, f.size)
		}
		if total > cfg.MaxBytes+largest {
			t.Fatalf("%d bytes with a limit of %d, the largest segment has %d", total, cfg.MaxBytes, largest)
		}
	}
	if s := r.Stats(); s.Written != 1200 {
		t.Errorf("%+v", s)
	}
	if _, err := NewArchive(cfg.Dir).At(start); !IsNoTable(err) {
		t.Errorf("the oldest table is still there: %v", err)
	}
}

func TestNothingIsWrittenWithoutFreeSpace(t *testing.T) {
	cfg := config(t)
	cfg.MinFree = 1
	r := recorder(t, cfg)
	observe(t, r, report(snapshot(start, 0, 3), showAll()))
	if s := r.Stats(); s.Written != 0 || s.Dropped[droppedSpace] != 1 {
		t.Errorf("%+v", s)
	}
}

func TestOldSegmentsAreRemoved(t *testing.T) {
	cfg := config(t)
	cfg.MaxAge = time.Hour
	r := recorder(t, cfg)
	observe(t, r, report(snapshot(start, 0, 3), showAll()))
	path := filepath.Join(cfg.Dir, segmentName(1))
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	observe(t, r, report(snapshot(start.Add(11*time.Minute), 660, 3), showAll()))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the old segment is still there: %v", err)
	}
}

// TestPrivacyBeforeWriting holds that excluded processes and their records are not written, and command
// lines only as they may be shown.
func TestPrivacyBeforeWriting(t *testing.T) {
	cfg := config(t)
	r := recorder(t, cfg)
	s := snapshot(start, 1, 4)
	shown := &rules.Shown{Cmdline: func(args []string) []string { return args[:1] }}
	tracker := trackerWithout(t, "p1", shown)
	tracker.Observe(s)
	next := snapshot(start.Add(time.Second), 2, 4)
	next.Exits = []process.Exit{
		{ID: process.ID{PID: 90, StartTicks: 400_000}, Name: "p1", Processes: 1, Facts: process.NoFacts},
		{ID: process.ID{PID: 91, StartTicks: 400_001}, Name: "p9", Processes: 1, Facts: process.NoFacts},
	}
	observe(t, r, tracker.Observe(next))
	pair, err := NewArchive(cfg.Dir).At(next.Taken)
	if err != nil {
		t.Fatal(err)
	}
	got := pair.Current.Snapshot
	for _, p := range got.Processes {
		if p.Name == "p1" || len(p.Facts.Cmdline) != 1 {
			t.Errorf("%s with %q was written", p.Name, p.Facts.Cmdline)
		}
	}
	if p := got.ByPID(3); p == nil || p.PPID != 1 {
		t.Errorf("the child of an excluded process has not the nearest ancestor as parent: %+v", p)
	}
	if len(got.Exits) != 1 || got.Exits[0].Name != "p9" {
		t.Errorf("exits %+v", got.Exits)
	}
}

func trackerWithout(t *testing.T, name string, shown *rules.Shown) *group.Tracker {
	t.Helper()
	return group.NewTracker(group.Config{
		Rules: rulestest.Must(t, "exclude:\n- name: "+name+"\n"), Shown: *shown,
	})
}

func TestNumberOf(t *testing.T) {
	for name, want := range map[string]uint64{"0000000007.segment": 7, "12345678901.segment": 12345678901, "7.segment": 0, "0000000000.segment": 0, "lock": 0, "0000000007.segment.partial": 0} {
		if n, ok := numberOf(name); ok != (want > 0) || ok && n != want {
			t.Errorf("%s: %d, %t", name, n, ok)
		}
	}
}

// TestOldestTimeIsThatOfATable holds the metric against the first table, also when a file was touched since.
func TestOldestTimeIsThatOfATable(t *testing.T) {
	cfg := config(t)
	r := recorder(t, cfg)
	for i := range 5 {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 2), showAll()))
	}
	got := gathered(t, NewMetrics(cfg.Dir, func() *Recorder { return r }), "proctree_history_oldest_timestamp_seconds")
	if want := float64(start.Unix()); got != want {
		t.Errorf("%f, want %f", got, want)
	}
}

// gathered returns the value of a metric without labels.
func gathered(t *testing.T, c prometheus.Collector, name string) float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
