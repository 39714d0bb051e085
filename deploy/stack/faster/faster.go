// Package faster makes rules and routes that think in minutes and days do so in seconds, for
// tests that run the real Prometheus and Alertmanager with the real files. It rewrites durations
// in memory and nothing else: expressions, limits, labels, routes and inhibition stay as they are.
//
// A duration d of a rule becomes d/30. What has to span several scrapes, each a second apart, or
// to outlast a program's restart, gets four seconds on top, whatever its length, so that what is
// shorter than another stays so:
//
//	interval of a group         d/30, at least 1 s
//	for, keep_firing_for        4 s + d/30
//	window, [5m] or [1h:1m]     4 s + d/30, at most 2 min
//	offset                      d/30
package faster

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	// factor is by how much time runs faster.
	factor = 30
	// margin is what a busy machine needs, whatever the duration was.
	margin = 4 * time.Second
	// longest bounds a window: no test waits for a day, however fast it runs.
	longest = 2 * time.Minute
)

// Rules rewrites a file of rules. Limits gives the expressions of recorded constants, by name,
// that are to be others than in the file: those that count samples.
func Rules(text []byte, limits map[string]string) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if err := rewrite(&root, limits); err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return marshal(&root)
}

// rewrite walks through groups and rules alike: what their keys mean is the same everywhere.
func rewrite(node *yaml.Node, limits map[string]string) error {
	for _, child := range node.Content {
		if err := rewrite(child, limits); err != nil {
			return err
		}
	}
	if node.Kind != yaml.MappingNode {
		return nil
	}
	limit, replaced := limits[value(node, "record")]
	for i := 0; i+1 < len(node.Content); i += 2 {
		v := node.Content[i+1]
		if v.Kind != yaml.ScalarNode {
			continue
		}
		var err error
		switch node.Content[i].Value {
		case "interval":
			v.Value, err = rewriteDuration(v.Value, interval)
		case "for", "keep_firing_for":
			v.Value, err = rewriteDuration(v.Value, wait)
		case "expr":
			if replaced {
				v.Value = limit
			}
			v.Value, err = Expression(v.Value)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", v.Line, err)
		}
	}
	return nil
}

// value returns a scalar of a mapping.
func value(node *yaml.Node, key string) string {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1].Value
		}
	}
	return ""
}

const duration = `(?:\d+(?:ms|[smhdwy]))+`

var (
	quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`")
	times  = regexp.MustCompile(`(\[\s*|\boffset\s+-?)(` + duration + `)(?:(\s*:\s*)(` + duration + `))?`)
)

// Expression rewrites the windows and offsets of a PromQL expression, but nothing in quotes.
func Expression(expr string) (string, error) {
	var out strings.Builder
	rest := expr
	for rest != "" {
		end, next := len(rest), len(rest)
		if at := quoted.FindStringIndex(rest); at != nil {
			end, next = at[0], at[1]
		}
		plain, err := rewriteTimes(rest[:end])
		if err != nil {
			return "", err
		}
		out.WriteString(plain)
		out.WriteString(rest[end:next])
		rest = rest[next:]
	}
	return out.String(), nil
}

// rewriteTimes is Expression for a part of it that has no quotes.
func rewriteTimes(expr string) (string, error) {
	var failed error
	out := times.ReplaceAllStringFunc(expr, func(match string) string {
		parts := times.FindStringSubmatch(match)
		change := window
		if strings.HasPrefix(parts[1], "offset") {
			change = offset
		}
		d, err := rewriteDuration(parts[2], change)
		if err == nil && parts[4] != "" {
			parts[4], err = rewriteDuration(parts[4], interval)
		}
		if err != nil {
			failed = err
		}
		return parts[1] + d + parts[3] + parts[4]
	})
	return out, failed
}

func window(d time.Duration) time.Duration   { return min(margin+d/factor, longest) }
func offset(d time.Duration) time.Duration   { return d / factor }
func interval(d time.Duration) time.Duration { return max(d/factor, time.Second) }
func wait(d time.Duration) time.Duration     { return margin + d/factor }

// rewriteDuration changes a duration as Prometheus writes it.
func rewriteDuration(text string, change func(time.Duration) time.Duration) (string, error) {
	d, err := parseDuration(text)
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(change(d).Milliseconds(), 10) + "ms", nil
}

var (
	wellFormed = regexp.MustCompile(`^` + duration + `$`)
	element    = regexp.MustCompile(`(\d+)(ms|[smhdwy])`)
)

// units are those of Prometheus' durations; a year has 365 days.
var units = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

func parseDuration(text string) (time.Duration, error) {
	if !wellFormed.MatchString(text) {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	var sum time.Duration
	for _, m := range element.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: %w", text, err)
		}
		sum += time.Duration(n) * units[m[2]]
	}
	return sum, nil
}

func marshal(node any) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	if err := encoder.Encode(node); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}
