package processes

import (
	"slices"
	"strings"
	"testing"
)

// make describes a table: PID, parent, start and name of each process, and CPU in cores.
type brief struct {
	pid, ppid, start float64
	name             string
	cpu              float64
}

func tableOf(list ...brief) *Table {
	t := NewTable(len(list))
	for _, b := range list {
		r := NewRow()
		r.Texts[ID] = id(b)
		r.Texts[Name], r.Texts[Cmdline], r.Texts[Exe] = b.name, b.name+" --secret", "/bin/"+b.name
		r.Numbers[PID], r.Numbers[PPID], r.Numbers[StartTime], r.Numbers[CPU] = b.pid, b.ppid, b.start, b.cpu
		t.Append(&r)
	}
	t.Link()
	t.Total = t.Len()
	return t
}

func id(b brief) string { return string(rune('a'+int(b.pid))) + "-" + string(rune('0'+int(b.start))) }

func TestLink(t *testing.T) {
	tests := map[string]struct {
		list []brief
		want string
	}{
		"parents":                    {[]brief{{pid: 1}, {pid: 2, ppid: 1}, {pid: 3, ppid: 2}}, " b-0 c-0"},
		"a parent that is not there": {[]brief{{pid: 2, ppid: 1}}, ""},
		"a parent that is younger":   {[]brief{{pid: 1, start: 5}, {pid: 2, ppid: 1, start: 4}}, " "},
		"its own parent":             {[]brief{{pid: 1, ppid: 1}}, ""},
		"a circle":                   {[]brief{{pid: 1, ppid: 2}, {pid: 2, ppid: 3}, {pid: 3, ppid: 1}}, "c-0 d-0 "},
		"a tail on a circle":         {[]brief{{pid: 1, ppid: 2}, {pid: 2, ppid: 3}, {pid: 3, ppid: 2}}, "c-0 d-0 "},
		"a PID that was reused": {
			[]brief{{pid: 1, start: 1}, {pid: 1, start: 5}, {pid: 2, ppid: 1, start: 3}, {pid: 3, ppid: 1, start: 7}}, "  b-1 b-5",
		},
		"starts that are not known": {[]brief{{pid: 1, start: Unknown}, {pid: 2, ppid: 1}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if name == "starts that are not known" {
				table := tableOf(brief{pid: 1}, brief{pid: 2, ppid: 1})
				table.Numbers[StartTime] = []float64{Unknown, Unknown}
				table.Link()
				if got := table.Texts[Parent][1]; got != "b-0" {
					t.Errorf("parent %q", got)
				}
				return
			}
			if got := strings.Join(tableOf(test.list...).Texts[Parent], " "); got != test.want {
				t.Errorf("parents %q, want %q", got, test.want)
			}
		})
	}
}

// TestLinkAllocates holds that the memory for links is made at once and not per process.
func TestLinkAllocates(t *testing.T) {
	list := make([]brief, 1000)
	for i := range list {
		list[i] = brief{pid: float64(i + 1), ppid: float64(i / 2)}
	}
	table := tableOf(list...)
	if n := testing.AllocsPerRun(5, table.Link); n > 100 {
		t.Errorf("%v allocations for 1,000 processes, want at most 100", n)
	}
}

func TestFilters(t *testing.T) {
	table := tableOf(
		brief{1, 0, 0, "init", 0},
		brief{2, 1, 1, "nginx", 0.5},
		brief{3, 2, 2, "worker", 2},
		brief{4, 1, 3, "postgres", Unknown},
	)
	table.Texts[User] = []string{"root", "www", "www", "pg"}
	tests := map[string]struct {
		filter       Filter
		limit        int
		rows         []int32
		matched      int
		commandLines bool
	}{
		"all":                                    {rows: []int32{0, 1, 2, 3}, matched: 4},
		"by name, in any case, with ancestors":   {filter: Filter{Match: "WORK"}, rows: []int32{0, 1, 2}, matched: 1},
		"by command line":                        {filter: Filter{Match: "--secret"}, rows: []int32{0, 1, 2, 3}, matched: 4, commandLines: true},
		"by command line, without the right":     {filter: Filter{Match: "--secret"}, rows: []int32{}, matched: 0},
		"by path, without the right":             {filter: Filter{Match: "/bin"}, rows: []int32{}, matched: 0},
		"by a part of the user":                  {filter: Filter{Match: "WW"}, rows: []int32{0, 1, 2}, matched: 2},
		"by PID":                                 {filter: Filter{Match: "4"}, rows: []int32{0, 3}, matched: 1},
		"by users":                               {filter: Filter{Users: []string{"pg", "www"}}, rows: []int32{0, 1, 2, 3}, matched: 3},
		"by CPU, which must be known":            {filter: Filter{MinCPU: 0.5}, rows: []int32{0, 1, 2}, matched: 2},
		"the largest by CPU":                     {limit: 1, rows: []int32{0, 1, 2}, matched: 4},
		"more than there are":                    {limit: 10, rows: []int32{0, 1, 2, 3}, matched: 4},
		"all of what is given":                   {filter: Filter{Users: []string{"www"}, Match: "nginx"}, rows: []int32{0, 1}, matched: 1},
		"nothing":                                {filter: Filter{Groups: []string{"db"}}, rows: []int32{}, matched: 0},
		"by CPU of 0, which asks for nothing":    {filter: Filter{MinCPU: 0}, rows: []int32{0, 1, 2, 3}, matched: 4},
		"by memory, which is not known of these": {filter: Filter{MinMemory: 1}, rows: []int32{}, matched: 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			seen := table
			if !test.commandLines {
				seen = table.WithoutCommandLines()
			}
			s := seen.Select(&test.filter, test.limit)
			if !slices.Equal(s.Rows, test.rows) || s.Matched != test.matched {
				t.Errorf("rows %v, matched %d; want %v, %d", s.Rows, s.Matched, test.rows, test.matched)
			}
		})
	}
}

func TestWithoutCommandLinesLeavesTheOriginal(t *testing.T) {
	table := tableOf(brief{pid: 1, name: "init"})
	less := table.WithoutCommandLines()
	if less.HasCommandLines() || less.text(Exe, 0) != "" || less.text(Cmdline, 0) != "" {
		t.Error("there are command lines or paths left")
	}
	if !table.HasCommandLines() || table.text(Exe, 0) == "" {
		t.Error("the original has lost them")
	}
}

func TestFrameTellsUnknownFromZero(t *testing.T) {
	table := tableOf(brief{1, 0, 0, "init", 0}, brief{2, 1, 0, "lost", Unknown})
	frame := table.Select(&Filter{}, 0).Frame(About{})
	cpu, _ := frame.FieldByName("cpu")
	if value, known := cpu.ConcreteAt(0); !known || value != 0.0 {
		t.Errorf("a CPU of 0 is %v, %v", value, known)
	}
	if value, known := cpu.ConcreteAt(1); known {
		t.Errorf("an unknown CPU is %v", value)
	}
	user, _ := frame.FieldByName("user")
	if value, known := user.ConcreteAt(0); known {
		t.Errorf("an unknown user is %q", value)
	}
}

// TestProportionalMemory: it is read only with a flag, and a table without any lacks the column.
func TestProportionalMemory(t *testing.T) {
	without := tableOf(brief{pid: 1}, brief{pid: 2, ppid: 1})
	some := NewTable(2)
	for _, pid := range []float64{0, 1} {
		r := NewRow()
		r.Texts[ID] = id(brief{pid: pid})
		r.Numbers[PID] = pid
		if pid == 1 {
			r.Numbers[PSS] = 4096
		}
		some.Append(&r)
	}
	some.Link()
	for name, test := range map[string]struct {
		table *Table
		shown bool
		top   []int32
	}{
		"not read": {without, false, []int32{0, 1}}, "of one": {some, true, []int32{1, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			selection := test.table.Select(&Filter{}, 0)
			if pss, _ := selection.Frame(About{}).FieldByName("pss"); (pss != nil) != test.shown {
				t.Errorf("field pss: %v, want %v", pss != nil, test.shown)
			}
			by, err := FindRanking("pss")
			if err != nil {
				t.Fatal(err)
			}
			if got := test.table.Top([]int32{0, 1}, by, 0); !slices.Equal(got, test.top) {
				t.Errorf("top %v, want %v", got, test.top)
			}
			for other, same := range map[*Table]bool{without: !test.shown, some: test.shown} {
				if got := test.table.SameColumns(other); got != same {
					t.Errorf("same columns: %v, want %v", got, same)
				}
			}
		})
	}
}

func TestRankings(t *testing.T) {
	table := tableOf(brief{pid: 1}, brief{pid: 2, ppid: 1}, brief{pid: 3, ppid: 1})
	table.Numbers[Nice] = []float64{5, Unknown, -3}
	table.Numbers[OpenFDs] = []float64{5, Unknown, 9}
	table.Numbers[Written] = []float64{1, 2, 3}
	for name, want := range map[string][]int32{
		"nice": {2, 0, 1}, "open_fds": {2, 0, 1}, "fds": {2, 0, 1}, "written": {2, 1, 0}, "write": {2, 1, 0},
	} {
		by, err := FindRanking(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := table.Top([]int32{0, 1, 2}, by, 0); !slices.Equal(got, want) {
			t.Errorf("by %s: rows %v, want %v", name, got, want)
		}
	}
	if _, err := FindRanking("beauty"); err == nil || !strings.Contains(err.Error(), "must be one of cpu, memory") {
		t.Errorf("beauty: %v", err)
	}
}
