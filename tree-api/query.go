package treeapi

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"proctree/collector/host"
)

// Bounds of a query, so that no request can ask for much work with few bytes.
const (
	maxQueryBytes  = 4096
	maxMatchBytes  = 256
	maxRegexpBytes = 256
	maxChoices     = 64
)

// query says which processes an answer holds, and in which order. The zero value is all
// of them, by PID. A process must pass every filter that is given.
type query struct {
	// match is text to find, in lower case; "" is none.
	match  string
	regexp *regexp.Regexp
	// in says where match and regexp look; empty is wherever the role may.
	in []place
	// users, states and groups each allow any of their members; empty is no filter.
	users, groups []string
	states        []host.State
	minCores      *float64
	minMemory     *uint64

	sort  *sortKey
	order order
	// limit is how many matches are kept, in the order of sort; 0 is all.
	limit int
	// root is the PID whose subtree is asked for; 0 is the whole table.
	root int
	// depth is how many levels below the top ones are shown; negative is all.
	depth int
}

// badParameterError is a request that cannot be understood, and which parameter is why.
type badParameterError struct {
	name string
	err  error
}

func (e *badParameterError) Error() string { return fmt.Sprintf("parameter %q: %v", e.name, e.err) }

func (e *badParameterError) Unwrap() error { return e.err }

// parameter reads the values of one URL parameter into a query.
type parameter struct {
	name string
	// repeats marks a parameter that may be given several times.
	repeats bool
	// treeOnly marks one that means nothing in a flat answer.
	treeOnly bool
	read     func(q *query, value string) error
}

// parameters is every parameter of the calls that list processes.
var parameters = []parameter{
	{name: "match", read: (*query).readMatch},
	{name: "regexp", read: (*query).readRegexp},
	{name: "in", repeats: true, read: (*query).readPlace},
	{name: "user", repeats: true, read: func(q *query, v string) error { return choose(&q.users, v) }},
	{name: "group", repeats: true, read: func(q *query, v string) error { return choose(&q.groups, v) }},
	{name: "state", repeats: true, read: (*query).readState},
	{name: "min_cpu", read: (*query).readMinCPU},
	{name: "min_memory", read: (*query).readMinMemory},
	{name: "sort", read: (*query).readSort},
	{name: "order", read: (*query).readOrder},
	{name: "limit", read: func(q *query, v string) error { return readCount(&q.limit, v, 1) }},
	{name: "root", read: func(q *query, v string) error { return readCount(&q.root, v, 1) }},
	{name: "depth", treeOnly: true, read: func(q *query, v string) error { return readCount(&q.depth, v, 0) }},
}

// shape is how an answer is laid out, which decides the parameters it takes.
type shape uint8

const (
	flat shape = iota
	nested
	// streamed is the first message of a stream, with what leads to the others.
	streamed
)

// parseQuery reads the filters of a request. The error is a *badParameterError.
func parseQuery(values url.Values, as shape) (*query, error) {
	q := &query{depth: -1}
	left := len(values)
	for _, p := range parameters {
		given, ok := values[p.name]
		if !ok || p.treeOnly && as == flat {
			continue
		}
		left--
		if len(given) > 1 && !p.repeats {
			return nil, &badParameterError{p.name, fmt.Errorf("given %d times", len(given))}
		}
		for _, v := range given {
			if err := p.read(q, v); err != nil {
				return nil, &badParameterError{p.name, err}
			}
		}
	}
	if left > 0 {
		return nil, unknownParameter(values, as)
	}
	return q, nil
}

// unknownParameter names the first parameter that no table row knows.
func unknownParameter(values url.Values, as shape) error {
	var names, unknown []string
	for _, p := range parameters {
		if !p.treeOnly || as != flat {
			names = append(names, p.name)
		}
	}
	if as == streamed {
		for _, p := range streamParameters {
			names = append(names, p.name)
		}
	}
	for name := range values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	return &badParameterError{slices.Min(unknown), fmt.Errorf("unknown; there are %s", strings.Join(names, ", "))}
}

// parseValues parses the query of a URL; the error is a *badParameterError.
func parseValues(query string) (url.Values, error) {
	if len(query) > maxQueryBytes {
		return nil, &badParameterError{"query", fmt.Errorf("longer than %d bytes", maxQueryBytes)}
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, &badParameterError{"query", err}
	}
	return values, nil
}
