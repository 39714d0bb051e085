package collector

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := make(map[string]bool)
	for _, spec := range Table() {
		if seen[spec.Name] || !name.MatchString(spec.Name) {
			t.Errorf("bad or repeated name %q", spec.Name)
		}
		seen[spec.Name] = true
		if !strings.HasSuffix(spec.Help, ".") {
			t.Errorf("%s: help is no sentence: %q", spec.Name, spec.Help)
		}
	}
}

func TestSelect(t *testing.T) {
	set, err := NewSet([]string{"group_io", "group_cpu", "scan"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name             string
		collect, exclude []string
		want             []string
		wantErr          string
	}{
		{name: "everything", want: []string{"scan", "group_cpu", "group_io"}},
		{name: "collect", collect: []string{"group_io", "scan"}, want: []string{"scan", "group_io"}},
		{name: "twice", collect: []string{"scan", "scan"}, want: []string{"scan"}},
		{name: "exclude", exclude: []string{"group_io"}, want: []string{"scan", "group_cpu"}},
		{name: "exclude all", exclude: []string{"group_io", "scan", "group_cpu"}},
		{name: "both", collect: []string{"scan"}, exclude: []string{"scan"}, wantErr: errBoth.Error()},
		{name: "unknown", collect: []string{"nope\n"}, wantErr: `missing collector: "nope\n"`},
		{name: "empty", collect: []string{""}, wantErr: `missing collector: ""`},
		{name: "disabled", collect: []string{"process_io"}, wantErr: `disabled collector: "process_io"`},
		{name: "exclude unknown", exclude: []string{"nope"}, wantErr: `missing collector: "nope"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			selected, err := set.Select(tt.collect, tt.exclude)
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr {
					t.Fatalf("error %v, want %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, append([]string(nil), selected.Names()...)); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
		})
	}
	if got := len(set.Names()); got != 3 {
		t.Errorf("selecting changed the set: %d left", got)
	}
}

func TestNewSetRefusesUnknownNames(t *testing.T) {
	if _, err := NewSet([]string{"scan", "nope"}, Options{}); err == nil {
		t.Error("no error")
	}
}

// TestNodeExporterCollectors: the collectors of the host are known by node_exporter's names,
// and have its metrics of collectors, under its namespace.
func TestNodeExporterCollectors(t *testing.T) {
	set, err := NewSet([]string{"processes", "system_cpu", "system_arp"}, Options{SystemNamespace: "node"})
	if err != nil {
		t.Fatal(err)
	}
	selected, err := set.Select([]string{"arp", "system_cpu", "processes"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"processes", "system_cpu", "system_arp"}, selected.Names()); diff != "" {
		t.Errorf("selected (-want +got):\n%s", diff)
	}
	got := gatherSystem(t, set)
	for text, want := range map[string]bool{
		`node_scrape_collector_success{collector="cpu"} 1`:            true,
		`node_scrape_collector_success{collector="arp"} 1`:            true,
		`proctree_scrape_collector_success{collector="system_arp"} 1`: true,
		`proctree_scrape_collector_success{collector="processes"} 0`:  true,
		`node_scrape_collector_success{collector="processes"}`:        false,
		`node_scrape_collector_success{collector="system_cpu"}`:       false,
		`node_scrape_collector_duration_seconds{collector="cpu"}`:     false, // The text leaves it out.
	} {
		if strings.Contains(got, text) != want {
			t.Errorf("%s is there: %v, in\n%s", text, !want, got)
		}
	}
}
