package alertingrules

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the tables of the README again")

// rule is a recording or an alerting rule: Record or Alert is set.
type rule struct {
	Record, Alert, Expr, For string
	KeepFiringFor            string `yaml:"keep_firing_for"`
	Labels, Annotations      map[string]string

	// file is the name without its extension; comment is what stands above the rule.
	file, comment string
}

// name is what the rule records or how the alert is called.
func (r *rule) name() string { return r.Record + r.Alert }

// isThreshold reports whether the rule is a limit of alerts.
func (r *rule) isThreshold() bool { return strings.HasPrefix(r.Record, thresholdPrefix) }

const thresholdPrefix = "proctree:threshold:"

// ruleFiles are the files that Prometheus loads.
func ruleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files: %v", err)
	}
	return files
}

// load returns all rules, in the order of the files' names.
func load(t *testing.T) []*rule {
	t.Helper()
	var all []*rule
	for _, name := range ruleFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Groups []struct {
				Rules []yaml.Node
			}
		}
		if err := yaml.Unmarshal(text, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, g := range file.Groups {
			for _, node := range g.Rules {
				r := &rule{file: strings.TrimSuffix(name, ".yml"), comment: node.HeadComment}
				if err := node.Decode(r); err != nil {
					t.Fatalf("%s: line %d: %v", name, node.Line, err)
				}
				all = append(all, r)
			}
		}
	}
	return all
}

// alerts returns the alerting rules.
func alerts(t *testing.T) []*rule {
	t.Helper()
	return slices.DeleteFunc(load(t), func(r *rule) bool { return r.Alert == "" })
}

// readText returns the content of a file.
func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
