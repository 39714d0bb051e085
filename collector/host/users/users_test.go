package users

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestUserNamesRemembers(t *testing.T) {
	asked := 0
	names := New("/", time.Second)
	defer names.Close()
	names.lookup = func(uid uint32) (string, bool) {
		asked++
		return "web", uid == 33
	}
	now := time.Now()
	for _, step := range []struct {
		uid   uint32
		after time.Duration
		want  string
		asked int
	}{
		{33, 0, "web", 1},
		{33, Fresh - 1, "web", 1},
		{33, Fresh, "web", 2},
		{4711, 0, "4711", 3},
		{4711, UnknownFresh - 1, "4711", 3},
		{4711, UnknownFresh, "4711", 4},
	} {
		if got := names.Name(step.uid, now.Add(step.after)); got != step.want || asked != step.asked {
			t.Errorf("uid %d after %v: %q in %d lookups, want %q in %d", step.uid, step.after, got, asked, step.want, step.asked)
		}
	}
}

func TestUserNamesIsBounded(t *testing.T) {
	names := New("/", time.Second)
	defer names.Close()
	names.lookup = func(uint32) (string, bool) { return "", false }
	for uid := range uint32(2 * Max) {
		names.Name(uid, time.Time{})
	}
	if len(names.known) > Max {
		t.Errorf("%d users are remembered, want at most %d", len(names.known), Max)
	}
}

func TestUserNamesDoesNotWaitForADirectoryServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		names := New("/", time.Second)
		defer names.Close()
		names.lookup = func(uint32) (string, bool) { <-release; return "late", true }
		began := time.Now()
		for uid := range uint32(10) {
			if got := names.Name(uid, began); got == "late" {
				t.Errorf("uid %d has a name", uid)
			}
		}
		if took := time.Since(began); took != maxHangingLookups*time.Second {
			t.Errorf("ten lookups took %v", took)
		}
		close(release)
	})
}

func FuzzParsePasswdLine(f *testing.F) {
	f.Add([]byte("root:x:0:0:root:/root:/bin/sh\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		name, uid, ok := parsePasswdLine(line)
		if ok && (name == "" || !strings.Contains(string(line), ":")) {
			t.Errorf("%q is user %d called %q", line, uid, name)
		}
	})
}

func TestUserNamesBelowAnotherRoot(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	passwd := "# comment:x:1:\nroot:x:0:0:root:/root:/bin/sh\nbroken\n:x:7:7\nbad:x:nine:9\nweb:x:33:33::/:\n"
	if err := os.WriteFile(filepath.Join(root, "etc/passwd"), []byte(passwd), 0o644); err != nil {
		t.Fatal(err)
	}
	names := New(root, time.Second)
	defer names.Close()
	for uid, want := range map[uint32]string{0: "root", 33: "web", 1: "1", 7: "7", 9: "9"} {
		if got := names.Name(uid, time.Now()); got != want {
			t.Errorf("uid %d is %q, want %q", uid, got, want)
		}
	}
}
