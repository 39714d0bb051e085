package alertingrules

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestJoinsOfTheDocumentation holds the queries of docs/containers.md to those that TestRulesBehave runs.
func TestJoinsOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../docs/containers.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("tests/kubernetes_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	ran := strings.Join(strings.Fields(string(tests)), " ")
	queries := regexp.MustCompile("(?s)```promql\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(queries) == 0 {
		t.Fatal("the page has no query")
	}
	for _, query := range queries {
		if !strings.Contains(ran, strings.Join(strings.Fields(query[1]), " ")) {
			t.Errorf("tests/kubernetes_test.yml does not run\n%s", query[1])
		}
	}
}
