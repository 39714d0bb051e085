package main

import (
	"regexp"
	"strings"
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
