package terminal

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// help lists the keys.
var help = [][2]string{
	{"Up Down PgUp PgDn Home End", "Move"},
	{"Left Right", "Scroll the columns"},
	{"/ F3, also \\ F4", "Search; the rows that match and their ancestors stay. Esc clears"},
	{"n N", "Next or previous match"},
	{"u", "Search by user"},
	{"t F5", "Tree or list"},
	{"+ - Space", "Unfold, fold or toggle a row; a folded row shows sums"},
	{"*", "Fold or unfold all rows"},
	{"> . F6", "Choose the column to sort by"},
	{"P M T N", "Sort by CPU, memory, time, PID"},
	{"I", "Turn the order round"},
	{"C F2", "Choose the columns"},
	{"K", "Hide or show threads of the kernel"},
	{"Enter", "Details of a process: all columns, ancestors, the whole command line"},
	{"Z p", "Pause or resume"},
	{"Ctrl-L", "Paint the screen again"},
	{"Ctrl-Z", "Suspend"},
	{"q F10 Ctrl-C", "Quit"},
	{"? h F1", "This list"},
}

// key takes a key by its name, as Up and F1, or the character typed.
func (u *ui) key(k string, cells int) action {
	u.notice = ""
	switch k {
	case "Ctrl-C":
		return quit
	case "Ctrl-Z":
		return suspend
	case "Ctrl-L":
		return repaint
	}
	switch u.mode {
	case searching:
		return u.searchKey(k)
	case sorting, choosing:
		u.menuKey(k, cells)
		return nothing
	case helping, detailing:
		u.textKey(k)
		return nothing
	}
	if u.move(k) || u.view(k) || u.open(k) {
		return nothing
	}
	return u.command(k)
}

// move moves the cursor.
func (u *ui) move(k string) bool {
	page := max(1, u.height-1)
	switch k {
	case "Up":
		u.moveTo(u.at - 1)
	case "Down":
		u.moveTo(u.at + 1)
	case "PgUp":
		u.moveTo(u.at - page)
	case "PgDn":
		u.moveTo(u.at + page)
	case "Home":
		u.moveTo(0)
	case "End":
		u.moveTo(len(u.rows) - 1)
	case "Left":
		u.skipped = max(0, u.skipped-1)
	case "Right":
		u.skipped = min(u.skipped+1, len(columns)-1)
	case "n":
		u.nextMatch(1)
	case "N":
		if u.search == "" {
			u.sortBy("pid")
		} else {
			u.nextMatch(-1)
		}
	default:
		return false
	}
	return true
}

// view changes which rows are shown.
func (u *ui) view(k string) bool {
	r := u.selected()
	switch k {
	case "t", "F5":
		u.shape.tree = !u.shape.tree
		u.refresh()
	case "+", "=":
		u.fold(r, false)
	case "-":
		u.fold(r, true)
	case " ":
		if r != nil {
			u.fold(r, !u.shape.folded[r.id])
		}
	case "*":
		u.foldAll()
	case "P":
		u.sortBy("cpu")
	case "M":
		u.sortBy("memory")
	case "T":
		u.sortBy("cpu_seconds", "user_seconds")
	case "I":
		u.shape.order.descending = !u.shape.order.descending
		u.refresh()
	case "K":
		u.shape.noKernel = !u.shape.noKernel
		u.refresh()
	default:
		return false
	}
	return true
}

// open opens what covers the rows.
func (u *ui) open(k string) bool {
	switch k {
	case "?", "h", "F1":
		u.mode = helping
	case ">", ".", "<", ",", "F6":
		u.mode = sorting
	case "C", "S", "F2":
		u.mode = choosing
	case "Enter":
		if u.selected() == nil {
			return true
		}
		u.mode = detailing
	case "/", "\\", "F3", "F4":
		u.mode, u.input = searching, u.search
	case "u":
		u.mode, u.input = searching, "user:"
	default:
		return false
	}
	u.menu = 0
	if u.mode == sorting {
		u.menu = max(0, slices.Index(sortable(), u.shape.order.by))
	}
	return true
}

// command is what the program around has to do.
func (u *ui) command(k string) action {
	switch k {
	case "q", "Q", "F10":
		return quit
	case "Esc":
		if u.search != "" || u.wrong != nil {
			u.search, u.input, u.wrong = "", "", nil
			return ask
		}
	case "Z", "p":
		u.paused = !u.paused
		return ask
	case "k", "F9", "F7", "F8", "]", "[":
		u.notice = "This program only reads. Enter shows a command that ends the process"
	}
	return nothing
}

// maxSearch is how long a search may be: that of the API.
const maxSearch = 256

// searchKey edits the search.
func (u *ui) searchKey(k string) action {
	switch k {
	case "Esc":
		u.mode, u.input, u.search, u.wrong = browsing, "", "", nil
		return ask
	case "Enter":
		u.mode = browsing
		u.toMatch = true
		u.search = u.input
		return ask
	case "Backspace":
		_, size := utf8.DecodeLastRuneInString(u.input)
		u.input = u.input[:len(u.input)-size]
	case "Ctrl-U":
		u.input = ""
	default:
		r, size := utf8.DecodeRuneInString(k)
		if size != len(k) || !unicode.IsPrint(r) || utf8.RuneCountInString(u.input) >= maxSearch {
			return nothing
		}
		u.input += k
	}
	u.search = u.input
	return askSoon
}

// menuKey moves in a menu and chooses.
func (u *ui) menuKey(k string, cells int) {
	list := sortable()
	if u.mode == choosing {
		list = nil
		for i := range columns {
			list = append(list, &columns[i])
		}
	}
	switch k {
	case "Up":
		u.menu--
	case "Down":
		u.menu++
	case "PgUp":
		u.menu -= u.height
	case "PgDn":
		u.menu += u.height
	case "Home":
		u.menu = 0
	case "End":
		u.menu = len(list) - 1
	case " ", "Enter":
		c := list[u.menu]
		if u.mode == choosing {
			u.toggleColumn(c, u.shown(cells))
			return
		}
		u.mode = browsing
		u.sortByColumn(c)
	case "Esc", "q", "F10", "F2", "F6":
		u.mode = browsing
	}
	u.menu = max(0, min(u.menu, len(list)-1))
}

// textKey scrolls a text and closes it.
func (u *ui) textKey(k string) {
	switch k {
	case "Up":
		u.menu = max(0, u.menu-1)
	case "Down":
		u.menu++
	case "PgUp":
		u.menu = max(0, u.menu-u.height)
	case "PgDn":
		u.menu += u.height
	case "Esc", "q", "Enter", "F1", "F10", "?", "h", "Left":
		u.mode = browsing
	}
}
