package main

import (
	"io"
	"strings"
	"testing"
)

func TestHistoryFlags(t *testing.T) {
	for _, test := range []struct{ flag, want string }{
		{"--history.interval=1ms", "--history.interval: 1ms is less than 500ms"},
		{"--history.interval=2h", "--history.interval: 2h0m0s is more than 1h"},
		{"--history.max-bytes=10KiB", "--history.max-bytes: 10KiB is less than 1MiB"},
		{"--history.max-age=0s", "--history.max-age: must be more than 0"},
		{"--history.min-free=5", `must be a percentage such as 5%`},
		{"--history.min-free=100%", `must be a percentage such as 5%`},
		{"--history.min-free=NaN%", `must be a percentage such as 5%`},
	} {
		if _, err := parseSettings([]string{test.flag}, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.flag, err, test.want)
		}
	}
	s, err := parseSettings([]string{"--history.max-age=30d", "--history.min-free=2.5%", "--history.max-bytes=1GiB"}, io.Discard)
	if err != nil || s.history.minFree != 0.025 || s.history.maxBytes != 1<<30 || s.history.maxAge.String() != "30d" {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestHistoryEnvironment holds the line that switches off the recording of the packages.
func TestHistoryEnvironment(t *testing.T) {
	for _, test := range []struct{ value, want string }{{"/var/lib/proctree/history", "/var/lib/proctree/history"}, {"", ""}} {
		t.Setenv("PROCTREE_HISTORY_DIR", test.value)
		s, err := parseSettings(nil, io.Discard)
		if err != nil || s.history.dir != test.want {
			t.Errorf("%q records into %q, %v", test.value, s.history.dir, err)
		}
	}
}
