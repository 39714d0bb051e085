package procfs

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
)

// statUpTo42 is a file stat whose field 42 is text.
func statUpTo42(name, text string) string {
	return "7 (" + name + ") S " + strings.Repeat("1 ", statBlockIO-4) + text + " 0 0\n"
}

func TestParseBlockIO(t *testing.T) {
	for _, test := range []struct {
		file string
		want time.Duration
		ok   bool
	}{
		{statUpTo42("a", "0"), 0, true},
		{statUpTo42("a", "123"), 1230 * time.Millisecond, true},
		{statUpTo42("a) S 1 2 (b", "7"), 70 * time.Millisecond, true},
		{statUpTo42("a", "-1"), 0, false},
		{statUpTo42("a", "x"), 0, false},
		{statUpTo42("a", "18446744073709551615"), 0, false},
		{"7 (a) S 1 1 1\n", 0, false},
		{"", 0, false},
	} {
		if got, ok := parseBlockIO([]byte(test.file)); got != test.want || ok != test.ok {
			t.Errorf("%q: %v, %t; want %v, %t", test.file, got, ok, test.want, test.ok)
		}
	}
}

func FuzzParseBlockIO(f *testing.F) {
	for _, text := range []string{statUpTo42("a", "1"), "7 (a) S", ")", ") ", statUpTo42("\xff)", "99999999999999999999")} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if waited, ok := parseBlockIO(file); waited < 0 || !ok && waited != 0 {
			t.Errorf("%q: %v, %t", file, waited, ok)
		}
	})
}

// TestDelaysNow: a process that began before delays were switched on is not counted, unless they
// were on from the boot.
func TestDelaysNow(t *testing.T) {
	const now = 500
	for name, test := range map[string]struct {
		files  map[string]string
		before delays
		want   delays
	}{
		"no such file": {want: delays{}},
		"off":          {files: map[string]string{"sys/kernel/task_delayacct": "0\n"}, before: delays{on: true}, want: delays{}},
		"empty":        {files: map[string]string{"sys/kernel/task_delayacct": ""}, want: delays{}},
		"just on":      {files: map[string]string{"sys/kernel/task_delayacct": "1\n", "cmdline": "quiet nodelayacct\n"}, want: delays{on: true, from: now}},
		"still on":     {files: map[string]string{"sys/kernel/task_delayacct": "1\n"}, before: delays{on: true, from: 3}, want: delays{on: true, from: 3}},
		"from the boot": {
			files: map[string]string{"sys/kernel/task_delayacct": "1\n", "cmdline": "quiet delayacct\n"}, want: delays{on: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			hosttest.WriteFiles(t, root, test.files)
			proc, err := Open(filepath.Clean(root))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = proc.Close() }()
			if got := delaysNow(proc, test.before, now); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}
