package main

import (
	"regexp"
	"strings"
	"testing"
)

var labelValuesCall = regexp.MustCompile(`^label_values\((.*), *(\w+)\)$`)

// variableExpr gives the PromQL in a variable's query, and for label_values the label.
func variableExpr(v variableJSON) (expr, label string) {
	if m := labelValuesCall.FindStringSubmatch(v.Definition); m != nil {
		return m[1], m[2]
	}
	expr = strings.TrimPrefix(v.Definition, "query_result(")
	return strings.TrimSuffix(expr, ")"), ""
}

// TestValuesOfLabels: names of processes have quotes, commas and braces in them.
func TestValuesOfLabels(t *testing.T) {
	tests := map[string]string{
		`{group="sh"} 0.5 1790000000000`:                        "sh",
		`{group="sh",instance="web1:10056",job="proctree"} 1 2`: "sh",
		`{group=""quote\6"} 1 2`:                                `"quote\6`,
		`{group="a) S 1 ("b\",instance="web1"} 1 2`:             `a) S 1 ("b\`,
		`{instance="web1",group="}{,"} 1 2`:                     "}{,",
		`{instance="web1"} 1 2`:                                 "",
	}
	for text, want := range tests {
		var got string
		if m := regexp.MustCompile(strings.Trim(valueOf("group"), "/")).FindStringSubmatch(text); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
