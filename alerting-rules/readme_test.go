package alertingrules

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	// action is a part of a template that stands for something else.
	action = regexp.MustCompile(`\{\{[^}]*\}\}`)
	// choice is a part that depends on a label, such as a unit.
	choice = regexp.MustCompile(`\{\{ if .*?\{\{ end \}\}`)
)

// sample is a summary as it reads for some host, group and value.
func sample(summary string) string {
	return action.ReplaceAllStringFunc(choice.ReplaceAllString(summary, ""), func(template string) string {
		if m := regexp.MustCompile(`\$labels\.(\w+)`).FindStringSubmatch(template); m != nil {
			return strings.ToUpper(m[1])
		}
		if strings.Contains(template, "Percentage") {
			return "N%"
		}
		return "N"
	})
}

// limits lists the thresholds of an alert with their values.
func limits(r *rule, all []*rule) string {
	uses := namesIn(r.Expr).metrics
	var list []string
	for _, t := range all {
		if t.isThreshold() && uses[t.Record] {
			value := strings.TrimSpace(strings.SplitN(t.Expr, "#", 2)[0])
			for _, of := range t.Labels {
				value = of + " " + value
			}
			list = append(list, fmt.Sprintf("`%s` %s", strings.TrimPrefix(t.Record, thresholdPrefix), value))
		}
	}
	return strings.Join(list, ", ")
}

// alertTable describes the alerts of a file.
func alertTable(file string, all []*rule) string {
	var out strings.Builder
	out.WriteString("| alert | severity | says | for | limits |\n|---|---|---|---|---|\n")
	for _, r := range all {
		if r.Alert == "" || r.file != file {
			continue
		}
		fmt.Fprintf(&out, "| [%s](../docs/runbooks/%s.md) | %s | %s | %s | %s |\n", r.Alert, r.Alert,
			r.Labels["severity"], sample(r.Annotations["summary"]), r.For, limits(r, all))
	}
	return out.String()
}

// recordTable describes the recorded series, limits aside.
func recordTable(all []*rule) string {
	var out strings.Builder
	out.WriteString("| series | |\n|---|---|\n")
	seen := map[string]bool{}
	for _, r := range all {
		if r.Record == "" || r.isThreshold() || r.file+".yml" == nodeNamesFile || seen[r.Record] {
			continue
		}
		seen[r.Record] = true
		lines := strings.Split(r.comment, "\n")
		for i := range lines {
			lines[i] = strings.TrimPrefix(lines[i], "# ")
		}
		fmt.Fprintf(&out, "| `%s` | %s |\n", r.Record, strings.Join(lines, " "))
	}
	return out.String()
}

// TestReadmeIsRight compares the tables of the README with the rules.
func TestReadmeIsRight(t *testing.T) {
	all, text := load(t), readText(t, "README.md")
	files := []string{"recorded"}
	for _, r := range all {
		if r.Alert != "" && !slices.Contains(files, r.file) {
			files = append(files, r.file)
		}
	}
	want := text
	for _, name := range files {
		table := recordTable(all)
		if name != "recorded" {
			table = alertTable(name, all)
		}
		place := regexp.MustCompile(`(?s)(<!-- table: ` + name + " -->\n).*?(<!-- end -->)")
		if !place.MatchString(want) {
			t.Errorf("README.md has no place for the table of %s", name)
		}
		want = place.ReplaceAllString(want, "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("README.md is not what the rules say (go test ./alerting-rules -update writes it again):\n%s", diff)
	}
}

// TestEveryRecordedSeriesIsExplained: the README takes its words from the comments.
func TestEveryRecordedSeriesIsExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, r := range load(t) {
		if r.comment != "" {
			explained[r.name()] = true
		}
		if r.Record != "" && !r.isThreshold() && r.file+".yml" != nodeNamesFile && !explained[r.Record] {
			t.Errorf("%s has no comment", r.Record)
		}
	}
}
