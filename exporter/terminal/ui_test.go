package terminal

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// press hands keys to the ui and returns what the last asks for.
func press(u *ui, keys ...string) (a action) {
	for _, k := range keys {
		a = u.key(k, 100)
	}
	return a
}

func TestDrawn(t *testing.T) {
	for name, tt := range map[string]struct {
		w, h int
		keys []string
		now  time.Duration
		err  error
	}{
		"tree":     {w: 110, h: 16, keys: []string{"Down"}},
		"narrow":   {w: 50, h: 16},
		"low":      {w: 80, h: 6, keys: []string{"End"}},
		"list":     {w: 110, h: 16, keys: []string{"F5", "P"}},
		"folded":   {w: 110, h: 16, keys: []string{"Down", "-"}},
		"search":   {w: 110, h: 16, keys: []string{"/", "n", "g", "日"}},
		"sort":     {w: 90, h: 16, keys: []string{"F6", "Down"}},
		"columns":  {w: 90, h: 16, keys: []string{"F2", "Down", " "}},
		"help":     {w: 90, h: 26, keys: []string{"?"}},
		"detail":   {w: 70, h: 20, keys: []string{"End", "Up", "Up", "Up", "Enter"}},
		"readonly": {w: 100, h: 16, keys: []string{"F9"}},
		"stale":    {w: 110, h: 16, now: 12 * time.Second, err: &unreachableError{"http://web1", errors.New("connection refused")}},
		"paused":   {w: 110, h: 16, keys: []string{"Z"}, now: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUI(t)
			u.draw(newPaper(t, tt.w, tt.h), noon)
			if tt.err != nil {
				u.got(event{err: tt.err}, noon)
			}
			press(u, tt.keys...)
			p := newPaper(t, tt.w, tt.h)
			u.draw(p, noon.Add(tt.now))
			golden(t, "top-"+name+".txt", p.String())
		})
	}
}

// TestEverySize draws everything at every size: nothing stands outside, and no control character
// gets out.
func TestEverySize(t *testing.T) {
	for w := 0; w < 130; w += 3 {
		for h := range 30 {
			u := newUI(t)
			u.wrong = errors.New(hostile)
			u.about.Name = hostile
			u.search = hostile
			for _, keys := range [][]string{nil, {"?"}, {"F6"}, {"F2"}, {"End", "Enter"}, {"Down", "-", "Right"}, {"/", "日", "本"}, {"Esc", "k"}} {
				press(u, keys...)
				u.draw(newPaper(t, w, h), noon.Add(time.Hour))
				u.mode = browsing
			}
		}
	}
}

func TestMoving(t *testing.T) {
	u := newUI(t)
	u.draw(newPaper(t, 80, 9), noon) // Four rows fit.
	for _, tt := range []struct {
		key  string
		want int
	}{{"Up", 1}, {"Down", 10}, {"PgDn", 20}, {"End", 3}, {"Down", 3}, {"PgUp", 21}, {"Home", 1}} {
		press(u, tt.key)
		u.draw(newPaper(t, 80, 9), noon)
		if got := u.selected().pid; got != tt.want {
			t.Errorf("after %s on %d, want %d", tt.key, got, tt.want)
		}
		if u.at < u.first || u.at >= u.first+u.height {
			t.Errorf("after %s the cursor is out of sight", tt.key)
		}
	}
}

// TestCursorStays: the cursor stays on its process when the order changes, and goes near to where it
// was when the process ends.
func TestCursorStays(t *testing.T) {
	u := newUI(t)
	press(u, "t", "End", "N", "N", "P")
	if got := u.selected().pid; got != 22 {
		t.Fatalf("the cursor is on %d", got)
	}
	u.got(event{message: &message{Type: "diff", Sequence: 2, Removed: []string{"22-220"}}}, noon)
	if got := u.selected().pid; got != 21 {
		t.Errorf("after the end of 22 the cursor is on %d", got)
	}
	all := make([]string, 0, 8)
	for id := range u.table.processes {
		all = append(all, id)
	}
	u.got(event{message: &message{Type: "diff", Sequence: 3, Removed: all}}, noon)
	if u.selected() != nil || press(u, "Enter", "Down", "-", " ", "n", "*") != nothing {
		t.Error("something is selected where nothing is")
	}
}

func TestActions(t *testing.T) {
	for keys, want := range map[string]action{
		"q": quit, "F10": quit, "Ctrl-C": quit, "/ Ctrl-C": quit, "? Ctrl-C": quit, "Ctrl-Z": suspend, "Ctrl-L": repaint,
		"/ a": askSoon, "/ a Enter": ask, "/ Esc": ask, "/ Up": nothing, "/ Tab": nothing, "/ \x1b": nothing, "Esc": nothing,
		"Z": ask, "p": ask, "x": nothing, "F9": nothing, "k": nothing, "? q": nothing, "F6 q": nothing, "Enter q": nothing,
	} {
		if got := press(newUI(t), strings.Fields(keys)...); got != want {
			t.Errorf("%q asks for %d, want %d", keys, got, want)
		}
	}
}

func TestSearching(t *testing.T) {
	u := newUI(t)
	press(u, "/", "n", "x", "Backspace", "g", "é", "Backspace", "Backspace", "g", "Enter")
	if u.search != "ng" || u.mode != browsing || !u.toMatch {
		t.Fatalf("the search is %q", u.search)
	}
	answer := sample()
	answer.Sequence, answer.Matched = 1, 2
	answer.Processes = []node{made(1, 0, "init", with("context", true)), made(10, 1, "nginx"), made(11, 10, "x", with("context", true)), made(12, 11, "nginx")}
	u.got(event{message: answer}, noon)
	if got := u.selected().pid; got != 10 {
		t.Errorf("Enter goes to %d, want the first match", got)
	}
	for _, tt := range []struct {
		key  string
		want int
	}{{"n", 12}, {"n", 10}, {"N", 12}, {"N", 10}} {
		press(u, tt.key)
		if got := u.selected().pid; got != tt.want {
			t.Errorf("%s goes to %d, want %d", tt.key, got, tt.want)
		}
	}
	u.got(event{err: errors.New("parameter \"q\": no"), final: true}, noon)
	p := newPaper(t, 80, 12)
	u.draw(p, noon)
	if !strings.Contains(p.String(), `Error: parameter "q": no`) || len(u.rows) != 4 {
		t.Errorf("a wrong search shows\n%s", p)
	}
	if press(u, "Esc") != ask || u.search != "" || u.wrong != nil {
		t.Error("Esc does not clear the search")
	}
	press(u, "u")
	if u.input != "user:" {
		t.Errorf("u searches %q", u.input)
	}
	for range 2 * maxSearch {
		press(u, "é")
	}
	if n := len([]rune(u.input)); n != maxSearch {
		t.Errorf("%d characters are taken", n)
	}
}

func TestFolding(t *testing.T) {
	u := newUI(t)
	press(u, "Down", " ")
	if len(u.rows) != 7 || u.selected().pid != 10 || u.selected().hidden != 2 {
		t.Errorf("folded:\n%s", outlined(u.rows))
	}
	press(u, "+")
	if len(u.rows) != 9 {
		t.Errorf("unfolded:\n%s", outlined(u.rows))
	}
	press(u, "*")
	if got := strings.Fields(outlined(u.rows)); len(u.shape.folded) == 0 || len(got) >= 9 {
		t.Errorf("all folded: %v", got)
	}
	press(u, "*")
	if len(u.rows) != 9 {
		t.Errorf("all unfolded:\n%s", outlined(u.rows))
	}
	press(u, "-")
	u.got(event{message: &message{Type: "full"}}, noon)
	u.forget()
	if len(u.shape.folded) != 0 {
		t.Error("a process that has ended is remembered as folded")
	}
}

func TestSortKeys(t *testing.T) {
	u := newUI(t)
	for _, tt := range []struct {
		key, by    string
		descending bool
	}{{"P", "cpu", true}, {"I", "cpu", false}, {"P", "cpu", true}, {"M", "memory", true}, {"N", "pid", false}, {"N", "pid", true}} {
		press(u, tt.key)
		if o := u.shape.order; o.by.Name != tt.by || o.descending != tt.descending {
			t.Errorf("%s sorts by %s, descending %v", tt.key, o.by.Name, o.descending)
		}
	}
	press(u, "F6", "Home", "Enter")
	if u.mode != browsing || u.shape.order.by != sortable()[0] {
		t.Error("the menu does not sort")
	}
	press(u, "F6", "End", "Down", "PgDn", "Up", "Enter")
	if list := sortable(); u.shape.order.by != list[len(list)-2] {
		t.Errorf("the menu sorts by %s", u.shape.order.by.Name)
	}
}

func TestChoosing(t *testing.T) {
	u := newUI(t)
	press(u, "F2", "Home", " ", "End", " ", "Esc")
	var shown []string
	for _, c := range u.shown(100) {
		shown = append(shown, c.Name)
	}
	names := strings.Join(shown, " ") + " "
	last := columns[len(columns)-1].Name
	if strings.Contains(names, "pid ") || !strings.HasSuffix(names, last+" ") || !strings.Contains(names, "name ") {
		t.Errorf("the columns are %s", names)
	}
	for i := range columns {
		u.toggleColumn(&columns[i], []*column{mustColumn(t, "name"), &columns[i]})
		if columns[i].Name != "name" && len(u.chosen) != 1 {
			t.Errorf("without %s there are %d columns", columns[i].Name, len(u.chosen))
		}
	}
}

// TestViewer: to a viewer no command lines are sent, so that there is no column of them.
func TestViewer(t *testing.T) {
	u := newUI(t)
	for role, want := range map[string]bool{"operator": true, "viewer": false, "public": false} {
		u.table.role = role
		got := false
		for _, c := range u.shown(200) {
			got = got || c.Name == "cmdline"
		}
		if got != want {
			t.Errorf("%s sees command lines: %v", role, got)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*ui)
		after  time.Duration
		want   string
		as     style
	}{
		{"fresh", func(*ui) {}, time.Second, "live", styleGood},
		{"late", func(*ui) {}, 8 * time.Second, "stale for 8 s: no message", styleBad},
		{"lost", func(u *ui) { u.lost = errors.New("the connection broke") }, time.Second, "stale for 1 s: the connection broke", styleBad},
		{"refused", func(u *ui) { u.lost = &unreachableError{"x", errors.New("connection refused")} }, 20 * time.Second, "stale for 20 s: connection refused", styleBad},
		{"hostile", func(u *ui) { u.lost = errors.New("\x1b[2J") }, time.Second, `stale for 1 s: \x1b[2J`, styleBad},
		{"never", func(u *ui) { u.last, u.lost = time.Time{}, nil }, 0, "connecting", styleDim},
		{"paused", func(u *ui) { u.paused = true }, time.Hour, "paused", styleStrong},
	} {
		u := newUI(t)
		tt.change(u)
		if got, as := u.status(noon.Add(tt.after)); got != tt.want || as != tt.as {
			t.Errorf("%s: %q in style %d, want %q in %d", tt.name, got, as, tt.want, tt.as)
		}
	}
	u := newUI(t)
	u.got(event{err: errors.New("x")}, noon)
	u.got(event{message: sample()}, noon.Add(time.Minute))
	if got, _ := u.status(noon.Add(time.Minute)); got != "live" {
		t.Errorf("after a connection came back: %s", got)
	}
}

// BenchmarkRows makes the rows of 10,000 processes.
func BenchmarkRows(b *testing.B) {
	table := newTable()
	list := make([]node, 0, 10_000)
	for pid := 1; pid <= cap(list); pid++ {
		list = append(list, made(pid, pid/8, fmt.Sprint("p", pid)))
	}
	if err := table.apply(&message{Type: "full", Processes: list}); err != nil {
		b.Fatal(err)
	}
	cpu, _ := findColumn("cpu")
	s := &shape{tree: true, order: naturalOrder(cpu), set: unicodeSet}
	for b.Loop() {
		if len(table.rows(s)) != len(list) {
			b.Fatal("rows are missing")
		}
	}
}
