package metric

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRowsAreWhole holds each row to what those who follow the table rely on.
func TestRowsAreWhole(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	taken := map[string]string{}
	take := func(what, text, by string) {
		t.Helper()
		if other, ok := taken[what+text]; ok {
			t.Errorf("%s and %s have the same %s %q", other, by, what, text)
		}
		taken[what+text] = by
	}
	for i := range All() {
		m := &All()[i]
		if !name.MatchString(m.Name) {
			t.Errorf("the name %q is not of the form open_fds", m.Name)
		}
		for _, n := range append([]string{m.Name}, m.Aliases...) {
			take("name", n, m.Name)
		}
		if m.Path != "" {
			take("path", m.Path, m.Name)
		}
		if m.Sum == SentSum {
			_, member := m.Split()
			take("member of subtree", member, m.Name)
		}
		if m.Title == "" || !strings.HasSuffix(m.Help, ".") || strings.Contains(m.Help, "\n") {
			t.Errorf("%s: want a title, and one line of help with a full stop", m.Name)
		}
		if got := readers(m); m.Counter() == nil && (got != 1) != m.FromTree {
			t.Errorf("%s has %d readers, want one, or FromTree", m.Name, got)
		}
		if m.Decimals < 0 || m.Decimals > 4 {
			t.Errorf("%s has %d decimals, want 0 to 4", m.Name, m.Decimals)
		}
		if m.Rate != nil && (m.Kind != Counter || m.Uint == nil && m.Duration == nil) {
			t.Errorf("%s has a rate and is no counter that reads a Uint or a Duration", m.Name)
		}
		if m.Sum != NotSummed && (!m.IsNumber() || m.Kind >= Identifier) {
			t.Errorf("%s cannot be summed: it is a %s", m.Name, m.Kind)
		}
		// The tree hides a number from the role Public by its bit.
		if m.Role == Viewer && m.Known == 0 {
			t.Errorf("%s is not public, and has no bit by which to hide it", m.Name)
		}
		if m.Role == Operator && !m.Constant {
			t.Errorf("%s is for operators, and only constant metrics are written once for each role", m.Name)
		}
		if m.Constant && m.Text == nil && m.List == nil {
			t.Errorf("%s is constant, which only texts and lists can be", m.Name)
		}
		if m.Choice && m.Kind != Text && m.Kind != State {
			t.Errorf("%s is no text to choose from", m.Name)
		}
	}
}

func readers(m *Metric) int {
	n := 0
	for _, set := range []bool{
		m.Uint != nil, m.Int != nil, m.Duration != nil, m.Moment != nil, m.Text != nil, m.List != nil, m.Flag != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// TestRowsStandTogether holds that an object of the JSON, and the constant metrics, are each in
// one piece: the encoders write them in order.
func TestRowsStandTogether(t *testing.T) {
	var seen []string
	last := ""
	for i := range All() {
		m := &All()[i]
		object, _ := m.Split()
		switch {
		case m.Path == "":
			continue
		case m.Constant:
			object = "constant metrics"
		case object == "":
			last = ""
			continue
		}
		if object != last && slices.Contains(seen, object) {
			t.Errorf("%s stands apart from the others of %s", m.Name, object)
		}
		seen, last = append(seen, object), object
	}
}

func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"memory": "memory", "cpu": "cpu", "fds": "open_fds", "write": "written", "start": "start_time", "virtual_memory": "virtual",
	} {
		if m, ok := Find(name); !ok || m.Name != want {
			t.Errorf("%s is not found as %s", name, want)
		}
	}
	if m, ok := Find("beauty"); ok {
		t.Errorf("beauty is %s", m.Name)
	}
}
