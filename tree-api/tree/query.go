package tree

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"proctree/collector/process"
)

// Bounds of a query, so that no request can ask for much work with few bytes.
const (
	maxQueryBytes = 4096
	// maxTextLength is in characters, as maxLength is in the OpenAPI document.
	maxTextLength = 256
	maxChoices    = 64
)

// Query says which processes an answer holds, and in which order. The zero value is all
// of them, by PID. A process must pass every filter that is given.
type Query struct {
	// texts are what is looked for in texts, values are conditions on what changes all the time.
	texts  []textTerm
	values []valueTerm
	// held is what processes must have open, and holders who has.
	held    []heldTerm
	holders *process.Holders
	// charge takes the steps of the regular expression from what the caller may use; nil
	// counts nothing.
	charge func(steps int) error
	// in are the fields in which a text without a field of its own is looked for; empty is wherever the role may.
	in []*field
	// oneOf are the texts that must be one of several, atLeast the numbers with a minimum.
	oneOf   []oneOf
	atLeast []atLeast

	sort  *sortKey
	order order
	// limit is how many matches are kept, in the order of sort; 0 is all.
	limit int
	// root is the PID whose subtree is asked for; 0 is the whole table.
	root int
	// Depth is how many levels below the top ones are shown; negative is all.
	Depth int
}

// oneOf allows any of some values of a text.
type oneOf struct {
	*field
	values []string
}

// atLeast is the minimum of a number.
type atLeast struct {
	*field
	minimum float64
}

// BadParameterError is a request that cannot be understood, and which parameter is why.
type BadParameterError struct {
	name string
	err  error
}

// BadParameter returns a *BadParameterError.
func BadParameter(name string, err error) error { return &BadParameterError{name, err} }

func (e *BadParameterError) Error() string { return fmt.Sprintf("parameter %q: %v", e.name, e.err) }

func (e *BadParameterError) Unwrap() error { return e.err }

// parameter reads the values of one URL parameter into a query.
type parameter struct {
	name string
	// repeats marks a parameter that may be given several times.
	repeats bool
	// treeOnly marks one that means nothing in a flat answer.
	treeOnly bool
	read     func(q *Query, value string) error
}

// parameters is every parameter of the calls that list processes. Those that filter by a metric
// are in the order of the table.
var parameters = slices.Concat(
	[]parameter{
		{name: "q", read: (*Query).readSearch},
		{name: "match", read: (*Query).readMatch},
		{name: "regexp", read: (*Query).readRegexp},
		{name: "in", repeats: true, read: (*Query).readSearched},
	},
	filterParameters(plan),
	[]parameter{
		{name: "sort", read: (*Query).readSort},
		{name: "order", read: (*Query).readOrder},
		{name: "limit", read: func(q *Query, v string) error { return readCount(&q.limit, v, 1) }},
		{name: "root", read: func(q *Query, v string) error { return readCount(&q.root, v, 1) }},
		{name: "depth", treeOnly: true, read: func(q *Query, v string) error { return readCount(&q.Depth, v, 0) }},
	},
)

// filterParameters returns the filters: the name of a text to choose from, and min_ with the name
// of a number.
func filterParameters(l *layout) []parameter {
	var list []parameter
	for i := range l.fields {
		f := &l.fields[i]
		if f.Choice {
			list = append(list, parameter{name: f.Name, repeats: true, read: func(q *Query, v string) error { return q.readChoice(f, v) }})
		}
		if f.HasMinimum() {
			list = append(list, parameter{name: "min_" + f.Name, read: func(q *Query, v string) error { return q.readMinimum(f, v) }})
		}
	}
	return list
}

// Shape is how an answer is laid out, which decides the parameters it takes.
type Shape uint8

// The shapes: a list, a tree, or a stream.
const (
	Flat Shape = iota
	Nested
	// Streamed is the first message of a stream, with what leads to the others.
	Streamed
)

// ParseQuery reads the filters of a request; others are the parameters that the caller has
// taken out before. The error is a *badParameterError.
func ParseQuery(values url.Values, as Shape, others ...string) (*Query, error) {
	q := &Query{Depth: -1}
	left := len(values)
	for _, p := range parameters {
		given, ok := values[p.name]
		if !ok || p.treeOnly && as == Flat {
			continue
		}
		left--
		if len(given) > 1 && !p.repeats {
			return nil, BadParameter(p.name, fmt.Errorf("given %d times", len(given)))
		}
		for _, v := range given {
			if err := p.read(q, v); err != nil {
				return nil, BadParameter(p.name, err)
			}
		}
	}
	if left > 0 {
		return nil, unknownParameter(values, as, others)
	}
	return q, nil
}

// unknownParameter names the first parameter that no table row knows.
func unknownParameter(values url.Values, as Shape, others []string) error {
	var names, unknown []string
	for _, p := range parameters {
		if !p.treeOnly || as != Flat {
			names = append(names, p.name)
		}
	}
	names = append(names, others...)
	for name := range values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	return BadParameter(slices.Min(unknown), fmt.Errorf("unknown; there are %s", strings.Join(names, ", ")))
}

// Charged returns the query, whose regular expression takes its steps from charge before it
// makes them. Nil counts nothing.
func (q *Query) Charged(charge func(steps int) error) *Query {
	charged := *q
	charged.charge = charge
	return &charged
}

// searches reports whether the query looks for a text.
func (q *Query) searches() bool { return len(q.texts) > 0 }

// ParseValues parses the query of a URL; the error is a *badParameterError.
func ParseValues(query string) (url.Values, error) {
	if len(query) > maxQueryBytes {
		return nil, BadParameter("query", fmt.Errorf("longer than %d bytes", maxQueryBytes))
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, BadParameter("query", err)
	}
	return values, nil
}
