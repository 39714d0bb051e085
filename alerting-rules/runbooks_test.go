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

// linkless are the alerts whose messages have no link to the processes, and why: it would lead nowhere. Their
// runbooks say so, and what can be asked instead.
var linkless = map[string]string{
	"ExporterAbsent": "it is about no single host",
	"ExporterDown":   "no exporter answers",
	"ExporterGone":   "the host may be shut down",
}

// TestRunbooksBeginWithTheMoment: each begins with the page at the moment of the alert and the command that
// reports what happened around it, and says why if the message does not link to the page.
func TestRunbooksBeginWithTheMoment(t *testing.T) {
	for _, r := range alerts(t) {
		reason := linkless[r.Alert]
		if (r.Annotations["tree_url"] == "") != (reason != "") {
			t.Errorf("%s: tree_url is %q, and the reason to have none is %q", r.Alert, r.Annotations["tree_url"], reason)
		}
		first := "Follow *Processes* in the message to the processes at the moment when the alert began: "
		if reason != "" {
			first = "The message has no link to the processes, because " + reason
		}
		link := "`http://web1:10056/#time="
		if strings.Contains(r.Annotations["tree_url"], "#group=") {
			link = "`http://web1:10056/#group=app&time="
		}
		begin, _, _ := strings.Cut(readText(t, filepath.Join(runbookDir, r.Alert+".md")), "## What it means\n")
		for _, part := range []string{"\n" + first, link, "\nproctree_exporter history report --from="} {
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
