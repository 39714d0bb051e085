package rules

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Member is one key of a YAML mapping with its value.
type Member struct {
	Name  string
	Line  int
	Value *yaml.Node
}

const (
	// mergeKey takes over the members of another mapping (https://yaml.org/type/merge.html).
	mergeKey = "<<"
	// maxDepth bounds how deep merges nest, as a mapping may merge itself, and maxMerges how
	// many there are in one mapping.
	maxDepth  = 20
	maxMerges = 1000
	// extension begins the keys that are the author's own, such as what others merge.
	extension = "x-"
)

// Members returns the members of a mapping in the order of the file, then those that it
// merges: a key of its own goes before a merged one, and an earlier merge before a later
// one. Keys that begin with "x-" are left out. The error names the line.
func Members(mapping *yaml.Node) ([]Member, error) {
	m := merger{seen: map[string]bool{}}
	if err := m.add(mapping, 0); err != nil {
		return nil, err
	}
	return m.list, nil
}

// merger collects members.
type merger struct {
	list []Member
	seen map[string]bool
	// merges counts the mappings.
	merges int
}

func (m *merger) add(n *yaml.Node, depth int) error {
	n = resolve(n)
	m.merges++
	switch {
	case n.Kind != yaml.MappingNode:
		return &lineError{n.Line, errors.New("must be a mapping of keys to values")}
	case depth > maxDepth || m.merges > maxMerges:
		return &lineError{n.Line, errors.New("merges itself, or too many others")}
	}
	var merged []*yaml.Node
	own := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		switch {
		case key.Value == mergeKey && key.Style == 0:
			merged = append(merged, value)
		case own[key.Value]:
			return &lineError{key.Line, fmt.Errorf("key %q appears twice", key.Value)}
		default:
			own[key.Value] = true
			m.take(Member{key.Value, key.Line, value})
		}
	}
	for _, value := range merged {
		if err := m.merge(value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// take adds a member unless there is one of that name.
func (m *merger) take(member Member) {
	if !m.seen[member.Name] && !strings.HasPrefix(member.Name, extension) {
		m.seen[member.Name] = true
		m.list = append(m.list, member)
	}
}

// merge adds the members of one mapping, or of each of a list.
func (m *merger) merge(value *yaml.Node, depth int) error {
	if value.Kind != yaml.SequenceNode {
		return m.add(value, depth)
	}
	for _, each := range value.Content {
		if err := m.add(each, depth); err != nil {
			return err
		}
	}
	return nil
}

// lineError is what is wrong in a line of the file.
type lineError struct {
	line int
	err  error
}

// Error implements error.
func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

// Unwrap returns what was wrong.
func (e *lineError) Unwrap() error { return e.err }
