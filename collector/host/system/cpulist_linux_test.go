package system

import (
	"strings"
	"testing"
)

func TestParseCPUList(t *testing.T) {
	for text, want := range map[string]struct {
		cpus string
		odd  bool
	}{
		"\n": {}, "": {}, "0\n": {cpus: "0"}, "1,3-5,9\n": {cpus: "1 3 4 5 9"},
		"1,x,3": {"1 3", true}, "5-3": {"", true}, "0-4294967295": {"", true}, "-1": {"", true}, "1,": {"1", true},
	} {
		var d Damage
		if got := strings.Join(parseCPUList("list", text, &d), " "); got != want.cpus || (d.Err() != nil) != want.odd {
			t.Errorf("%q: %q, error %v, want %q", text, got, d.Err(), want.cpus)
		}
	}
}
