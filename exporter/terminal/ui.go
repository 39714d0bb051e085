package terminal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// mode is what the keys go to.
type mode uint8

const (
	browsing mode = iota
	searching
	sorting
	choosing
	helping
	detailing
)

// action is what a key asks of the program around the ui.
type action uint8

const (
	nothing action = iota
	quit
	suspend
	repaint
	// ask follows another question at once, askSoon after a pause in typing.
	ask
	askSoon
)

// ui is the state of top. It does no input and output: keys and messages go in, and it draws on a
// canvas.
type ui struct {
	set    charset
	about  about
	target string
	table  *table
	shape  shape
	rows   []row
	// chosen are the columns somebody chose; nil are those that fit.
	chosen []*column
	// cursor is the process of the selected row, at its row; first is the row on top.
	cursor    string
	at, first int
	// skipped is how many columns are scrolled out on the left.
	skipped int
	// height is how many rows fit.
	height int

	mode mode
	// input is what is typed in the search, search what is looked for, and toMatch whether
	// the cursor goes to the first match once that is known.
	input, search string
	toMatch       bool
	// menu is the selected entry of a menu, or the first line of a text.
	menu int
	// notice is one line for the user until the next key.
	notice string

	paused   bool
	interval time.Duration
	// last is when the last message arrived, lost why none arrives, and wrong what is wrong with
	// the search.
	last  time.Time
	lost  error
	wrong error
}

// got takes in what the stream brought.
func (u *ui) got(e event, now time.Time) {
	switch {
	case e.final:
		u.wrong = e.err
		return
	case e.err == nil:
		if e.err = u.table.apply(e.message); e.err == nil {
			u.last, u.lost, u.wrong = now, nil, nil
			u.refresh()
			return
		}
	}
	u.lost = e.err
}

// refresh makes the rows again, and keeps the cursor on its process.
func (u *ui) refresh() {
	u.rows = u.table.rows(&u.shape)
	if u.toMatch {
		u.toMatch = false
		u.at = 0
		if len(u.rows) > 0 && u.rows[0].context {
			u.nextMatch(1)
		}
		u.moveTo(u.at)
		return
	}
	if at := slices.IndexFunc(u.rows, func(r row) bool { return r.id == u.cursor }); at >= 0 {
		u.at = at
	}
	u.moveTo(u.at)
}

// moveTo selects a row, or the nearest that there is.
func (u *ui) moveTo(at int) {
	u.at = max(0, min(at, len(u.rows)-1))
	u.cursor = ""
	if len(u.rows) > 0 {
		u.cursor = u.rows[u.at].id
	}
	u.scroll()
}

// scroll keeps the selected row in sight.
func (u *ui) scroll() {
	u.first = min(u.first, u.at)
	u.first = max(u.first, u.at-u.height+1)
	u.first = max(0, min(u.first, len(u.rows)-u.height))
}

// selected returns the selected row; nil for none.
func (u *ui) selected() *row {
	if u.at >= len(u.rows) {
		return nil
	}
	return &u.rows[u.at]
}

// nextMatch moves to the next row that matches, or the one before, and round.
func (u *ui) nextMatch(by int) {
	for i := 1; i <= len(u.rows); i++ {
		at := ((u.at+by*i)%len(u.rows) + len(u.rows)) % len(u.rows)
		if !u.rows[at].context {
			u.moveTo(at)
			return
		}
	}
}

// fold hides or shows what is below a row.
func (u *ui) fold(r *row, folded bool) {
	if r == nil || !u.shape.tree {
		return
	}
	if folded {
		u.shape.folded[r.id] = true
	} else {
		delete(u.shape.folded, r.id)
	}
	u.refresh()
}

// foldAll folds every process that has something below it, or none if one is folded.
func (u *ui) foldAll() {
	if len(u.shape.folded) > 0 {
		clear(u.shape.folded)
	} else {
		for _, r := range u.rows {
			if r.parent >= 0 && u.rows[r.parent].depth > 0 {
				u.shape.folded[u.rows[r.parent].id] = true
			}
		}
	}
	u.refresh()
}

// forget drops the folded processes that have ended.
func (u *ui) forget() {
	for id := range u.shape.folded {
		if u.table.processes[id] == nil {
			delete(u.shape.folded, id)
		}
	}
}

// sortBy sorts by the first of the columns that there is; again turns the order round.
func (u *ui) sortBy(names ...string) {
	for _, name := range names {
		if c, err := findColumn(name); err == nil {
			u.sortByColumn(c)
			return
		}
	}
}

func (u *ui) sortByColumn(c *column) {
	if u.shape.order.by == c {
		u.shape.order.descending = !u.shape.order.descending
	} else {
		u.shape.order = naturalOrder(c)
	}
	u.refresh()
}

// status says how fresh the table is, and how to show that.
func (u *ui) status(now time.Time) (string, style) {
	age := now.Sub(u.last)
	stale := fmt.Sprintf("stale for %d s", int(age.Seconds()))
	switch {
	case u.paused:
		return "paused", styleStrong
	case u.last.IsZero() && u.lost == nil:
		return "connecting", styleDim
	case u.last.IsZero():
		return "no connection: " + reason(u.lost), styleBad
	case u.lost != nil:
		text := reason(u.lost)
		if unreachable, ok := u.lost.(*unreachableError); ok { //nolint:errorlint // Only what is outermost is known.
			text = reason(unreachable.err)
		}
		return stale + ": " + plain(text), styleBad
	case age > 3*u.interval+time.Second:
		return stale + ": no message", styleBad
	}
	return "live", styleGood
}

// sortable are the columns of the menu for sorting.
func sortable() []*column {
	var list []*column
	for i := range columns {
		if columns[i].Sortable() {
			list = append(list, &columns[i])
		}
	}
	return list
}

// toggleColumn shows or hides a column. The name stays.
func (u *ui) toggleColumn(c *column, shown []*column) {
	list := slices.Clone(shown)
	switch at := slices.Index(list, c); {
	case c.Name == "name":
		return
	case at >= 0:
		list = slices.Delete(list, at, at+1)
	default:
		list = append(list, c)
		slices.SortFunc(list, func(a, b *column) int { return a.at - b.at })
	}
	u.chosen = list
}

// shown returns the columns for a screen of so many cells.
func (u *ui) shown(cells int) []*column {
	if u.chosen != nil {
		return u.chosen
	}
	var list []*column
	for i := range columns {
		c := &columns[i]
		// To a viewer the exporter sends no command lines.
		if c.from <= cells && (c.Name != "cmdline" || u.table.role != "viewer" && u.table.role != "public") {
			list = append(list, c)
		}
	}
	return list
}

// detail lists all that is known of a process.
func (u *ui) detail(p *process) [][2]string {
	var lines [][2]string
	for i := range columns {
		c := &columns[i]
		if v := p.value(c); c.known(v) {
			lines = append(lines, [2]string{c.title, c.cell(v, u.table.time, u.set)})
		}
	}
	var ancestors []string
	byPID := make(map[int]*process, len(u.table.processes))
	for _, other := range u.table.processes {
		byPID[other.pid] = other
	}
	for at, n := byPID[p.ppid], 0; at != nil && n <= len(byPID); at, n = byPID[at.ppid], n+1 {
		ancestors = append(ancestors, fmt.Sprintf("%s (%d)", at.name(), at.pid))
	}
	if len(ancestors) > 0 {
		lines = append(lines, [2]string{"Started by", strings.Join(ancestors, ", by ")})
	}
	return append(lines, [2]string{"To end it", fmt.Sprintf("kill -TERM %d", p.pid)})
}
