package treeapi

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"

	"proctree/tree-api/redact"
)

// Privacy is what the configuration file says about command lines; its keys stand at the
// top level of the file. The zero value shows command lines with their secrets masked.
type Privacy struct {
	// Redact masks secrets on command lines.
	Redact Redaction `yaml:"redact,omitempty"`
	// RedactPatterns are masked in addition to what the program knows by itself; they do
	// nothing where Redact is off.
	RedactPatterns Patterns `yaml:"redact_patterns,omitempty"`
	// Cmdline says whether command lines are shown at all.
	Cmdline CmdlineMode `yaml:"cmdline,omitempty"`
}

// Redaction switches the masking of secrets: "on", the default, or "off".
type Redaction uint8

// The settings of Redaction.
const (
	RedactOn Redaction = iota
	RedactOff
)

// UnmarshalYAML reads a YAML boolean in any of its spellings.
func (r *Redaction) UnmarshalYAML(node *yaml.Node) error {
	var on bool
	if err := node.Decode(&on); err != nil {
		return fmt.Errorf("line %d: redact: must be on or off, not %q", node.Line, node.Value)
	}
	*r = RedactOff
	if on {
		*r = RedactOn
	}
	return nil
}

// CmdlineMode says which command lines are shown: "full", the default, or "none".
type CmdlineMode uint8

// The settings of CmdlineMode.
const (
	CmdlineFull CmdlineMode = iota
	CmdlineNone
)

// UnmarshalYAML reads "full" or "none".
func (m *CmdlineMode) UnmarshalYAML(node *yaml.Node) error {
	switch node.Value {
	case "full":
		*m = CmdlineFull
	case "none":
		*m = CmdlineNone
	default:
		return fmt.Errorf("line %d: cmdline: must be full or none, not %q", node.Line, node.Value)
	}
	return nil
}

// maxPatterns bounds the patterns: each is tried on every argument.
const maxPatterns = 1000

// Patterns are regular expressions (RE2) that are looked for anywhere in each argument: of
// every match the first capture group is masked, or all of it where there is no group.
type Patterns []*regexp.Regexp

// UnmarshalYAML compiles a list of expressions.
func (p *Patterns) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.SequenceNode || len(node.Content) > maxPatterns {
		return fmt.Errorf("line %d: redact_patterns: must be a list of at most %d regular expressions", node.Line, maxPatterns)
	}
	*p = make(Patterns, 0, len(node.Content))
	for i, item := range node.Content {
		var text string
		if err := item.Decode(&text); err != nil || text == "" {
			return fmt.Errorf("line %d: redact_patterns[%d]: must be a regular expression", item.Line, i)
		}
		pattern, err := regexp.Compile(text)
		if err != nil {
			return fmt.Errorf("line %d: redact_patterns[%d]: %w", item.Line, i, err)
		}
		*p = append(*p, pattern)
	}
	return nil
}

// Shower returns the function that masks a command line, or hides it, before it is shown.
func (p Privacy) Shower() func([]string) []string {
	switch {
	case p.Cmdline == CmdlineNone:
		return func([]string) []string { return nil }
	case p.Redact == RedactOff:
		return func(args []string) []string { return args }
	}
	return redact.New(p.RedactPatterns...).Args
}
