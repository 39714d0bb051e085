package report

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestHostileNames holds that no name of a process becomes markup, moves a cursor or turns a line around.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{
		"<script>alert(1)</script>", "\x1b[2J\x1b]0;title\a", "a\nb\rc\td", "\u202egpj.exe", "\xff\xfe", "{{.Title}}", `" onmouseover="x`, "</td></tr></table>", strings.Repeat("long", 1000),
	} {
		e := Entry{ID: "1-1", PID: 1, Name: name, Cmdline: []string{name, name}, User: name, Unit: name, PPID: 2, Parent: name, ParentCmdline: []string{name}, Reason: "SIGSEGV"}
		list := List{Count: 1, Entries: []Entry{e}}
		r := &Report{
			Host: name, OOMKills: list, Crashes: list, Failed: list, Killed: list, Started: list, Ended: list, ShortLived: list,
			Restarted: []Restart{{Before: e, After: e, Times: 1}}, Storms: []Storm{{Name: name, Processes: 1, Example: e}},
			TopCPU: []Share{{Process: &e, Value: 1}}, Grew: GrownList{Count: 1, Entries: []Growth{{Entry: e}}}, Limits: []NearLimit{{Entry: e, What: "open_fds"}},
		}
		var text, page strings.Builder
		if err := r.WriteText(&text, time.UTC); err != nil {
			t.Fatal(err)
		}
		if err := r.WriteHTML(&page, time.UTC); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]string{"text": text.String(), "page": page.String()} {
			if strings.ContainsAny(got, "\x1b\a\r\t\u202e") || !utf8.ValidString(got) || strings.Contains(got, strings.Repeat("long", 101)) {
				t.Errorf("%q: the %s has what a terminal obeys, or is too long: %q", name, what, got)
			}
		}
		for tag, want := range map[string]int{"<script": 0, "<td": strings.Count(page.String(), "</td>"), "<table": 12, "onmouseover=\"": 0} {
			if n := strings.Count(page.String(), tag); n != want {
				t.Errorf("%q: %d of %s in the page, want %d", name, n, tag, want)
			}
		}
	}
}
