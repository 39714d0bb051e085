// Package rulestest reads rules from the text of a configuration file for tests.
package rulestest

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
)

// LongestName is how many bytes of a name Linux keeps.
const LongestName = 15

// Parse compiles the sections of a configuration file.
func Parse(text string, longestName int) (*rules.Rules, error) {
	var file struct {
		Groups       yaml.Node `yaml:"groups"`
		ProcessNames yaml.Node `yaml:"process_names"`
		Exclude      yaml.Node `yaml:"exclude"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return nil, err
	}
	return rules.New(rules.Sections{
		Groups: &file.Groups, ProcessNames: &file.ProcessNames, Exclude: &file.Exclude, LongestName: longestName,
	})
}

// Must is Parse for names of any length; it fails the test on an error.
func Must(tb testing.TB, text string) *rules.Rules {
	tb.Helper()
	parsed, err := Parse(text, 0)
	if err != nil {
		tb.Fatalf("the rules: %v", err)
	}
	return parsed
}
