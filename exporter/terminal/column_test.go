package terminal

import (
	"strings"
	"testing"

	"proctree/collector/metric"
)

// TestColumnsFollowTheTable: each metric that the page shows is a column, once; one that is added
// to the table is, too.
func TestColumnsFollowTheTable(t *testing.T) {
	madeUp := metric.Metric{Name: "madeup", Path: "madeup.bytes", Kind: metric.Gauge, Unit: metric.Bytes, Title: "Made up", Help: "Made up."}
	all := append(append([]metric.Metric(nil), metric.All()...), madeUp)
	found := map[string]column{}
	for _, c := range makeColumns(all) {
		if _, twice := found[c.Name]; twice {
			t.Errorf("%s is there twice", c.Name)
		}
		found[c.Name] = c
	}
	for i := range all {
		if _, ok := found[all[i].Name]; ok != all[i].ShownIn(metric.Page) {
			t.Errorf("%s is a column: %v", all[i].Name, ok)
		}
	}
	c := found["madeup"]
	v := c.read(node{"madeup": map[string]any{"bytes": 2048.0}})
	if got := c.cell(v, 0, unicodeSet); got != "2.00 KiB" || c.title != "Made up" {
		t.Errorf("the new column %q shows %q", c.title, got)
	}
}

func TestFindColumns(t *testing.T) {
	list, err := findColumns("pid, fds,write")
	if err != nil || len(list) != 3 || list[1].Name != "open_fds" || list[2].Name != "written" {
		t.Errorf("%v, %v", list, err)
	}
	for names, want := range map[string]string{
		"":             "no such column",
		"pid,":         "no such column",
		"pid,\x1b[2J":  `no such column "\\x1b[2J"`,
		"fds,open_fds": "named twice",
	} {
		if _, err := findColumns(names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", names, err, want)
		}
	}
}

// TestUnknown: a value of the wrong type is not known, and what is not known is never 0.
func TestUnknown(t *testing.T) {
	for _, n := range []node{nil, {"memory": nil}, {"memory": 3.0}, {"memory": map[string]any{"resident_bytes": "7"}}, {"user": 7.0}, {"cmdline": "x"}} {
		for i := range columns {
			c := &columns[i]
			v := c.read(n)
			if c.Kind == metric.List {
				continue
			}
			if c.known(v) || c.cell(v, 0, unicodeSet) != "–" || c.raw(v) != "" {
				t.Errorf("%s of %v is %v", c.Name, n, v)
			}
		}
	}
}
