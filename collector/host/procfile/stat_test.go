package procfile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ticks are the first columns of a CPU's line; a negative one is not known.
func ticks(columns ...int64) (t CPUTicks) {
	for i, n := range columns {
		if n >= 0 {
			t.Set(i, uint64(n))
		}
	}
	t.Columns = len(columns)
	return t
}

func TestParseStat(t *testing.T) {
	tests := []struct {
		name, text string
		longest    time.Duration
		want       Stat
		// lost is how many things are lost, and first the first of them.
		lost  int
		first string
	}{
		{name: "empty", lost: 1, first: "/proc/stat: empty file"},
		{name: "blank lines", text: "\n\n\r\n", lost: 1, first: "/proc/stat: empty file"},
		{
			name: "old kernel with four columns and a key that nobody knows",
			text: "cpu 1 2 3 4\ncpu7 1 2 3 4\nnew 5\nbtime 1700000000\n",
			want: Stat{All: ticks(1, 2, 3, 4), CPUs: []CPU{{"7", ticks(1, 2, 3, 4)}}, Boot: time.Unix(1700000000, 0)},
		},
		{
			name: "more columns than known, and interrupts by number",
			text: "cpu0 1 2 3 4 5 6 7 8 9 10 11 12\nintr 8 1 2 3 4\nprocs_blocked 0\n",
			want: Stat{
				CPUs:       []CPU{{"0", ticks(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}},
				Interrupts: new(uint64(8)), Blocked: new(uint64(0)),
			},
		},
		{name: "cut in a counter", text: "btime 1700000000\nctxt 777", want: Stat{Boot: time.Unix(1700000000, 0)}, lost: 1, first: "/proc/stat: the last line has no end"},
		{name: "cut in a name", text: "btime 1700000000\nctx", want: Stat{Boot: time.Unix(1700000000, 0)}, lost: 1, first: "/proc/stat: the last line has no end"},
		{
			name: "cut in a CPU", text: "cpu 1 2 3 4\ncpu0 1 2 3 4\ncpu1 500", want: Stat{All: ticks(1, 2, 3, 4), CPUs: []CPU{{"0", ticks(1, 2, 3, 4)}}, Partial: true},
			lost: 1, first: "/proc/stat: the last line has no end",
		},
		{name: "cut in the only line", text: "cpu 1 2 3", want: Stat{Partial: true}, lost: 1, first: "/proc/stat: the last line has no end"},
		{name: "boot of a kernel whose clock is not set", text: "ctxt 5\nbtime 0\n", want: Stat{ContextSwitches: new(uint64(5))}, lost: 1, first: "/proc/stat: btime: impossible value"},
		{name: "boot shortly after 1970", text: "ctxt 5\nbtime 86400\n", want: Stat{ContextSwitches: new(uint64(5))}, lost: 1, first: "/proc/stat: btime: impossible value"},
		{name: "boot in the future", text: "ctxt 5\nbtime 7000000000\n", want: Stat{ContextSwitches: new(uint64(5))}, lost: 1, first: "/proc/stat: btime: impossible value"},
		{name: "boot below zero", text: "ctxt 5\nbtime -5\n", want: Stat{ContextSwitches: new(uint64(5))}, lost: 1, first: "/proc/stat: btime: not a number"},
		{name: "CR LF", text: "ctxt 5\r\nbtime 1700000007\r\n", want: Stat{ContextSwitches: new(uint64(5)), Boot: time.Unix(1700000007, 0)}},
		{
			name: "too few columns", text: "cpu0 1 2 3\nctxt 5\n",
			want: Stat{CPUs: []CPU{{"0", ticks(1, 2, 3)}}, ContextSwitches: new(uint64(5))},
			lost: 1, first: "/proc/stat: cpu0: fewer than 4 columns",
		},
		{
			name: "one column is no number", text: "cpu0 1 2 x 4\ncpu1 5 6 7 8\n",
			want: Stat{CPUs: []CPU{{"0", ticks(1, 2, -1, 4)}, {"1", ticks(5, 6, 7, 8)}}},
			lost: 1, first: "/proc/stat: cpu0: not a number",
		},
		{
			name: "negative, wrapped, too large", text: "processes -2045677862\nctxt 18446744073709551615\nintr 99999999999999999999\nprocs_running 4294967295\nprocs_blocked 1\n",
			want: Stat{Blocked: new(uint64(1))}, lost: 4, first: "/proc/stat: processes: not a number",
		},
		{
			name: "steal of 2^64 ns, and more than the host has been up", text: "cpu 1 2 3 4 5 6 7 1844674407370\ncpu0 1 2 3 4 5 6 7 1844674407370\ncpu1 101 2 3 100\n",
			longest: time.Second,
			want: Stat{
				All:  ticks(1, 2, 3, 4, 5, 6, 7, -1),
				CPUs: []CPU{{"0", ticks(1, 2, 3, 4, 5, 6, 7, -1)}, {"1", ticks(-1, 2, 3, 100)}},
			},
			lost: 3, first: "/proc/stat: cpu0: impossible value",
		},
		{
			name: "lines twice", text: "cpu0 1 2 3 4\ncpu0 1 2 3 4\nctxt 5\nctxt 6\n",
			want: Stat{CPUs: []CPU{{"0", ticks(1, 2, 3, 4)}}, ContextSwitches: new(uint64(5))},
			lost: 2, first: "/proc/stat: cpu0: in the file twice",
		},
		{
			name: "no CPU's name, NUL, a line of 1 MiB", text: "cpuX 1 2 3 4\n\x00\x00\n" + strings.Repeat("x", 1<<20) + "\nctxt\x00 5\nbtime 1700000005\n",
			want: Stat{Boot: time.Unix(1700000005, 0)}, lost: 4, first: "/proc/stat: cpu: not a name",
		},
		{name: "boot after 2242", text: "btime 18446744073709551615\nctxt 1\n", want: Stat{ContextSwitches: new(uint64(1))}, lost: 1, first: "/proc/stat: btime: impossible value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Damage
			got := ParseStat(tt.text, tt.longest, &d)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(CPUTicks{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if d.count != tt.lost || d.first != tt.first {
				t.Errorf("lost %d, first %q; want %d, %q", d.count, d.first, tt.lost, tt.first)
			}
		})
	}
}

func TestSum(t *testing.T) {
	whole, old, odd := ticks(1, 2, 3, 4, 5, 6, 7, 8), ticks(1, 2, 3, 4), ticks(1, 2, -1, 4, 5)
	for _, test := range []struct {
		name string
		line CPUTicks
		want uint64
		ok   bool
	}{{"whole", whole, 1 + 2 + 3 + 8, true}, {"a column that old kernels do not have", old, 1 + 2 + 3, true}, {"an odd column", odd, 0, false}, {"no line", CPUTicks{}, 0, false}} {
		if got, ok := test.line.Sum(User, Nice, System, Steal); ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %d, %t; want %d, %t", test.name, got, ok, test.want, test.ok)
		}
	}
}

func TestParseMeminfo(t *testing.T) {
	var d Damage
	got := ParseMeminfo("MemTotal:   16 kB\nMemFree:1 kB\r\nActive(anon):  1 kB\nHugePages_Total:       2\n\n   \n", &d)
	want := []MemoryField{
		{"MemTotal", 16384, true}, {"MemFree", 1024, true}, {"Active(anon)", 1024, true}, {"HugePages_Total", 2, false},
	}
	if diff := cmp.Diff(want, got); diff != "" || d.Err() != nil {
		t.Errorf("%v (-want +got):\n%s", d.Err(), diff)
	}
	for line, first := range map[string]string{
		"MemTotal: x kB": "/proc/meminfo: MemTotal: not a number",
		"MemTotal: 1 MB": "/proc/meminfo: MemTotal: unknown unit",
		"MemTotal: 0 kB": "/proc/meminfo: MemTotal: impossible value",
		"MemTotal:":      "/proc/meminfo: MemTotal: not a number",
		"MemTotal 1 kB":  "/proc/meminfo: not a name",
		"Mem\xff: 1 kB":  "/proc/meminfo: not a name",
		// What the kernel computes as a difference, and got below zero.
		"Committed_AS: 18446744073709550080 kB": "/proc/meminfo: Committed_AS: impossible value",
		"HugePages_Rsvd: 18446744073709551615":  "/proc/meminfo: HugePages_Rsvd: impossible value",
		"Last: 2 kB":                            "/proc/meminfo: Last: in the file twice",
	} {
		var d Damage
		got := ParseMeminfo("Last: 1 kB\n"+line+"\n", &d)
		if diff := cmp.Diff([]MemoryField{{"Last", 1024, true}}, got); diff != "" || d.count != 1 || d.first != first {
			t.Errorf("%q: lost %d, %q; want %q (-want +got):\n%s", line, d.count, d.first, first, diff)
		}
	}
	// What the kernel wrote of the last line ends anywhere.
	for _, cut := range []string{"MemAvailable: 7000", "MemAvailable: 7000 kB", "MemAvailable:", "MemAvail", "M"} {
		var d Damage
		got := ParseMeminfo("Last: 1 kB\n"+cut, &d)
		if diff := cmp.Diff([]MemoryField{{"Last", 1024, true}}, got); diff != "" || d.count != 1 || d.first != "/proc/meminfo: the last line has no end" {
			t.Errorf("%q: lost %d, %q (-want +got):\n%s", cut, d.count, d.first, diff)
		}
	}
}

func TestParseLoadavg(t *testing.T) {
	for text, want := range map[string][3]*float64{
		"0.20 1.5 12 1/80 11206\n": {new(0.2), new(1.5), new(12.0)},
		"0.20 x 12 1/80 11206\n":   {new(0.2), nil, new(12.0)},
		"0.20\n":                   {new(0.2), nil, nil},
		"NaN -1 +Inf 1/80 11206\n": {},
		"":                         {},
	} {
		var d Damage
		got := ParseLoadavg(text, &d)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		missing := 0
		for _, l := range got {
			if l == nil {
				missing++
			}
		}
		if d.count != missing {
			t.Errorf("%q: lost %d, want %d", text, d.count, missing)
		}
	}
	// A number at the end may be a part of one.
	for text, want := range map[string][3]*float64{
		"0.20 1.5 12 1/80 112": {new(0.2), new(1.5), new(12.0)}, "0.20 1.5 1": {new(0.2), new(1.5), nil}, "0.20 1.": {new(0.2), nil, nil}, "0": {},
	} {
		var d Damage
		if diff := cmp.Diff(want, ParseLoadavg(text, &d)); diff != "" || d.count != 1 || d.first != "/proc/loadavg: the last line has no end" {
			t.Errorf("%q: lost %d, %q (-want +got):\n%s", text, d.count, d.first, diff)
		}
	}
}

func TestParsePressure(t *testing.T) {
	const some, full = "some avg10=25.00 avg60=1.00 avg300=2.00 total=1500000", "full avg10=0.00 avg60=0.00 avg300=0.00 total=7"
	whole := Pressure{
		Some: pressureLine{Average10: new(0.25), Total: new(1500 * time.Millisecond)},
		Full: pressureLine{Average10: new(0.0), Total: new(7 * time.Microsecond)},
	}
	tests := []struct {
		name, text string
		change     func(*Pressure)
		lost       int
	}{
		{name: "whole", text: some + "\n" + full + "\n", change: func(*Pressure) {}},
		{name: "the other order, CR LF, a kind that nobody knows", text: "most avg10=1\r\n" + full + "\r\n" + some + "\r\n", change: func(*Pressure) {}},
		{name: "before 5.13 the CPU had no full", text: some + "\n", change: func(p *Pressure) { p.Full = pressureLine{} }},
		{name: "total wrapped", text: strings.Replace(some, "1500000", "18446744073709551615", 1) + "\n" + full + "\n", change: func(p *Pressure) { p.Some.Total = nil }, lost: 1},
		{name: "total longer than the host is up", text: strings.Replace(some, "1500000", "2500001", 1) + "\n" + full + "\n", change: func(p *Pressure) { p.Some.Total = nil }, lost: 1},
		{name: "an average above 100 %", text: strings.Replace(some, "25.00", "125.00", 1) + "\n" + full + "\n", change: func(p *Pressure) { p.Some.Average10 = nil }, lost: 1},
		{name: "no average", text: "some total=1500000\n" + full + "\n", change: func(p *Pressure) { p.Some.Average10 = nil }, lost: 1},
		{name: "twice", text: some + "\n" + full + "\nsome avg10=9 total=9\n", change: func(*Pressure) {}, lost: 1},
		{name: "short", text: full + "\nsome avg10=25.00\n", change: func(p *Pressure) { p.Some.Total = nil }, lost: 1},
		{name: "cut in the second line", text: some + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7", change: func(p *Pressure) { p.Full = pressureLine{} }, lost: 1},
		{name: "cut in the first line", text: "some avg10=2", change: func(p *Pressure) { *p = Pressure{} }, lost: 1},
		{name: "empty", change: func(p *Pressure) { *p = Pressure{} }, lost: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Damage
			want := whole
			tt.change(&want)
			got := ParsePressure("cpu", tt.text, 2500*time.Millisecond, &d)
			if diff := cmp.Diff(want, got); diff != "" || d.count != tt.lost {
				t.Errorf("lost %d (%s), want %d (-want +got):\n%s", d.count, d.first, tt.lost, diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cpu  1 2 3 4\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1 2\nctxt 3\nbtime 4\n")
	f.Add("MemTotal:   16 kB\nHugePages_Total: 2\n")
	f.Add("0.20 1.5 12 1/80 11206\n")
	f.Add("some avg10=25.00 avg60=1.00 avg300=2.00 total=1500000\n")
	f.Fuzz(func(t *testing.T, text string) {
		var d Damage
		lines := strings.Count(text, "\n") + 1
		stat := ParseStat(text, time.Hour, &d)
		if len(stat.CPUs) > lines {
			t.Errorf("%d CPUs in %q", len(stat.CPUs), text)
		}
		for i := range stat.CPUs {
			for _, n := range stat.CPUs[i].Ticks {
				if n > 3600*TicksPerSecond {
					t.Errorf("%d ticks within an hour in %q", n, text)
				}
			}
		}
		names := map[string]bool{}
		for _, field := range ParseMeminfo(text, &d) {
			if names[field.Name] || !IsName(field.Name) {
				t.Errorf("field %q of %q", field.Name, text)
			}
			names[field.Name] = true
		}
		for _, load := range ParseLoadavg(text, &d) {
			if load != nil && !(*load >= 0) {
				t.Errorf("load %v in %q", *load, text)
			}
		}
		p := ParsePressure("cpu", text, time.Hour, &d)
		if p.Some.Total != nil && *p.Some.Total > time.Hour {
			t.Errorf("%v within an hour in %q", *p.Some.Total, text)
		}
	})
}

func TestDamage(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name  string
		parts []error
		panic bool
		want  error
		lost  int
	}{
		{name: "nothing"},
		{name: "whole", parts: []error{nil, nil}},
		{name: "a part is absent", parts: []error{nil, errors.ErrUnsupported}},
		{name: "all are absent", parts: []error{errors.ErrUnsupported}, want: errors.ErrUnsupported},
		{name: "a part is broken", parts: []error{nil, broken, broken}, lost: 2},
		{name: "all are broken", parts: []error{broken}, want: broken},
		{name: "broken or absent", parts: []error{broken, errors.ErrUnsupported}, want: broken},
		{name: "a part panics", parts: []error{nil}, panic: true, lost: 1},
		{name: "all panic", panic: true, want: ErrPanic},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Damage
			for _, err := range tt.parts {
				d.Part(func() error { return err })
			}
			if tt.panic {
				d.Part(func() error { panic("index out of range") })
			}
			err := d.Err()
			partial, _ := errors.AsType[*PartialError](err)
			switch {
			case tt.lost > 0:
				if partial == nil || partial.Count != tt.lost {
					t.Errorf("error %v, want %d lost", err, tt.lost)
				}
			case partial != nil || !errors.Is(err, tt.want):
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}
