package system

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMeminfo(t *testing.T) {
	got, err := parseMeminfo("MemTotal:   16 kB\nActive(anon):  1 kB\nHugePages_Total:       2\n\nno colon\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []MemoryField{{"MemTotal", 16384, true}, {"Active(anon)", 1024, true}, {"HugePages_Total", 2, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, wantErr := range map[string]string{
		"MemTotal: x kB": "/proc/meminfo: MemTotal: ",
		"MemTotal: 1 MB": `/proc/meminfo: MemTotal: unknown unit "MB"`,
		"MemTotal:":      "/proc/meminfo: MemTotal: ",
	} {
		if _, err := parseMeminfo(text); err == nil || !strings.HasPrefix(err.Error(), wantErr) {
			t.Errorf("%q: error %v, want %s", text, err, wantErr)
		}
	}
}

func TestParseVMStat(t *testing.T) {
	filter := Filter{Include: regexp.MustCompile(DefaultVMStatInclude)}
	got, err := parseVMStat("nr_dirty x\npgfault 12\noom_kill 3\nworkingset 1\npgmajfault 4", filter)
	if err != nil {
		t.Fatal(err)
	}
	want := []Counter{{"pgfault", 12}, {"oom_kill", 3}, {"pgmajfault", 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := parseVMStat("pgfault -1\n", filter); err == nil {
		t.Error("a negative counter is no error")
	}
}

func FuzzParseMeminfo(f *testing.F) {
	f.Add("MemTotal:   16 kB\nHugePages_Total: 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		fields, err := parseMeminfo(text)
		if err == nil && len(fields) > strings.Count(text, ":") {
			t.Errorf("%d fields in %q", len(fields), text)
		}
	})
}
