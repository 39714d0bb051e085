package treeapi

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Privacy is what the configuration file says about command lines; its keys stand at the
// top level of the file. The zero value shows command lines with their secrets masked.
type Privacy struct {
	// Redact masks secrets on command lines.
	Redact Redaction `yaml:"redact,omitempty"`
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
		return fmt.Errorf("line %d: redact: want on or off, not %q", node.Line, node.Value)
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
		return fmt.Errorf("line %d: cmdline: want full or none, not %q", node.Line, node.Value)
	}
	return nil
}

// cmdline returns the command line as it may be shown.
func (p Privacy) cmdline(args []string) []string {
	if p.Cmdline == CmdlineNone {
		return nil
	}
	return args
}
