package system

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVMStat(t *testing.T) {
	filter := Filter{Include: regexp.MustCompile(DefaultVMStatInclude)}
	text := "nr_dirty x\npgfault 12\r\n\noom_kill 3\nworkingset 1\npgfault 13\npgmajfault -1\n" +
		"pgpgin 18446744073709551615\npgpgout\n\x00\npswpin 4\npswpout 7"
	var d Damage
	got := parseVMStat(text, filter, &d)
	want := []Counter{{"pgfault", 12}, {"oom_kill", 3}, {"pswpin", 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// pgfault twice, a negative counter, one that wrapped, one without value, one without name,
	// one that may go on.
	wantLost(t, &d, 6)
}
