package alertingrules

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const runbookDir = "../docs/runbooks"

// TestEveryAlertHasARunbook: and no runbook is of no alert. The index has them all.
func TestEveryAlertHasARunbook(t *testing.T) {
	entries, err := os.ReadDir(runbookDir)
	if err != nil {
		t.Fatal(err)
	}
	index := readText(t, filepath.Join(runbookDir, "README.md"))
	books := map[string]bool{"README": true}
	for _, r := range alerts(t) {
		books[r.Alert] = true
		text := readText(t, filepath.Join(runbookDir, r.Alert+".md"))
		for _, part := range []string{"# " + r.Alert + "\n", "## What it means\n", "## What to look at\n", "## What to do\n", "## When to silence it\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("the runbook %s.md has no %q", r.Alert, part)
			}
		}
		if !strings.Contains(index, "]("+r.Alert+".md)") {
			t.Errorf("the index of runbooks leaves out %s", r.Alert)
		}
	}
	for _, e := range entries {
		if !books[strings.TrimSuffix(e.Name(), ".md")] {
			t.Errorf("%s is the runbook of no alert", e.Name())
		}
	}
}

// TestRunbooksBeginWithTheMoment: where an alert links to the processes of the moment, so does its runbook, with
// the command that reports what happened around it.
func TestRunbooksBeginWithTheMoment(t *testing.T) {
	for _, r := range alerts(t) {
		if r.Annotations["tree_url"] == "" {
			continue
		}
		link := "`http://web1:10056/#time="
		if strings.Contains(r.Annotations["tree_url"], "#group=") {
			link = "`http://web1:10056/#group=app&time="
		}
		begin, _, _ := strings.Cut(readText(t, filepath.Join(runbookDir, r.Alert+".md")), "## What it means\n")
		for _, part := range []string{link, "\nproctree_exporter history report --from="} {
			if !strings.Contains(begin, part) {
				t.Errorf("the runbook %s.md does not begin with %s", r.Alert, strings.TrimSpace(part))
			}
		}
	}
}

// queriesIn returns the queries in the runbook of an alert, which blank lines separate.
func queriesIn(t *testing.T, alert string) []string {
	t.Helper()
	var all []string
	text := readText(t, filepath.Join(runbookDir, alert+".md"))
	for _, m := range regexp.MustCompile("(?ms)^```promql\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Split(strings.TrimSpace(m[1]), "\n\n")...)
	}
	if len(all) == 0 {
		t.Errorf("%s.md has no query", alert)
	}
	return all
}

// TestRunbooksAskForWhatThereIs: their queries are PromQL, about series that exist.
func TestRunbooksAskForWhatThereIs(t *testing.T) {
	metrics := exported(t)
	metrics["scrape_duration_seconds"], metrics["scrape_samples_scraped"] = map[string]bool{}, map[string]bool{}
	for _, r := range load(t) {
		if r.Record != "" {
			metrics[r.Record] = map[string]bool{}
		}
	}
	var rules strings.Builder
	rules.WriteString("groups:\n- name: runbooks\n  rules:\n")
	for _, r := range alerts(t) {
		for i, query := range queriesIn(t, r.Alert) {
			for name := range namesIn(query).metrics {
				if metrics[name] == nil {
					t.Errorf("%s.md asks for %s, which nobody exports or records", r.Alert, name)
				}
			}
			fmt.Fprintf(&rules, "  - record: %s:query:%d\n    expr: %q\n", r.Alert, i, query)
		}
	}
	file := filepath.Join(t.TempDir(), "runbooks.yml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}
