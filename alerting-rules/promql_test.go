package alertingrules

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names are what an expression speaks of.
type names struct {
	// made are the labels that label_replace adds.
	metrics, labels, made map[string]bool
}

var (
	comments    = regexp.MustCompile(`(?m)#.*$`)
	literals    = regexp.MustCompile(`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'`)
	matchers    = regexp.MustCompile(`\{[^}]*\}`)
	matcher     = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`)
	replaced    = regexp.MustCompile(`, "(\w+)"(?:, "[^"]*"){3}\)`)
	labelLists  = regexp.MustCompile(`\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)`)
	durations   = regexp.MustCompile(`\[[^\]]*\]|\boffset\s+-?\w+`)
	identifiers = regexp.MustCompile(`[a-zA-Z_:][\w:]*\s*\(?`)
	keywords    = regexp.MustCompile(`^(?i:and|or|unless|bool|atan2|inf|nan)$`)
)

// namesIn finds the metrics and labels in an expression. It is no parser: it leaves to
// promtool what is no PromQL, and knows what these rules use.
func namesIn(expr string) names {
	found := names{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, m := range replaced.FindAllStringSubmatch(expr, -1) {
		found.made[m[1]] = true
	}
	// Literals first: one may hold a brace or a number sign.
	expr = literals.ReplaceAllString(expr, `""`)
	expr = comments.ReplaceAllString(expr, "")
	for _, braces := range matchers.FindAllString(expr, -1) {
		for _, m := range matcher.FindAllStringSubmatch(braces, -1) {
			found.labels[m[1]] = true
		}
	}
	expr = matchers.ReplaceAllString(expr, "")
	for _, m := range labelLists.FindAllStringSubmatch(expr, -1) {
		for _, label := range regexp.MustCompile(`\w+`).FindAllString(m[1], -1) {
			found.labels[label] = true
		}
	}
	expr = labelLists.ReplaceAllString(expr, " ")
	expr = durations.ReplaceAllString(expr, " ")
	for _, word := range identifiers.FindAllString(expr, -1) {
		word = regexp.MustCompile(`\s+$`).ReplaceAllString(word, "")
		if word[len(word)-1] != '(' && !keywords.MatchString(word) {
			found.metrics[word] = true
		}
	}
	return found
}

func TestNamesIn(t *testing.T) {
	for expr, want := range map[string][2][]string{
		`0.95`:                    {nil, nil},
		`24 * 3600`:               {nil, nil},
		`absent(up{job="a{b#c"})`: {{"up"}, {"job"}},
		`sum without (a, b) (rate(x_total{c=~"d}|e",f!='g'}[5m] offset 1h))`:   {{"x_total"}, {"a", "b", "c", "f"}},
		"a:b:c > on (i) group_left () d # e\nor\nf unless on (j) (time() - g)": {{"a:b:c", "d", "f", "g"}, {"i", "j"}},
		`max by (a) (last_over_time(b[1d:5m])) > bool scalar(c)`:               {{"b", "c"}, {"a"}},
	} {
		got := namesIn(expr)
		if diff := cmp.Diff(want, [2][]string{slices.Sorted(maps.Keys(got.metrics)), slices.Sorted(maps.Keys(got.labels))}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
}
