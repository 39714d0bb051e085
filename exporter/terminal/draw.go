package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// frame is where things stand on a screen.
type frame struct {
	canvas
	w, h int
	set  charset
}

// line writes a whole line, if the screen has it.
func (f *frame) line(y int, text string, as style) {
	if y >= f.h {
		return
	}
	f.Put(0, y, padRight(f.set.cut(text, f.w), f.w), as)
}

// headLines is how many lines stand above the headings where the screen is high enough.
const headLines = 3

// draw paints everything.
func (u *ui) draw(c canvas, now time.Time) {
	f := &frame{canvas: c, set: u.set}
	f.w, f.h = c.Size()
	if f.w < 1 || f.h < 1 {
		return
	}
	top := 0
	if f.h >= 2*headLines+2 {
		u.drawHead(f, now)
		top = headLines
	} else if f.h > 3 {
		u.drawStatus(f, now)
		top = 1
	}
	u.height = max(1, f.h-top-2)
	u.scroll()
	switch u.mode {
	case helping:
		u.drawText(f, top, "Keys", help)
	case detailing:
		if r := u.selected(); r != nil {
			u.drawText(f, top, fmt.Sprintf("%s, PID %d", r.name(), r.pid), u.detail(r.process))
		}
	case sorting, choosing:
		u.drawMenu(f, top)
	default:
		u.drawRows(f, top)
	}
	u.drawFoot(f)
}

// drawStatus writes the first line: which host, and how fresh.
func (u *ui) drawStatus(f *frame, now time.Time) {
	text, as := u.status(now)
	text = f.set.cut(text, f.w)
	left := plain(strings.TrimSpace(u.about.Name + "  " + u.about.OS + " " + u.about.Kernel))
	f.line(0, f.set.cut(left, f.w-width(text)-2), styleStrong)
	f.Put(f.w-width(text), 0, text, as)
}

func (u *ui) drawHead(f *frame, now time.Time) {
	u.drawStatus(f, now)
	h := u.table.host
	var meters []string
	room := max(14, (f.w-4)/3)
	if h.CPU != nil && u.about.CPUs > 0 {
		meters = append(meters, meter("CPU", room, h.CPU.Busy/float64(u.about.CPUs), fmt.Sprintf("%s/%d", formatCores(h.CPU.Busy), u.about.CPUs)))
	}
	for _, m := range []struct {
		name string
		*amount
	}{{"Mem", h.Memory}, {"Swp", h.Swap}} {
		if m.amount == nil || m.Total <= 0 {
			continue
		}
		left := m.Available
		if left == nil {
			left = m.Free
		}
		if left != nil {
			used := m.Total - *left
			meters = append(meters, meter(m.name, room, used/m.Total, compact(used)+"/"+compact(m.Total)))
		}
	}
	f.line(1, strings.Join(meters, "  "), styleNormal)
	f.line(2, strings.Join(u.counts(), "  "), styleNormal)
}

// counts are the words of the third line.
func (u *ui) counts() []string {
	h := u.table.host
	words := []string{fmt.Sprintf("Processes %d", u.table.total)}
	if u.search != "" || u.table.matched != u.table.total {
		words = append(words, fmt.Sprintf("matched %d", u.table.matched))
	}
	if u.search != "" && u.mode != searching {
		words = append(words, "Search "+plain(u.search))
	}
	if u.wrong != nil {
		return append(words, "Error: "+plain(u.wrong.Error()))
	}
	if len(h.Load) > 0 {
		loads := make([]string, len(h.Load))
		for i, load := range h.Load {
			if loads[i] = "?"; load != nil {
				loads[i] = strconv.FormatFloat(*load, 'f', 2, 64)
			}
		}
		words = append(words, "Load "+strings.Join(loads, " "))
	}
	if h.Uptime != nil {
		words = append(words, "Up "+formatDuration(*h.Uptime))
	}
	return words
}

// compact writes bytes as htop does: 6.03G.
func compact(bytes float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(formatBytes(bytes), " ", ""), "B"), "i")
}

// meter draws a bar as htop does.
func meter(name string, cells int, ratio float64, text string) string {
	inside := max(0, cells-len(name)-2)
	bar := []byte(strings.Repeat(" ", inside))
	for i := range min(inside, int(ratio*float64(inside)+0.5)) {
		bar[i] = '|'
	}
	if len(text) <= inside {
		copy(bar[inside-len(text):], text)
	}
	return name + "[" + string(bar) + "]"
}

// place is where a column stands.
type place struct {
	*column
	cells int
}

// places lays the columns out: each has its width, and name and command line share what is left.
func (u *ui) places(cells int) []place {
	var list []place
	left, flexible := cells, 0
	shown := u.shown(cells)
	skipped := min(u.skipped, max(0, len(shown)-1))
	for _, c := range shown[skipped:] {
		list = append(list, place{c, c.cells})
		left -= c.cells + 1
		if c.cells == 0 {
			flexible++
		}
	}
	const least = 16
	for i := range list {
		p := &list[i]
		if p.column.cells > 0 {
			continue
		}
		p.cells = max(least, left)
		if flexible > 1 && p.Name == "name" {
			p.cells = max(least, left*2/5)
		}
		left -= p.cells
		flexible--
	}
	return list
}

func (u *ui) drawRows(f *frame, top int) {
	list := u.places(f.w)
	f.line(top, u.heading(list), styleBar)
	for i := range u.height {
		at := u.first + i
		if at >= len(u.rows) {
			break
		}
		as := styleNormal
		switch {
		case at == u.at:
			as = styleSelected
		case u.rows[at].context:
			as = styleDim
		}
		f.line(top+1+i, u.rowText(&u.rows[at], list), as)
	}
	if len(u.rows) == 0 && !u.last.IsZero() {
		f.line(top+1, "No process matches.", styleDim)
	}
}

func (u *ui) heading(list []place) string {
	var b strings.Builder
	for _, p := range list {
		title := p.title
		if u.shape.order.by == p.column {
			mark := u.set.up
			if u.shape.order.descending {
				mark = u.set.down
			}
			title = u.set.cut(title, p.cells-1) + mark
		}
		p.write(&b, title, u.set)
	}
	return b.String()
}

// write adds a cell and the space after it.
func (p *place) write(b *strings.Builder, text string, set charset) {
	text = set.cut(text, p.cells)
	if p.IsNumber() {
		text = padLeft(text, p.cells)
	}
	b.WriteString(padRight(text, p.cells) + " ")
}

func (u *ui) rowText(r *row, list []place) string {
	var b strings.Builder
	for i := range list {
		p := &list[i]
		text := p.cell(r.value(p.column), u.table.time, u.set)
		if p.Name == "name" {
			text = u.set.guidesWithin(r, p.cells-leastName) + text
			if r.hidden > 0 {
				text += fmt.Sprintf(" [+%d]", r.hidden)
			}
		}
		p.write(&b, text, u.set)
	}
	return strings.TrimRight(b.String(), " ")
}

// leastName is how many cells of its column a name keeps, however deep it stands.
const leastName = 10

// guidesWithin returns the guides of a row, or its depth and the last of them where there is no room.
func (c charset) guidesWithin(r *row, cells int) string {
	if width(r.guides) <= cells {
		return r.guides
	}
	last := c.last
	if strings.HasSuffix(r.guides, c.branch) {
		last = c.branch
	}
	return strconv.Itoa(r.depth) + last
}

// drawMenu shows columns to choose from.
func (u *ui) drawMenu(f *frame, top int) {
	list, title := sortable(), "Sort by (Enter chooses, Esc closes)"
	shown := u.shown(f.w)
	if u.mode == choosing {
		list, title = nil, "Columns (Space shows or hides, Esc closes)"
		for i := range columns {
			list = append(list, &columns[i])
		}
	}
	f.line(top, title, styleBar)
	first := max(0, u.menu-u.height+1)
	for i := range u.height {
		at := first + i
		if at >= len(list) {
			break
		}
		c := list[at]
		mark := ""
		if u.mode == choosing {
			mark = "[ ] "
			if slices.Contains(shown, c) {
				mark = "[x] "
			}
		}
		as := styleNormal
		if at == u.menu {
			as = styleSelected
		}
		f.line(top+1+i, mark+padRight(c.title, 16)+c.Help, as)
	}
}

// drawText shows pairs of a short and a long text, which is wrapped.
func (u *ui) drawText(f *frame, top int, title string, pairs [][2]string) {
	f.line(top, title, styleBar)
	first := 0
	for _, pair := range pairs {
		first = max(first, width(pair[0]))
	}
	first = min(first, max(8, f.w/3))
	var lines []string
	for _, pair := range pairs {
		head := padRight(f.set.cut(pair[0], first), first) + "  "
		for _, part := range wrapped(pair[1], f.w-width(head)) {
			lines = append(lines, head+part)
			head = strings.Repeat(" ", width(head))
		}
	}
	u.menu = max(0, min(u.menu, len(lines)-u.height))
	for i := range min(u.height, len(lines)-u.menu) {
		f.line(top+1+i, lines[u.menu+i], styleNormal)
	}
}

// wrapped cuts a text into pieces of at most so many cells, after a space where there is one.
func wrapped(text string, cells int) []string {
	var lines []string
	cells = max(2, cells)
	start, used, space := 0, 0, 0
	for i, r := range text {
		w := width(string(r))
		if used+w > cells {
			end := i
			if space > start && r != ' ' {
				end = space
			}
			lines = append(lines, strings.TrimRight(text[start:end], " "))
			start, used = end, width(text[end:i])
		}
		used += w
		if r == ' ' {
			space = i + 1
		}
	}
	return append(lines, text[start:])
}

func (u *ui) drawFoot(f *frame) {
	y := f.h - 1
	if y < 1 {
		return
	}
	switch {
	case u.mode == searching:
		prompt := "Search: "
		room := max(1, f.w-len(prompt)-1)
		text := plain(u.input)
		for width(text) > room {
			_, size := utf8.DecodeRuneInString(text)
			text = text[size:]
		}
		f.line(y, prompt+text, styleBar)
		f.Cursor(min(f.w-1, width(prompt+text)), y)
	case u.notice != "":
		f.line(y, u.notice, styleBar)
	default:
		shape := "Tree"
		if u.shape.tree {
			shape = "List"
		}
		f.line(y, "F1 Help  F2 Columns  F3 Search  F5 "+shape+"  F6 Sort  +/- Fold  Enter Details  F10 Quit", styleBar)
	}
}
