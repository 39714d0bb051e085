package alertingrules

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	// runbookBase lets an external label of Prometheus say where the runbooks are served.
	runbookBase = `{{ or $externalLabels.runbooks "docs/runbooks" }}`
	// pageBase lets another one say where the live trees are. Without it there is no link, for it would be a
	// guess: an exporter without tokens answers nobody but its own host.
	pageBase = `{{ with $externalLabels.page }}{{ reReplaceAll "[{]instance[}]" $labels.instance . }}`
	// maxSummary is what is left of a short message beside who sent it and why.
	maxSummary = 100
)

// TestEveryAlertIsComplete: it says how bad it is, what to do, and where to look.
func TestEveryAlertIsComplete(t *testing.T) {
	for _, r := range alerts(t) {
		if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) || len(r.Labels) != 1 {
			t.Errorf("%s: labels are %v, want a severity and nothing else", r.Alert, r.Labels)
		}
		for name, value := range r.Annotations {
			if !slices.Contains([]string{"summary", "description", "tree_url", "runbook_url"}, name) || value == "" {
				t.Errorf("%s: annotation %s is %q", r.Alert, name, value)
			}
		}
		if got, want := r.Annotations["runbook_url"], runbookBase+"/"+r.Alert+".md"; got != want {
			t.Errorf("%s: runbook_url is %s, want %s", r.Alert, got, want)
		}
		if url := r.Annotations["tree_url"]; url != "" && url != pageBase+"{{ end }}" && url != pageBase+"#group={{ $labels.group | urlquery }}{{ end }}" {
			t.Errorf("%s: tree_url is %s", r.Alert, url)
		}
		if !strings.HasSuffix(strings.TrimSpace(r.Annotations["description"]), ".") {
			t.Errorf("%s: the description is no sentence: %q", r.Alert, r.Annotations["description"])
		}
	}
}

// ruleTests is a file of tests of promtool.
type ruleTests struct {
	Tests []struct {
		Name   string
		Alerts []struct {
			Name     string `yaml:"alertname"`
			Expected []struct {
				Annotations map[string]string `yaml:"exp_annotations"`
			} `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
	}
}

// loadTests returns the tests of all files.
func loadTests(t *testing.T) ruleTests {
	t.Helper()
	files, err := filepath.Glob("tests/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all ruleTests
	for _, name := range files {
		var file ruleTests
		if err := yaml.Unmarshal([]byte(readText(t, name)), &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all.Tests = append(all.Tests, file.Tests...)
	}
	return all
}

// TestEveryAlertIsTested: each alert has a test in which it fires, and one in which it never
// does, both of its name; and what it says is short enough for a short message.
func TestEveryAlertIsTested(t *testing.T) {
	fires, quiet := map[string]int{}, map[string]int{}
	for _, test := range loadTests(t).Tests {
		if len(test.Alerts) == 0 {
			continue // About recorded series.
		}
		alert, _, ok := strings.Cut(test.Name, ": ")
		if !ok {
			t.Errorf("the test %q does not begin with an alert and a colon", test.Name)
		}
		fired, checked := false, false
		for _, check := range test.Alerts {
			for _, e := range check.Expected {
				if n := len([]rune(e.Annotations["summary"])); n > maxSummary {
					t.Errorf("%s: the summary has %d characters: %s", check.Name, n, e.Annotations["summary"])
				}
			}
			if check.Name == alert {
				checked = true
				fired = fired || len(check.Expected) > 0
			}
		}
		switch {
		case !checked:
			t.Errorf("the test %q does not look at %s", test.Name, alert)
		case fired:
			fires[alert]++
		default:
			quiet[alert]++
		}
	}
	for _, r := range alerts(t) {
		if fires[r.Alert] == 0 || quiet[r.Alert] == 0 {
			t.Errorf("%s fires in %d tests and is quiet in %d; want one of each at least", r.Alert, fires[r.Alert], quiet[r.Alert])
		}
	}
}
