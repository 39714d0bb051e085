package terminal

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

func printed(t *testing.T, format string, tree bool, cells int, set charset) string {
	t.Helper()
	table := sampleTable(t)
	s := shapeBy(t, "pid", tree)
	s.set = set
	list, err := findColumns("pid,user,cpu,memory,start_time,swap,name,cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &printer{out: &out, columns: list, set: set, now: table.time, cells: cells, tree: tree}
	rows := table.rows(s)
	write := map[string]func([]row) error{"table": p.table, "csv": p.csv, "json": p.json}[format]
	if err := write(rows); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\x7f\r\u009b\u202e") {
		t.Errorf("control characters reach the terminal: %q", out.String())
	}
	return out.String()
}

func TestPrinted(t *testing.T) {
	golden(t, "ps.txt", printed(t, "table", false, 0, unicodeSet))
	golden(t, "ps-60.txt", printed(t, "table", false, 60, unicodeSet))
	golden(t, "tree.txt", printed(t, "table", true, 0, unicodeSet))
	golden(t, "tree-ascii.txt", printed(t, "table", true, 0, asciiSet))
	golden(t, "ps.csv", printed(t, "csv", false, 0, unicodeSet))
	golden(t, "tree.csv", printed(t, "csv", true, 0, unicodeSet))
	golden(t, "ps.json", printed(t, "json", false, 0, unicodeSet))
	golden(t, "tree.json", printed(t, "json", true, 0, unicodeSet))
}

// TestPrintedIsRead: programs get back what was there.
func TestPrintedIsRead(t *testing.T) {
	lines, err := csv.NewReader(strings.NewReader(printed(t, "csv", true, 0, unicodeSet))).ReadAll()
	if err != nil || len(lines) != 10 || lines[3][8] == "" || lines[4][0] != "2" {
		t.Errorf("%v, %v", lines, err)
	}
	type object struct {
		PID      int
		Name     string
		Memory   *float64
		Cmdline  []string
		Children []object
	}
	var tree, list []object
	if err := json.Unmarshal([]byte(printed(t, "json", true, 0, unicodeSet)), &tree); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(printed(t, "json", false, 0, unicodeSet)), &list); err != nil {
		t.Fatal(err)
	}
	if len(tree) != 2 || len(tree[0].Children) != 2 || len(tree[0].Children[1].Children[0].Children) != 1 || len(list) != 9 {
		t.Errorf("the tree is %+v, the list %d long", tree, len(list))
	}
	odd := tree[0].Children[1].Children[0]
	if want := strings.ToValidUTF8(hostile, "\ufffd"); odd.Name != want || odd.Cmdline[1] != "$(reboot)" {
		t.Errorf("the name is %q, want %q", odd.Name, want)
	}
	if odd.Children[0].Memory != nil {
		t.Error("memory that is not known is there")
	}
}

func TestNothingPrinted(t *testing.T) {
	for format, want := range map[string]string{"table": "PID\n", "csv": "pid\n", "json": "[\n]\n"} {
		var out bytes.Buffer
		p := &printer{out: &out, columns: []*column{mustColumn(t, "pid")}}
		write := map[string]func([]row) error{"table": p.table, "csv": p.csv, "json": p.json}[format]
		if err := write(nil); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", format, out.String(), err)
		}
	}
}
