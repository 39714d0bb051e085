package segment

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/process"
)

// lives makes up events: of short processes, each of which is forked by a shell, runs a program and ends.
func lives(random *rand.Rand, at time.Time, n int) []process.GroupedEvent {
	var list []process.GroupedEvent
	shell := &process.Facts{Exe: "/bin/sh", Cmdline: []string{"sh", "job.sh"}, User: "ann", Unit: "job.service"}
	for i := range n {
		program := &process.Facts{Exe: "/usr/bin/tool", Cmdline: []string{"tool", fmt.Sprintf("--part=%d", random.IntN(1000))}, User: "ann", Unit: "job.service"}
		e := process.GroupedEvent{Group: "job", ParentName: "sh"}
		e.ID, e.Parent, e.UID = process.ID{PID: 5000 + i, StartTicks: 77_000 + uint64(i/10)}, 4000, 1000
		began := at.Add(time.Duration(i) * time.Second / time.Duration(n)).Truncate(time.Microsecond)
		add := func(kind process.EventKind, after time.Duration, name string, facts *process.Facts) *process.GroupedEvent {
			e.Kind, e.Time, e.Name, e.Facts = kind, began.Add(after), name, facts
			list = append(list, e)
			return &list[len(list)-1]
		}
		add(process.EventFork, 0, "sh", shell)
		add(process.EventExec, 300*time.Microsecond, "tool", program).Cut = i%50 == 0
		exit := add(process.EventExit, 1700*time.Microsecond, "tool", program)
		exit.Ended, exit.Known, exit.Age = true, process.HasCPU|process.HasMemory, 1700*time.Microsecond
		exit.CPUTime, exit.PeakBytes = time.Duration(500+random.IntN(300))*time.Microsecond, uint64(300+random.IntN(20))*4096
		if i%7 == 0 {
			exit.Reason, exit.Code = "exit_code", 1+i%3
		}
	}
	lost := process.GroupedEvent{Event: process.Event{Kind: process.EventLost, Lost: process.EventExec, Time: at.Truncate(time.Microsecond), Count: 12, Facts: process.NoFacts}}
	if n < 2 { // For the size of the others.
		return append(list, lost)
	}
	control := process.GroupedEvent{Event: process.Event{
		Kind: process.EventControl, Time: at.Truncate(time.Microsecond), ID: process.ID{PID: 7, StartTicks: 5}, Name: "web", Facts: shell,
		Attempt: &process.Attempt{Who: "ann", From: "192.0.2.1", Action: "priority", Nice: new(5), Result: "done"},
	}}
	refused := process.GroupedEvent{Event: process.Event{Kind: process.EventControl, Time: at.Truncate(time.Microsecond), Count: 3, Facts: process.NoFacts}}
	return append(list, lost, control, refused)
}

// recordEvents writes tables with events.
func recordEvents(tb testing.TB, tables, every, n int) (data []byte, all []process.GroupedEvent) {
	tb.Helper()
	e, err := NewEncoder(Options{Interval: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	w, random := newWorld(3, 20), rand.New(rand.NewPCG(5, 5))
	for i := range tables {
		table := w.step()
		table.Events = lives(random, table.Snapshot.Taken, n)
		all = append(all, table.Events...)
		if data, err = e.Append(data, table, i%every == 0); err != nil {
			tb.Fatal(err)
		}
	}
	return data, all
}

func eventsOf(tb testing.TB, s *Segment) []process.GroupedEvent {
	tb.Helper()
	var got []process.GroupedEvent
	damaged, err := s.Events(func(e *process.GroupedEvent) error { got = append(got, *e); return nil })
	if damaged != 0 || err != nil {
		tb.Fatalf("%d frames are damaged, %v", damaged, err)
	}
	return got
}

func TestEventsComeBackAsTheyWere(t *testing.T) {
	data, want := recordEvents(t, 20, 7, 10)
	s := open(t, data)
	if diff := cmp.Diff(want, eventsOf(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if damage := s.Check(); len(damage) != 0 {
		t.Errorf("damaged: %+v", damage)
	}
	var byTable []process.GroupedEvent
	damaged, err := s.Each(0, s.Len()-1, func(step *Step) error {
		events, err := step.Events()
		byTable = append(byTable, events...)
		return err
	})
	if damaged != 0 || err != nil || s.Len() != 20 {
		t.Fatalf("%d tables, %d damaged, %v", s.Len(), damaged, err)
	}
	if diff := cmp.Diff(want, byTable); diff != "" {
		t.Errorf("table by table (-want +got):\n%s", diff)
	}
}

// TestBytesOfAnEvent holds the size that the documentation names, with the texts: for a busy host, and for one
// with a short process each second.
func TestBytesOfAnEvent(t *testing.T) {
	for _, n := range []int{1, 10, 1000} {
		with, all := recordEvents(t, 60, 60, n)
		e, err := NewEncoder(Options{Interval: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		var without []byte
		w := newWorld(3, 20)
		for i := range 60 {
			if without, err = e.Append(without, w.step(), i == 0); err != nil {
				t.Fatal(err)
			}
		}
		each := float64(len(with)-len(without)) / float64(len(all))
		t.Logf("%d short processes each second: %.1f bytes for each event", n, each)
		if each > 40 {
			t.Errorf("%d short processes each second: %.1f bytes for each event, at most 40 are allowed", n, each)
		}
	}
}

// TestDamageOfEvents flips bits: what is read of events and tables is what was written.
func TestDamageOfEvents(t *testing.T) {
	data, want := recordEvents(t, 12, 4, 5)
	known := map[string]bool{}
	for i := range want {
		known[describeEvent(t, &want[i])] = true
	}
	random := rand.New(rand.NewPCG(9, 9))
	for range *rounds {
		broken := append([]byte(nil), data...)
		broken[random.IntN(len(broken))] ^= 1 << random.IntN(8)
		s, err := Open(broken)
		if err != nil {
			continue
		}
		_, err = s.Events(func(e *process.GroupedEvent) error {
			if !known[describeEvent(t, e)] {
				t.Errorf("%+v was never written", e)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		s.Close()
	}
}

func describeEvent(tb testing.TB, e *process.GroupedEvent) string {
	tb.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// TestFixtureOfEvents reads events that the first release has recorded. All later releases have to.
func TestFixtureOfEvents(t *testing.T) {
	const path, events = "testdata/v1-events.segment", "testdata/v1-events.json"
	if *write {
		data, all := recordEvents(t, 4, 2, 3)
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{path: data, events: text} {
			if err := os.WriteFile(name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(events)
	if err != nil {
		t.Fatal(err)
	}
	got := eventsOf(t, open(t, data))
	var want []process.GroupedEvent
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range want {
		if a, b := describeEvent(t, &got[i]), describeEvent(t, &want[i]); a != b {
			t.Errorf("event %d is\n%s, want\n%s", i, a, b)
		}
	}
}

// FuzzEvents: whatever the content of a frame, it is read or refused.
func FuzzEvents(f *testing.F) {
	e, err := NewEncoder(Options{})
	if err != nil {
		f.Fatal(err)
	}
	table := newWorld(3, 2).step()
	table.Events = lives(rand.New(rand.NewPCG(5, 5)), base, 2)
	f.Add(e.encodeEvents(table))
	data, _ := recordEvents(f, 1, 1, 1)
	s := open(f, data)
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := s.decodeEvents(raw, &s.texts)
		for i := range list {
			if list[i].Facts == nil || list[i].Kind >= process.NumEventKinds {
				t.Errorf("%+v with %v", list[i], err)
			}
		}
	})
}
