package rules

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ConfigError is a fault in the configuration. Its text is one line, "line 3:
// groups[0].cmdline: …"; the caller puts the file's name before it.
type ConfigError struct {
	// Line is the line in the file, from 1.
	Line int
	// Key is the path to the faulty value, as "groups[0].cmdline".
	Key string
	Err error
}

// Error implements error. What it quotes of the file does not break the line.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Key, strings.ReplaceAll(e.Err.Error(), "\n", `\n`))
}

// Unwrap returns what was wrong, without the place.
func (e *ConfigError) Unwrap() error { return e.Err }

func faultAt(n *yaml.Node, key string, err error) error {
	return &ConfigError{Line: n.Line, Key: key, Err: err}
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// isNull reports whether nothing was written there, as in "groups:" without a value.
func isNull(n *yaml.Node) bool {
	return n == nil || n.IsZero() || n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// items returns the members of a list, each with its key; a null is no list at all.
func items(n *yaml.Node, key string) ([]keyed, error) {
	if isNull(n) {
		return nil, nil
	}
	n = resolve(n)
	if n.Kind != yaml.SequenceNode {
		return nil, faultAt(n, key, errors.New("must be a list"))
	}
	list := make([]keyed, len(n.Content))
	for i, c := range n.Content {
		list[i] = keyed{key: fmt.Sprintf("%s[%d]", key, i), Node: resolve(c)}
	}
	return list, nil
}

// keyed is a node and the path that leads to it.
type keyed struct {
	key string
	*yaml.Node
}

func (k keyed) fault(err error) error { return faultAt(k.Node, k.key, err) }

// fields returns the members of a mapping in the order of the file. A key that is not
// in known, or comes twice, is an error.
func (k keyed) fields(known map[string]bool) ([]field, error) {
	members, err := Members(k.Node)
	if fault, ok := errors.AsType[*lineError](err); ok {
		return nil, &ConfigError{Line: fault.line, Key: k.key, Err: fault.err}
	}
	list := make([]field, 0, len(members))
	for _, m := range members {
		if !known[m.Name] {
			return nil, &ConfigError{Line: m.Line, Key: k.key, Err: fmt.Errorf("unknown key %q", m.Name)}
		}
		list = append(list, field{m.Name, keyed{k.key + "." + m.Name, m.Value}})
	}
	return list, nil
}

// field is one member of a mapping.
type field struct {
	name string
	keyed
}

// text returns the value of a scalar as it was written.
func (k keyed) text() (string, error) {
	if k.Kind != yaml.ScalarNode || isNull(k.Node) {
		return "", k.fault(errors.New("must be a text"))
	}
	return k.Value, nil
}

// texts returns a list of texts.
func (k keyed) texts() ([]string, error) {
	list, err := items(k.Node, k.key)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], err = item.text(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
