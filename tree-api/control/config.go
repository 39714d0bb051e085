package control

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
	"proctree/collector/host/control"
)

// maxEntries bounds each list of the section.
const maxEntries = 1000

// Parse reads the section "control" of the configuration file. Without the section it returns
// nil. The error is a *rules.ConfigError, or names the line itself.
func Parse(section *yaml.Node) (*Rules, error) {
	if isNull(section) {
		return nil, nil
	}
	members, err := rules.Members(section)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	r := &Rules{}
	for _, m := range members {
		var err error
		switch m.Name {
		case "allow":
			r.allow, err = parseAllow(m.Value)
		case "signals":
			r.signals, err = parseSignals(m.Value)
		case "users":
			r.users, err = parseUsers(m.Value)
		default:
			err = &rules.ConfigError{Line: m.Line, Key: "control", Err: fmt.Errorf("unknown key %q; the keys are allow, signals, users", m.Name)}
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

func parseAllow(list *yaml.Node) (entries []entry, err error) {
	err = eachItem(list, "control.allow", func(key string, item *yaml.Node) error {
		e, err := parseEntry(item, key)
		entries = append(entries, e)
		return err
	})
	return entries, err
}

func parseEntry(item *yaml.Node, key string) (entry, error) {
	e := entry{line: item.Line}
	members, err := rules.Members(item)
	if err != nil {
		return e, fmt.Errorf("%s: %w", key, err)
	}
	for _, m := range members {
		var into **rules.Expression
		switch m.Name {
		case "group":
			into = &e.group
		case "user":
			into = &e.user
		default:
			return e, &rules.ConfigError{Line: m.Line, Key: key, Err: fmt.Errorf("unknown key %q; the keys are group, user", m.Name)}
		}
		text, err := textOf(m.Value, key+"."+m.Name)
		if err != nil {
			return e, err
		}
		if text == "" {
			// It would match the processes whose user or group is not known.
			return e, &rules.ConfigError{Line: m.Value.Line, Key: key + "." + m.Name, Err: errors.New("must not be empty")}
		}
		expression, err := rules.ParseExpression(text)
		if err != nil {
			return e, &rules.ConfigError{Line: m.Value.Line, Key: key + "." + m.Name, Err: err}
		}
		*into = &expression
	}
	if e.group == nil && e.user == nil {
		return e, &rules.ConfigError{Line: item.Line, Key: key, Err: errors.New("names neither group nor user; give at least one, such as {group: web}")}
	}
	return e, nil
}

// parseSignals returns a list that is not nil: an empty one allows no signal.
func parseSignals(list *yaml.Node) ([]string, error) {
	names := []string{}
	err := eachItem(list, "control.signals", func(key string, item *yaml.Node) error {
		name, err := textOf(item, key)
		if err != nil {
			return err
		}
		if !slices.Contains(control.AllSignals(), name) {
			return &rules.ConfigError{Line: item.Line, Key: key, Err: fmt.Errorf("unknown signal %q; the signals are %s", name, strings.Join(control.AllSignals(), ", "))}
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

func parseUsers(list *yaml.Node) (map[string]bool, error) {
	users := map[string]bool{}
	err := eachItem(list, "control.users", func(key string, item *yaml.Node) error {
		name, err := textOf(item, key)
		if err == nil && name == "" {
			err = &rules.ConfigError{Line: item.Line, Key: key, Err: errors.New("must be the name of a user of --web.config.file")}
		}
		users[name] = true
		return err
	})
	return users, err
}

// eachItem calls with each item of a list.
func eachItem(list *yaml.Node, key string, call func(key string, item *yaml.Node) error) error {
	list = resolve(list)
	if isNull(list) {
		return nil
	}
	if list.Kind != yaml.SequenceNode || len(list.Content) > maxEntries {
		return &rules.ConfigError{Line: list.Line, Key: key, Err: fmt.Errorf("must be a list of at most %d", maxEntries)}
	}
	for i, item := range list.Content {
		if err := call(fmt.Sprintf("%s[%d]", key, i), resolve(item)); err != nil {
			return err
		}
	}
	return nil
}

func textOf(n *yaml.Node, key string) (string, error) {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode || isNull(n) {
		return "", &rules.ConfigError{Line: n.Line, Key: key, Err: errors.New("must be a text")}
	}
	return n.Value, nil
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}
