package access

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxTokens bounds a token file: each secret is compared with all of them.
const maxTokens = 1000

// ParseTokens reads the text of a token file: a mapping with the one key "tokens", a list of
// name, role and hash. An empty list, as after the last token was withdrawn, lets nobody in.
// The error is one line that names the line in the file.
func ParseTokens(data []byte) (*Tokens, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	if len(document.Content) == 0 {
		return nil, errNoTokens
	}
	var list *Tokens
	err := eachKey(document.Content[0], func(key string, value *yaml.Node) error {
		if key != "tokens" {
			return fmt.Errorf("line %d: unknown key %q; the only key is tokens", value.Line, key)
		}
		var err error
		list, err = parseList(value)
		return err
	})
	if err == nil && list == nil {
		err = errNoTokens
	}
	return list, err
}

var errNoTokens = errors.New(`has no key "tokens"; to let nobody in, write "tokens: []"`)

func parseList(list *yaml.Node) (*Tokens, error) {
	if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
		return &Tokens{}, nil
	}
	if list.Kind != yaml.SequenceNode || len(list.Content) > maxTokens {
		return nil, fmt.Errorf("line %d: tokens: must be a list of at most %d", list.Line, maxTokens)
	}
	set := &Tokens{list: make([]token, 0, len(list.Content))}
	lines := map[string]int{}
	for _, node := range list.Content {
		t, err := parseEntry(node)
		if err != nil {
			return nil, err
		}
		if line, ok := lines[t.name]; ok {
			return nil, fmt.Errorf("line %d: the name %q is taken in line %d", node.Line, t.name, line)
		}
		if other, ok := set.findHash(t.hash); ok {
			return nil, fmt.Errorf("line %d: %q has the hash of %q", node.Line, t.name, other.name)
		}
		lines[t.name] = node.Line
		set.list = append(set.list, t)
	}
	return set, nil
}

func parseEntry(node *yaml.Node) (t token, err error) {
	seen := 0
	err = eachKey(node, func(key string, value *yaml.Node) error {
		seen++
		var err error
		switch key {
		case "name":
			t.name, err = value.Value, checkName(value.Value)
		case "role":
			t.role, err = ParseRole(value.Value)
		case "hash":
			t.hash, err = parseHash(value.Value)
		default:
			err = errors.New("unknown key; there are name, role and hash")
		}
		if err != nil {
			return fmt.Errorf("line %d: %s: %w", value.Line, key, err)
		}
		return nil
	})
	if err == nil && seen != 3 {
		err = fmt.Errorf("line %d: must have name, role and hash", node.Line)
	}
	return t, err
}

// eachKey calls with each key of a mapping once.
func eachKey(node *yaml.Node, call func(key string, value *yaml.Node) error) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: must be keys and values", node.Line)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		if seen[key] {
			return fmt.Errorf("line %d: %s is given twice", value.Line, key)
		}
		seen[key] = true
		if err := call(key, value); err != nil {
			return err
		}
	}
	return nil
}
