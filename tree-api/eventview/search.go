package eventview

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"proctree/collector/events"
	"proctree/collector/metric"
	"proctree/tree-api/search"
	"proctree/tree-api/tree"
)

// subject is an event as it is searched: what the viewer may see of it.
type subject struct {
	*events.Entry
	text *text
	// whole is whether the viewer sees command lines, paths and who acted.
	whole bool
}

// searchedText reads a text of an event. ok is false for a viewer who may not see it: then it passes no
// condition, not even a negated one, or a search could find out what is not shown.
type searchedText func(s subject) (value string, ok bool)

func visible(read func(s subject) string) searchedText {
	return func(s subject) (string, bool) { return read(s), true }
}

func restricted(read func(s subject) string) searchedText {
	return func(s subject) (string, bool) {
		if !s.whole {
			return "", false
		}
		return read(s), true
	}
}

// texts are the texts that a search can name, by the name of the metric.
var texts = map[string]searchedText{
	"name":      visible(func(s subject) string { return s.Name }),
	"group":     visible(func(s subject) string { return s.text.group }),
	"user":      visible(func(s subject) string { return s.Facts.User }),
	"unit":      visible(func(s subject) string { return s.Facts.Unit }),
	"container": visible(func(s subject) string { return s.Facts.Container }),
	"pod_uid":   visible(func(s subject) string { return s.Facts.PodUID }),
	"exe":       restricted(func(s subject) string { return s.Facts.Exe }),
	"cmdline":   restricted(func(s subject) string { return strings.Join(s.text.args, " ") }),
}

// unnamed are searched too by a term without a key.
var unnamed = []searchedText{
	visible(func(s subject) string { return s.ParentName }),
	visible(func(s subject) string { return strconv.Itoa(s.ID.PID) }),
	restricted(func(s subject) string {
		if s.Attempt == nil {
			return ""
		}
		return s.Attempt.Who
	}),
}

// everywhere is where a term without a key is looked for.
var everywhere = func() []searchedText {
	all := slices.Clone(unnamed)
	for _, read := range texts {
		all = append(all, read)
	}
	return all
}()

// numbers are the numbers that a search can name.
var numbers = map[string]func(s subject) (value float64, ok bool){
	"pid": func(s subject) (float64, bool) { return float64(s.ID.PID), true },
}

// term is one condition of a search.
type term struct {
	search.Term
	// in is where to look for a text or a pattern.
	in      []searchedText
	number  func(s subject) (float64, bool)
	pattern *tree.Pattern
}

// readSearch reads the parameter q: the search language, as far as events have what it names.
func (f *Filter) readSearch(value string) error {
	terms, err := search.Parse(value)
	if err != nil {
		return err
	}
	for i := range terms {
		t := term{Term: terms[i], in: everywhere}
		if t.On != search.Nothing {
			return errors.New("events have no ports and no files")
		}
		if m := t.Metric; m != nil {
			read, isText := texts[m.Name]
			t.in, t.number = []searchedText{read}, numbers[m.Name]
			if !isText && t.number == nil {
				return fmt.Errorf("events have no %q; they have %s", m.Name, strings.Join(searchedNames(), ", "))
			}
		}
		if t.Pattern != "" {
			if t.pattern, err = tree.CompilePattern("(?i)" + t.Pattern); err != nil {
				return err
			}
		}
		f.terms = append(f.terms, t)
	}
	return nil
}

// searchedNames are what a search can name, in the order of the table of metrics.
func searchedNames() (names []string) {
	for _, m := range metric.All() {
		_, isText := texts[m.Name]
		if isText || numbers[m.Name] != nil {
			names = append(names, m.Name)
		}
	}
	return names
}

// Charged has each step of a regular expression taken from what the caller may use before it is made.
func (f *Filter) Charged(charge func(steps int) error) { f.charge = charge }

// Err returns what ended the search: the regular expressions took more than they may.
func (f *Filter) Err() error { return f.err }

// passes reports whether an event passes all terms.
func (f *Filter) passes(s subject) bool {
	for i := range f.terms {
		if !f.passesTerm(&f.terms[i], s) {
			return false
		}
	}
	return true
}

func (f *Filter) passesTerm(t *term, s subject) bool {
	if t.number != nil {
		value, ok := t.number(s)
		return ok && t.Compares(value) != t.Not
	}
	seen, found := false, false
	for _, read := range t.in {
		value, ok := read(s)
		seen = seen || ok
		if ok && f.has(t, value) {
			found = true
			break
		}
	}
	return seen && found != t.Not
}

func (f *Filter) has(t *term, value string) bool {
	switch {
	case t.pattern != nil:
		return value != "" && f.spend(t.pattern.Steps(len(value))) && t.pattern.MatchString(value)
	case t.Op == search.Equal:
		return strings.EqualFold(value, t.Text)
	default:
		return strings.Contains(strings.ToLower(value), t.Text)
	}
}

// spend reports whether the caller may use so many steps more.
func (f *Filter) spend(steps int) bool {
	if f.err != nil {
		return false
	}
	if f.steps += steps; f.steps > tree.MaxSteps {
		f.err = tree.BadParameter("q", errTooMuchWork)
	} else if f.charge != nil {
		f.err = f.charge(steps)
	}
	return f.err == nil
}

var errTooMuchWork = errors.New("the regular expression takes too long on so many events; write a shorter one, or ask for a shorter time")
