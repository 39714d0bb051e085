// Package rulestest reads rules from the text of a configuration file for tests.
package rulestest

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
)

// LinuxLimits are what Linux makes of names and paths.
func LinuxLimits() rules.Limits { return rules.Limits{LongestName: 15, SlashedPaths: true} }

// Parse compiles the sections of a configuration file.
func Parse(text string, limits rules.Limits) (*rules.Rules, error) {
	var file struct {
		Groups       yaml.Node `yaml:"groups"`
		ProcessNames yaml.Node `yaml:"process_names"`
		Exclude      yaml.Node `yaml:"exclude"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return nil, err
	}
	return rules.New(rules.Sections{
		Groups: &file.Groups, ProcessNames: &file.ProcessNames, Exclude: &file.Exclude, Limits: limits,
	})
}

// Must is Parse for names and paths of any form; it fails the test on an error.
func Must(tb testing.TB, text string) *rules.Rules {
	tb.Helper()
	parsed, err := Parse(text, rules.Limits{})
	if err != nil {
		tb.Fatalf("the rules: %v", err)
	}
	return parsed
}
