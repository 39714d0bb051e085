package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
	treeapi "proctree/tree-api"
	"proctree/tree-api/control"
)

// config is what the configuration file says. The zero value is that of no file.
type config struct {
	rules   *rules.Rules
	privacy treeapi.Privacy
	// control is what controllers may touch; nil without the section.
	control *control.Rules
}

// systemLimits are what the kernel makes of names and paths. Linux keeps 15 bytes of a name
// (TASK_COMM_LEN of sched.h; threads of the kernel may have more), and its paths begin with "/"
// (proc_pid_exe(5), cgroups(7)).
func systemLimits() rules.Limits {
	if runtime.GOOS == "linux" {
		return rules.Limits{LongestName: 15, SlashedPaths: true}
	}
	return rules.Limits{}
}

// configKeys are the keys at the top level of the file.
func configKeys() []string {
	return []string{"groups", "process_names", "exclude", "redact", "redact_patterns", "cmdline", "control"}
}

// parseConfig reads the text of a configuration file.
func parseConfig(data []byte) (*config, error) {
	sections, err := splitSections(data)
	if err != nil {
		return nil, err
	}
	compiled, err := rules.New(rules.Sections{
		Groups:       sections["groups"],
		ProcessNames: sections["process_names"],
		Exclude:      sections["exclude"],
		Limits:       systemLimits(),
	})
	if err != nil {
		return nil, err
	}
	c := &config{rules: compiled}
	if c.control, err = control.Parse(sections["control"]); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		key  string
		into any
	}{
		{"redact", &c.privacy.Redact},
		{"redact_patterns", &c.privacy.RedactPatterns},
		{"cmdline", &c.privacy.Cmdline},
	} {
		section := sections[part.key]
		if section == nil || section.Tag == "!!null" {
			continue
		}
		if err := section.Decode(part.into); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// splitSections returns the values of the keys at the top level.
func splitSections(data []byte) (map[string]*yaml.Node, error) {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil // An empty file, or comments alone.
	case err != nil:
		return nil, syntaxError(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("a second document in the file: there must be one")
	}
	top := document.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil, nil
	}
	members, err := rules.Members(top)
	if err != nil {
		return nil, err
	}
	sections := make(map[string]*yaml.Node, len(members))
	for _, m := range members {
		if !slices.Contains(configKeys(), m.Name) {
			return nil, fmt.Errorf("line %d: unknown key %q; the keys are %s", m.Line, m.Name, strings.Join(configKeys(), ", "))
		}
		sections[m.Name] = m.Value
	}
	return sections, nil
}

// syntaxError makes one line of what the YAML library says.
func syntaxError(err error) error {
	return errors.New(strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " "))
}
