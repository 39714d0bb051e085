package redact

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// hostile are pieces of command lines that, repeated or mixed, make the rules look far ahead.
var hostile = []string{
	"'", `"`, `\`, `\"`, "=", ":", "://", "a:b@", "user=", "?key=", "&", ",", ";", " ", "password=", "pw={", "token: ", "eyJ-",
	"eyJa.", "auth(", `set("`, "(", "[", "{", "}", ")", "-", "--", "-p", "/", "$(", "`", "|", "sudo ", "docker ", "login ",
	"echo x|", "authorization:", "cookie: ", "identified by ", "to user ", "conn a/", "set password for ", "-----BEGIN ",
	"sp_password ", "send ", "assword", "<password>", `name="password" value=`, "jdbc:oracle:", "hooks.slack.com/services/",
	"sh -c '", "ssh h \"", "AKIA", "x", "é", "\xff", "\x00", "\n", "a.b-c", "open -u a,", "bearer ", "--token ", "%", "@", "@tcp(",
}

// TestWorkIsBounded counts the work on hostile command lines: it must grow no faster than
// they do, and stay below the bound at which everything is masked.
func TestWorkIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		pieces := make([]string, 1+random.IntN(4))
		for i := range pieces {
			pieces[i] = hostile[random.IntN(len(hostile))]
		}
		piece := strings.Join(pieces, "")
		for _, size := range []int{1 << 9, 1 << 13} {
			text := strings.Repeat(piece, size/len(piece))
			checkWork(t, []string{"app", text})
			checkWork(t, slices.Repeat([]string{piece}, size/64))
			checkWork(t, []string{"sh", "-c", "run " + text})
		}
	}
}

func checkWork(t *testing.T, args []string) {
	t.Helper()
	m := newMasker(args)
	most := m.left
	m.args(args, 0)
	if used := most - m.left; used > most/2 {
		t.Errorf("%d of %d bytes of work for %.80q…", used, most, args)
	}
}

func TestWithoutWorkLeftAllIsMasked(t *testing.T) {
	m := &masker{left: 10}
	if got := m.args([]string{"app", "--colour=green and blue"}, 0); got[1] != Mask {
		t.Errorf("an argument that was not looked at is shown: %q", got)
	}
}

// TestTablesSaySomething holds that no row of the tables is without effect.
func TestTablesSaySomething(t *testing.T) {
	for _, row := range tools {
		if row.names == "" {
			t.Errorf("a row without a name: %+v", row)
		}
		for name := range strings.FieldsSeq(row.names) {
			if name != strings.ToLower(name) {
				t.Errorf("%s: names are in small letters", name)
			}
		}
	}
	for name, p := range programs.byName {
		if len(p.usages) > maxUsages {
			t.Errorf("%s has %d usages, room is for %d", name, len(p.usages), maxUsages)
		}
	}
	for _, s := range shapes {
		end, ok := tokenEnd(s.prefix+strings.Repeat("a.", 1)+strings.Repeat("a", s.min), 0)
		if s.dots && (!ok || end == 0) || !s.dots && s.prefix == "" {
			t.Errorf("%s is not recognized", s.prefix)
		}
	}
	for callee := range callees {
		if callee != strings.ToLower(callee) {
			t.Errorf("%s: names are in small letters", callee)
		}
	}
}
