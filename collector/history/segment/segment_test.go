package segment

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/metric"
	"proctree/collector/process"
)

// rounds is how often the tests of damage try. With -rounds=25000, for 100,000 flipped bits, they
// take minutes.
var rounds = flag.Int("rounds", 500, "how many truncations to try, and four times as many flipped bits")

func open(tb testing.TB, data []byte) *Segment {
	tb.Helper()
	s, err := Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

func checkTable(t *testing.T, got, want *Table) {
	t.Helper()
	want = kept(want)
	if len(want.Snapshot.Exits) == 0 {
		want.ExitGroups = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("not as it was written (-want +got):\n%s", diff)
	}
}

func TestTablesComeBackAsTheyWere(t *testing.T) {
	data, want := record(t, newWorld(1, 200), 150, 60)
	s := open(t, data)
	if s.Len() != len(want) || s.Damaged != 0 || s.Whole != len(data) || s.Interval != time.Second {
		t.Fatalf("%d tables, %d damaged, %d of %d bytes, interval %v", s.Len(), s.Damaged, s.Whole, len(data), s.Interval)
	}
	for i := range want {
		pair, err := s.Read(i)
		if err != nil {
			t.Fatalf("table %d: %v", i, err)
		}
		checkTable(t, pair.Current, want[i])
		if i == 0 {
			if pair.Previous != nil {
				t.Fatal("there is a table before the first one")
			}
			continue
		}
		before := *want[i-1]
		snapshot := *before.Snapshot
		snapshot.Exits = nil
		before.Snapshot = &snapshot
		checkTable(t, pair.Previous, &before)
	}
	damaged, err := s.Each(0, s.Len()-1, func(step *Step) error {
		table, err := step.Table()
		if err != nil {
			return err
		}
		checkTable(t, table, want[step.Index])
		return nil
	})
	if damaged != 0 || err != nil {
		t.Errorf("%d damaged, %v", damaged, err)
	}
}

// TestEveryMetricIsRecorded holds that a metric that is added to the table is recorded too.
func TestEveryMetricIsRecorded(t *testing.T) {
	w := newWorld(2, 1)
	p := w.table.Snapshot.Processes[0]
	// Each field gets a value of its own, in whole milliseconds and below all bounds.
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Int, reflect.Int8, reflect.Int64:
			f.SetInt(int64(i+1) * map[bool]int64{true: 1e6, false: 1}[f.Type() == reflect.TypeFor[time.Duration]()])
		case reflect.Uint32, reflect.Uint64:
			f.SetUint(uint64(i + 1))
		case reflect.Uint8:
			f.SetUint(2)
		case reflect.Bool:
			f.SetBool(true)
		}
	}
	p.Network = &process.Network{Other: process.Traffic{ReceivedBytes: 81, ReceivedOperations: 82, TransmittedBytes: 83, TransmittedOperations: 84}}
	p.Facts = &process.Facts{Exe: "/e", Cmdline: []string{"c"}, User: "u", Cgroup: "/g", Unit: "n", Container: "o", PodUID: "p", FDLimit: 9}
	e, err := NewEncoder(Options{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Append(nil, w.table, true)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := open(t, data).Read(0)
	if err != nil {
		t.Fatal(err)
	}
	got := pair.Current.Snapshot.Processes[0]
	if diff := cmp.Diff(kept(w.table).Snapshot.Processes[0], got); diff != "" {
		t.Errorf("a field of a process is not recorded (-want +got):\n%s", diff)
	}
	names := map[string]string{}
	for _, f := range rowFields() {
		names[f.name] = f.kind
	}
	for _, m := range metric.All() {
		number := m.Uint != nil || m.Int != nil || m.Duration != nil
		if kind, ok := names[m.Name]; number && m.Path != "" && m.Name != "pid" && kind != m.Kind.String() {
			t.Errorf("metric %s of kind %s is in the header as %q (%t)", m.Name, m.Kind, kind, ok)
		}
	}
}

func TestCommandLinesAreWrittenAsShown(t *testing.T) {
	w := newWorld(3, 5)
	e, err := NewEncoder(Options{Shown: func([]string) []string { return []string{"hidden"} }})
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Append(nil, w.step(), true)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := open(t, data).Read(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pair.Current.Snapshot.Processes {
		if p.Facts != process.NoFacts && !slices.Equal(p.Facts.Cmdline, []string{"hidden"}) {
			t.Errorf("command line %q", p.Facts.Cmdline)
		}
	}
}

func TestOverviewHasTheHost(t *testing.T) {
	data, want := record(t, newWorld(4, 20), 61, 60)
	list := open(t, data).Summaries()
	if len(list) != 2 || list[1].Processes != 20 || list[1].BusyCores == nil || *list[1].BusyCores != 0.5 || list[0].BusyCores != nil {
		t.Fatalf("%+v", list)
	}
	if got := list[1]; *got.Pressure.CPU != 0.0123 || got.Pressure.IO != nil || *got.MemoryAvailableBytes != 1<<30 || !got.Time.Equal(want[60].Snapshot.Taken) {
		t.Errorf("%+v", got)
	}
}

// TestTruncationLosesTheFrameInFlight cuts a segment at random places.
func TestTruncationLosesTheFrameInFlight(t *testing.T) {
	data, want := record(t, newWorld(5, 30), 40, 10)
	whole := open(t, data)
	random := rand.New(rand.NewPCG(7, 7))
	for round := range *rounds {
		cut := random.IntN(len(data))
		n := 0
		for n < whole.Len() && whole.Frames[whole.tables[n].frame].End() <= cut {
			n++
		}
		s, err := Open(data[:cut])
		if err != nil {
			if n > 0 {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		if s.Len() != n {
			t.Fatalf("cut at %d: %d tables, want %d", cut, s.Len(), n)
		}
		if n > 0 && round%20 == 0 {
			pair, err := s.Read(n - 1)
			if err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			if !cmp.Equal(pair.Current.Snapshot.Processes, kept(want[n-1]).Snapshot.Processes) {
				t.Fatalf("cut at %d: the last table is wrong", cut)
			}
		}
		s.Close()
	}
}

// TestBitFlipsCostOnePeriod changes single bits: no table is wrong, and at most those of one key
// period are missing.
func TestBitFlipsCostOnePeriod(t *testing.T) {
	for name, least := range map[string]int{"texts": leastSharded, "shards": 64} {
		t.Run(name, func(t *testing.T) {
			data, want := recordSharded(t, newWorld(6, 8), 20, damagedEvery, least)
			for i := range want {
				want[i] = kept(want[i])
			}
			random := rand.New(rand.NewPCG(8, 8))
			for range 2 * *rounds {
				at := random.IntN(len(data) * 8)
				data[at/8] ^= 1 << (at % 8)
				checkDamaged(t, fmt.Sprintf("bit %d", at), data, want)
				data[at/8] ^= 1 << (at % 8)
			}
		})
	}
}

// damagedEvery is the number of tables in a period of checkDamaged.
const damagedEvery = 5

// checkDamaged holds that no table is wrong, and that at most those of one period are missing.
func checkDamaged(t *testing.T, what string, data []byte, want []*Table) {
	t.Helper()
	s, err := Open(data)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer s.Close()
	good := 0
	_, err = s.Each(0, s.Len()-1, func(step *Step) error {
		table, err := step.Table()
		if err != nil {
			return err
		}
		n := slices.IndexFunc(want, func(w *Table) bool { return w.Snapshot.Taken.Equal(table.Snapshot.Taken) })
		if n < 0 || !slices.Equal(table.Groups, want[n].Groups) || !same(table.Snapshot.Processes, want[n].Snapshot.Processes) {
			t.Fatalf("%s: table %d is wrong", what, step.Index)
		}
		good++
		return nil
	})
	if err != nil || good < len(want)-damagedEvery {
		t.Fatalf("%s: %d of %d tables, %v", what, good, len(want), err)
	}
	if damage := s.Check(); len(damage) == 0 {
		t.Fatalf("%s: no damage is found", what)
	}
}

// TestEveryLostFrameCostsOnePeriod takes out one frame after another, first of texts that are written twice and
// then of those that are cut into shards.
func TestEveryLostFrameCostsOnePeriod(t *testing.T) {
	for name, least := range map[string]int{"texts": leastSharded, "shards": 64} {
		t.Run(name, func(t *testing.T) {
			data, want := recordSharded(t, newWorld(6, 40), 20, damagedEvery, least)
			for i := range want {
				want[i] = kept(want[i])
			}
			s := open(t, data)
			if damage := s.Check(); len(damage) > 0 || (len(s.joined) > 0) != (name == "shards") {
				t.Fatalf("%v, %d times shards", damage, len(s.joined))
			}
			for i := range s.Frames {
				f := &s.Frames[i]
				start := f.Offset - HeaderBytes
				if i < len(s.Frames)-1 { // A file that ends earlier is whole.
					checkDamaged(t, fmt.Sprintf("without frame %d (%c)", i, f.Kind), slices.Concat(data[:start], data[f.End():]), want)
				}
				zeroed := slices.Clone(data)
				clear(zeroed[start:f.End()])
				checkDamaged(t, fmt.Sprintf("frame %d (%c) zeroed", i, f.Kind), zeroed, want)
			}
		})
	}
}

func same(a, b []*process.Process) bool {
	return slices.EqualFunc(a, b, func(a, b *process.Process) bool {
		other := *a
		other.Facts = b.Facts
		return a.Facts.Same(b.Facts) && other == *b
	})
}

// TestUnknownFieldsAreSkipped reads what a later version with another field and another section writes.
func TestUnknownFieldsAreSkipped(t *testing.T) {
	w := newWorld(9, 10)
	e, err := NewEncoder(Options{})
	if err != nil {
		t.Fatal(err)
	}
	e.schema.rows = slices.Insert(e.schema.rows, 3, field[process.Process]{"beauty", "gauge", func(p *process.Process) uint64 { return uint64(p.PID * 7) }, nil})
	e.columns = append(e.columns, nil)
	if err := e.Reset(Options{}); err != nil {
		t.Fatal(err)
	}
	var data []byte
	for i := range 3 {
		table := w.step()
		if data, err = e.Append(data, table, i == 0); err != nil {
			t.Fatal(err)
		}
		s := open(t, data)
		pair, err := s.Read(i)
		if err != nil {
			t.Fatal(err)
		}
		checkTable(t, pair.Current, table)
	}
}

// TestChangesOfTexts holds that a new name, group or program is seen, and that unchanged marks are used.
func TestChangesOfTexts(t *testing.T) {
	w := newWorld(10, 3)
	w.wake, w.churn = 0, 0
	first := w.step()
	first.Snapshot.Serial = 1
	second := w.step()
	second.Snapshot.Serial = 2
	for i := range second.Snapshot.Processes {
		second.Snapshot.Processes[i].Since = 1
	}
	second.Groups[0] = "moved"
	second.Snapshot.Processes[1].Name, second.Snapshot.Processes[1].Since = "renamed", 2
	e, err := NewEncoder(Options{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Append(nil, first, true)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = e.Append(data, second, false); err != nil {
		t.Fatal(err)
	}
	pair, err := open(t, data).Read(1)
	if err != nil {
		t.Fatal(err)
	}
	checkTable(t, pair.Current, second)
}

func TestOpenRefusesWhatIsNoSegment(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("hello"), make([]byte, 1000)} {
		if _, err := Open(data); err == nil {
			t.Errorf("%q is a segment", data[:min(5, len(data))])
		}
	}
}

// FuzzOpen reads anything, with checksums made right.
func FuzzOpen(f *testing.F) {
	data, _ := record(f, newWorld(11, 5), 6, 3)
	f.Add(data, []byte{})
	s, err := Open(data)
	if err != nil {
		f.Fatal(err)
	}
	for i := range s.Frames {
		f.Add(data, s.Frames[i].Payload)
	}
	sharded, _ := recordSharded(f, newWorld(11, 5), 2, 2, 16)
	f.Add(sharded, bytes.Repeat([]byte("\x00\x10\x00a\xff"), shards+1))
	f.Fuzz(func(t *testing.T, data, raw []byte) {
		if s, err := Open(data); err == nil {
			_, _ = s.Each(0, s.Len()-1, func(step *Step) error {
				_, _ = step.Table()
				_, _, _ = step.Ended()
				return nil
			})
			s.Summaries()
			s.Check()
			s.Close()
		}
		// The content behind the compression and the checksums.
		s := open(t, fixed)
		_ = s.texts.learn(raw)
		var frames []Frame
		for i, payload := range bytes.Split(raw, []byte{0xff}) {
			frames = append(frames, Frame{Kind: Shard, Sequence: uint32(i), Payload: payload})
		}
		joinShards(frames)
		st := &state{segment: s, host: make([]uint64, len(s.host))}
		for range 2 {
			if st.apply(raw, true, true) == nil {
				_, _ = st.table(st.host)
			}
		}
	})
}

var fixed = func() []byte {
	e, err := NewEncoder(Options{})
	if err != nil {
		panic(err)
	}
	data, err := e.Append(nil, newWorld(12, 2).step(), true)
	if err != nil {
		panic(err)
	}
	return data
}()

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(map[int]string{1_000: "1000", 10_000: "10000"}[n], func(b *testing.B) {
			w := newWorld(1, n)
			var tables []*Table
			for range 60 {
				tables = append(tables, w.step())
			}
			e, err := NewEncoder(Options{})
			if err != nil {
				b.Fatal(err)
			}
			var out []byte
			size, at := 0, 0
			b.ResetTimer()
			for i := range b.N {
				if at++; at == len(tables) {
					at = 1 // The first table comes once: it is not the one after the last.
				}
				if out, err = e.Append(out[:0], tables[at], i%60 == 0); err != nil {
					b.Fatal(err)
				}
				size += len(out)
			}
			b.ReportMetric(float64(size)/float64(b.N)/float64(n), "B/process")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/process")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	data, _ := record(b, newWorld(1, 10_000), 60, 60)
	s := open(b, data)
	i := 0
	for b.Loop() {
		if _, err := s.Read(i % 60); err != nil {
			b.Fatal(err)
		}
		i += 7
	}
}

// TestAlikeMissesNoChange changes one field of a process after another: what is recorded of it must differ, or
// be alike.
func TestAlikeMissesNoChange(t *testing.T) {
	was := process.Process{
		ID: process.ID{PID: 7, StartTicks: 70}, Name: "p", Known: process.HasCPU | process.HasMinorFaults, Facts: process.NoFacts,
		UserTime: 1_500 * time.Microsecond, CPUWait: 10 * time.Millisecond,
	}
	check := func(name string, change func(v reflect.Value)) {
		now := was
		change(reflect.ValueOf(&now).Elem().FieldByName(name))
		same := now.Facts == was.Facts && now.Name == was.Name && now.ID == was.ID
		for _, f := range rowFields() {
			same = same && f.get(&now) == f.get(&was)
		}
		if alike(&now, &was) != same {
			t.Errorf("%s: alike is %t, and what is recorded is the same: %t", name, !same, same)
		}
	}
	if !alike(&was, &was) {
		t.Error("a process is not alike itself")
	}
	for field := range reflect.TypeFor[process.Process]().Fields() {
		for _, more := range []uint64{1, 1 << 10, 1 << 20} { // Less and more than a millisecond.
			check(field.Name, func(v reflect.Value) {
				switch {
				case v.CanInt():
					v.SetInt(v.Int() + int64(more))
				case v.CanUint():
					v.SetUint(v.Uint() ^ more)
				case v.Kind() == reflect.String:
					v.SetString("q")
				case v.Kind() == reflect.Bool:
					v.SetBool(true)
				case v.Type() == reflect.TypeFor[*process.Network]():
					v.Set(reflect.ValueOf(&process.Network{UDP: process.Traffic{ReceivedOperations: more}}))
				case v.Kind() == reflect.Pointer:
					v.Set(reflect.ValueOf(&process.Facts{}))
				case v.Kind() == reflect.Struct:
					v.Field(0).SetInt(8)
				default:
					t.Fatalf("%s: no other value of a %s", field.Name, v.Kind())
				}
			})
		}
	}
}

// TestContinue: facts stay where they are while a file grows, and not where it became another one.
func TestContinue(t *testing.T) {
	data, _ := record(t, newWorld(7, 30), 20, 10)
	other, _ := record(t, newWorld(8, 30), 40, 10)
	frames, _, _ := Scan(data)
	half := data[:frames[len(frames)/2].End()]
	factsOf := func(s *Segment) *process.Facts {
		t.Helper()
		pair, err := s.Read(3)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pair.Current.Snapshot.Processes {
			if p.Facts != process.NoFacts {
				return p.Facts
			}
		}
		t.Fatal("no process has facts")
		return nil
	}
	for name, test := range map[string]struct {
		before, after []byte
		same          bool
	}{
		"grown": {half, data, true}, "the same": {data, data, true}, "cut": {data, half, false}, "another": {half, other, false},
	} {
		t.Run(name, func(t *testing.T) {
			was, is := open(t, test.before), open(t, test.after)
			first := factsOf(was)
			is.Continue(was)
			if got := factsOf(is) == first; got != test.same {
				t.Errorf("the same facts: %v, want %v", got, test.same)
			}
			fresh := open(t, test.after)
			for i := range fresh.Len() {
				want, err := fresh.Read(i)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := is.Read(i); err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("table %d differs from that of a new reading, %v", i, err)
				}
			}
		})
	}
}
