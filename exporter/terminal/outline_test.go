package terminal

import (
	"strings"
	"testing"
)

func shapeBy(t *testing.T, name string, tree bool) *shape {
	t.Helper()
	return &shape{tree: tree, order: naturalOrder(mustColumn(t, name)), folded: map[string]bool{}, set: asciiSet}
}

func TestTree(t *testing.T) {
	want := `1
|- 10
|  |- 11
|  ` + "`" + `- 12
` + "`" + `- 20
   ` + "`" + `- 21
      ` + "`" + `- 22
2
` + "`" + `- 3
`
	if got := outlined(sampleTable(t).rows(shapeBy(t, "pid", true))); got != want {
		t.Errorf("the tree is\n%s, want\n%s", got, want)
	}
}

// TestSorted: the busiest first, those that are not known last in either direction.
func TestSorted(t *testing.T) {
	s := shapeBy(t, "cpu", false)
	if got := strings.Fields(outlined(sampleTable(t).rows(s))); strings.Join(got, " ") != "20 11 12 10 1 2 3 21 22" {
		t.Errorf("by CPU: %v", got)
	}
	s.order.descending = false
	if got := strings.Fields(outlined(sampleTable(t).rows(s))); strings.Join(got, " ") != "2 3 1 10 12 11 20 21 22" {
		t.Errorf("by CPU, ascending: %v", got)
	}
	s.order = naturalOrder(mustColumn(t, "user"))
	if got := strings.Fields(outlined(sampleTable(t).rows(s))); strings.Join(got, " ") != "1 2 3 10 20 21 11 12 22" {
		t.Errorf("by user: %v", got)
	}
	s.noKernel = true
	if got := strings.Fields(outlined(sampleTable(t).rows(s))); len(got) != 7 {
		t.Errorf("without threads of the kernel: %v", got)
	}
}

// TestFoldedSums: a folded row shows the sums of what is known.
func TestFoldedSums(t *testing.T) {
	s := shapeBy(t, "pid", true)
	s.folded["10-100"], s.folded["20-200"] = true, true
	rows := sampleTable(t).rows(s)
	if got := outlined(rows); got != "1\n|- 10+2\n`- 20+2\n2\n`- 3\n" {
		t.Fatalf("folded:\n%s", got)
	}
	for _, tt := range []struct {
		row        int
		name, want string
	}{{1, "cpu", "1.00"}, {1, "memory", "33.0 MiB"}, {1, "threads", "3"}, {1, "pid", "10"}, {1, "user", "root"}, {2, "memory", "41.0 MiB"}, {2, "cpu", "1.25"}, {2, "swap", "-"}} {
		c := mustColumn(t, tt.name)
		if got := c.cell(rows[tt.row].value(c), 5000, asciiSet); got != tt.want {
			t.Errorf("%s of %d is %s, want %s", tt.name, rows[tt.row].pid, got, tt.want)
		}
	}
}

// TestOddTrees: each process is there once, whatever the parents are.
func TestOddTrees(t *testing.T) {
	deep := []node{made(1, 0, "top")}
	for pid := 2; pid <= 2000; pid++ {
		deep = append(deep, made(pid, pid-1, "deep"))
	}
	for name, list := range map[string][]node{
		"none":              nil,
		"a circle":          {made(5, 6, "a"), made(6, 5, "b"), made(7, 5, "c")},
		"its own parent":    {made(5, 5, "a")},
		"no such parent":    {made(5, 99, "a")},
		"a PID twice":       {made(5, 0, "a"), made(5, 0, "b", with("id", "5-7")), made(6, 5, "c")},
		"two thousand deep": deep,
	} {
		table := newTable()
		if err := table.apply(&message{Type: "full", Processes: list}); err != nil {
			t.Fatal(err)
		}
		s := shapeBy(t, "pid", true)
		rows := table.rows(s)
		if len(rows) != len(list) {
			t.Errorf("%s: %d rows of %d processes:\n%s", name, len(rows), len(list), outlined(rows))
		}
		for i := range rows {
			if width(rows[i].guides) > 3*maxGuides+5 {
				t.Fatalf("%s: the guides of level %d are %q", name, rows[i].depth, rows[i].guides)
			}
			s.folded[rows[i].id] = true
		}
		total := 0
		for _, r := range table.rows(s) {
			total += 1 + r.hidden
		}
		if total != len(list) {
			t.Errorf("%s: folded, %d of %d processes are shown or counted", name, total, len(list))
		}
	}
}

func TestListHasNoContext(t *testing.T) {
	table := newTable()
	if err := table.apply(&message{Type: "full", Processes: []node{made(1, 0, "init", with("context", true)), made(7, 1, "match")}}); err != nil {
		t.Fatal(err)
	}
	if got := outlined(table.rows(shapeBy(t, "pid", false))); got != "7\n" {
		t.Errorf("the list is %q", got)
	}
	if got := outlined(table.rows(shapeBy(t, "pid", true))); got != "1\n`- 7\n" {
		t.Errorf("the tree is %q", got)
	}
}
