package terminal

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update writes it again):\n%s", path, diff)
	}
}

// made is a process as the API sends it.
func made(pid, ppid int, name string, more ...func(node)) node {
	n := node{
		"id": fmt.Sprintf("%d-%d", pid, 10*pid), "pid": float64(pid), "ppid": float64(ppid), "name": name,
		"start_time": 1000.0 + float64(pid), "state": "sleeping", "user": "root", "threads": 1.0,
		"cmdline": []any{"/bin/" + name}, "memory": map[string]any{"resident_bytes": float64(pid) * (1 << 20)},
	}
	for _, change := range more {
		change(n)
	}
	return n
}

func cores(v float64) func(node) { return func(n node) { n["cpu"] = map[string]any{"cores": v} } }

func with(member string, v any) func(node) { return func(n node) { n[member] = v } }

// sample is the first message about a small host.
func sample() *message {
	uptime, available := 90000.0, float64(3<<30)
	return &message{
		Type: "full", Sequence: 1, Time: 5000, Interval: 2, Role: "operator", Total: 9, Matched: 9,
		Host: hostFigures{Uptime: &uptime, Load: []*float64{new(0.5), new(0.25), new(1.0)}, Memory: &amount{Total: 4 << 30, Available: &available}, CPU: &struct {
			Busy float64 `json:"busy_cores"`
		}{1.5}},
		Processes: []node{
			made(1, 0, "init", cores(0.01)),
			made(2, 0, "kthreadd", with("kernel", true), with("cmdline", nil), cores(0)),
			made(3, 2, "kworker/0:1", with("kernel", true), with("cmdline", nil), cores(0)),
			made(10, 1, "nginx", cores(0.1), with("cmdline", []any{"nginx", "-g", "daemon off;"})),
			made(11, 10, "nginx", cores(0.7), with("user", "www-data"), with("state", "running")),
			made(12, 10, "nginx", cores(0.2), with("user", "www-data")),
			made(20, 1, "日本語サーバ", cores(1.25), with("cmdline", []any{"server", "--名前"})),
			made(21, 20, hostile, with("cmdline", []any{hostile, "$(reboot)"})),
			made(22, 21, "newborn", with("memory", nil), with("user", nil), with("cmdline", nil)),
		},
	}
}

func sampleTable(t *testing.T) *table {
	t.Helper()
	table := newTable()
	if err := table.apply(sample()); err != nil {
		t.Fatal(err)
	}
	return table
}

func mustColumn(t *testing.T, name string) *column {
	t.Helper()
	c, err := findColumn(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// outlined writes rows as their depth, guides, PID and what is hidden.
func outlined(rows []row) string {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, "%s%d", rows[i].guides, rows[i].pid)
		if rows[i].hidden > 0 {
			fmt.Fprintf(&b, "+%d", rows[i].hidden)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// paper is a canvas in memory.
type paper struct {
	w, h  int
	lines []string
	// marks has a letter for the style of each line.
	marks []byte
	t     *testing.T
}

func newPaper(t *testing.T, w, h int) *paper {
	t.Helper()
	return &paper{w: w, h: h, lines: make([]string, h), marks: []byte(strings.Repeat(" ", h)), t: t}
}

func (p *paper) Size() (w, h int) { return p.w, p.h }

func (p *paper) Put(x, y int, text string, as style) {
	if plain(text) != text {
		p.t.Errorf("%q reaches the terminal", text)
	}
	if x < 0 || y < 0 || y >= p.h || x+width(text) > p.w {
		p.t.Errorf("%q at %d,%d is outside of %dx%d", text, x, y, p.w, p.h)
		return
	}
	if x == 0 {
		p.lines[y] = text
		p.marks[y] = " *.#>+!"[as]
		return
	}
	// Only the status stands beside something, at the end of its line.
	p.lines[y] = padRight(p.lines[y][:min(len(p.lines[y]), x)], x) + text
}

func (p *paper) Cursor(x, y int) {
	if x < 0 || y < 0 || x >= p.w || y >= p.h {
		p.t.Errorf("the cursor is at %d,%d", x, y)
	}
}

func (p *paper) String() string {
	var b strings.Builder
	for i, line := range p.lines {
		b.WriteString(strings.TrimRight(string(p.marks[i])+"|"+line, " ") + "\n")
	}
	return b.String()
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// newUI is top with the sample.
func newUI(t *testing.T) *ui {
	t.Helper()
	u := &ui{
		set: unicodeSet, about: about{Name: "web1", OS: "linux", Kernel: "6.12", CPUs: 4}, table: newTable(), interval: 2 * time.Second,
		shape: shape{tree: true, order: naturalOrder(mustColumn(t, "pid")), folded: map[string]bool{}, set: unicodeSet},
	}
	u.got(event{message: sample()}, noon)
	return u
}
