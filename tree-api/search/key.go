package search

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"proctree/collector/metric"
	"proctree/collector/process"
)

var errNoClosingMark = errors.New("the closing quotation mark is missing")

// Keys are the names that can stand before an operator, with the metric of each. Only metrics that
// the page has can be named, so that a search means the same everywhere.
var keys = makeKeys()

func makeKeys() map[string]*metric.Metric {
	named := make(map[string]*metric.Metric)
	all := metric.All()
	for i := range all {
		m := &all[i]
		if !m.ShownIn(metric.Page) || m.Kind == metric.Moment {
			continue
		}
		for _, names := range [][]string{{m.Name}, m.Aliases, m.Short} {
			for _, name := range names {
				named[name] = m
			}
		}
	}
	return named
}

// onDemand are the keys of what is looked up when somebody asks.
var onDemand = map[string]OnDemand{"port": Port, "file": File}

// operators has the longer ones first.
var operators = []struct {
	text string
	op   Op
}{{">=", AtLeast}, {"<=", AtMost}, {">", More}, {"<", Less}, {":", Contains}, {"=", Equal}}

// splitKey finds a key with its operator. A word that only looks like one, such as "nginx:" or
// "http://host", is a text; a name compared with a number is not.
func splitKey(text string) (key string, op Op, rest string, ok bool) {
	end := 0
	for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z' || text[end] == '_') {
		end++
	}
	key = strings.ToLower(text[:end])
	for _, o := range operators {
		rest, ok := strings.CutPrefix(text[end:], o.text)
		if !ok || end == 0 {
			continue
		}
		_, isMetric := keys[key]
		_, isOnDemand := onDemand[key]
		isCompared := o.op > Equal && rest != "" && rest[0] >= '0' && rest[0] <= '9'
		return key, o.op, rest, isMetric || isOnDemand || isCompared
	}
	return "", Contains, "", false
}

// keyed reads the value behind a key.
func (r *reader) keyed(t *Term, key string, op Op) error {
	m := keys[key]
	v, err := r.value(m != nil && !m.IsNumber() && m.Kind != metric.State)
	t.Op = op
	on := onDemand[key]
	switch {
	case err != nil:
		return err
	case m == nil && on == Nothing:
		return fmt.Errorf("no number is called %q; to search for the text, put it in quotation marks", key)
	case v.text == "" && v.pattern == "" && !v.quoted:
		return errors.New("a value must follow")
	case m != nil && m.IsNumber():
		t.Metric = m
		return t.readNumber(v.text)
	case op > Equal:
		return fmt.Errorf("%s cannot be compared; write %s:value", key, key)
	case on != Nothing:
		t.On = on
		return t.readOnDemand(v.text)
	case m.Kind == metric.State:
		t.Metric, t.Op = m, Equal
		return t.readState(v.text)
	}
	t.Metric, t.Text, t.Pattern = m, strings.ToLower(v.text), v.pattern
	return nil
}

// readState reads the name of a state or how it begins.
func (t *Term) readState(text string) error {
	names := make([]string, process.NumStates)
	for i := range names {
		names[i] = process.State(i).String()
		if t.Text == "" && strings.HasPrefix(names[i], strings.ToLower(text)) {
			t.Text = names[i]
		}
	}
	if t.Text == "" || text == "" {
		return fmt.Errorf("the states are %s", strings.Join(names, ", "))
	}
	return nil
}

func (t *Term) readOnDemand(text string) error {
	if t.On == File {
		t.Text = text
		return nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return errors.New("a port is a number from 1 to 65535")
	}
	t.Number = float64(port)
	return nil
}
