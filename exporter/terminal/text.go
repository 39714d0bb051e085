package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// plain returns a text without anything that a terminal could take for a command: any local user
// chooses names and arguments of processes. Control characters of both sets (ECMA-48), characters
// that change the direction of writing, invisible ones, and bytes that are not UTF-8 are written
// as in a Go string.
func plain(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r):
			b.WriteString(s[:size])
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		s = s[size:]
	}
	return b.String()
}

// plain returns what may be shown of a text. Where the terminal does not take UTF-8, its bytes could be
// control characters of an 8-bit set, so that only ASCII is left as it is.
func (c charset) plain(s string) string {
	s = plain(s)
	if c != asciiSet {
		return s
	}
	quoted := strconv.QuoteToASCII(s)
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(quoted[1 : len(quoted)-1])
}

func isPlain(s string) bool {
	for _, r := range s {
		// The replacement character may stand for a byte that is not UTF-8.
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// width returns how many cells of a terminal a text takes: letters of East Asia take two,
// combining marks none.
func width(s string) int { return displaywidth.String(s) }

// cut shortens a text to so many cells; what is cut off leaves a mark.
func (c charset) cut(s string, cells int) string {
	if cells <= 0 {
		return ""
	}
	if len(s) <= cells || width(s) <= cells {
		return s
	}
	return displaywidth.TruncateString(s, cells, c.more)
}

// padRight and padLeft fill a text up to so many cells.
func padRight(s string, cells int) string { return s + strings.Repeat(" ", max(0, cells-width(s))) }

func padLeft(s string, cells int) string { return strings.Repeat(" ", max(0, cells-width(s))) + s }

// charset is what lines are drawn with.
type charset struct {
	// branch leads to a process that has siblings below it, last to one that has none; bar
	// passes by, and blank is where nothing passes.
	branch, last, bar, blank string
	// more marks what is cut off.
	more string
	// unknown stands for a value that is not known.
	unknown string
	// down and up are the directions of a sort.
	down, up string
}

// unicodeSet is for terminals that show UTF-8, asciiSet for all others.
var (
	unicodeSet = charset{branch: "├─ ", last: "└─ ", bar: "│  ", blank: "   ", more: "…", unknown: "–", down: "▼", up: "▲"}
	asciiSet   = charset{branch: "|- ", last: "`- ", bar: "|  ", blank: "   ", more: "~", unknown: "-", down: "v", up: "^"}
)

// newCharset chooses by the variables that say the locale, the first that is set (POSIX, "Internationalization
// Variables"). Windows has none of them, and shows UTF-8.
func newCharset(getenv func(string) string, windows bool) charset {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			if strings.Contains(value, "utf-8") || strings.Contains(value, "utf8") {
				return unicodeSet
			}
			return asciiSet
		}
	}
	if windows {
		return unicodeSet
	}
	return asciiSet
}

// quote writes an argument so that a POSIX shell takes it as it is (XCU 2.2.2): people copy from
// the terminal, and an argument may hold $(…).
func quote(argument string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	if argument != "" && strings.IndexFunc(argument, func(r rune) bool { return !safe(r) }) < 0 {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}
