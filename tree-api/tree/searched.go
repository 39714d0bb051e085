package tree

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/metric"
	"proctree/tree-api/access"
)

// searched are the fields in which match and regexp look. A number is searched as it is written.
var searched = searchedFields(plan)

func searchedFields(l *layout) []*field {
	var list []*field
	for i := range l.fields {
		if f := &l.fields[i]; f.Searched {
			list = append(list, f)
		}
	}
	return list
}

// readSearched reads a value of the parameter "in".
func (q *Query) readSearched(value string) error {
	at := slices.IndexFunc(searched, func(f *field) bool { return f.Name == value })
	if at < 0 {
		names := make([]string, len(searched))
		for i, f := range searched {
			names[i] = f.Name
		}
		return fmt.Errorf("cannot search in %q; the fields are %s", value, strings.Join(names, ", "))
	}
	if !slices.Contains(q.in, searched[at]) {
		q.in = append(q.in, searched[at])
	}
	return nil
}

// searchedBy returns the fields in which the query looks for somebody with a role.
func (q *Query) searchedBy(role access.Role) []*field {
	from := q.in
	if len(from) == 0 {
		from = searched
	}
	list := make([]*field, 0, len(from))
	for _, f := range from {
		if f.Role != metric.Operator || role.SeesAll() {
			list = append(list, f)
		}
	}
	return list
}

// ErrForOperators is returned for a query that a viewer must not make.
var ErrForOperators = errors.New("command lines and paths are for operators: as a viewer you cannot search in exe and cmdline")

// ErrHeldForOperators is returned for a search by port or file that a viewer must not make.
var ErrHeldForOperators = errors.New("open ports and files are for operators: port: and file: cannot be searched by a viewer")

// CheckRole refuses a search in fields that the role must not see.
func (q *Query) CheckRole(role access.Role) error {
	if len(q.held) > 0 && !role.SeesAll() {
		return ErrHeldForOperators
	}
	fields := slices.Clone(q.in)
	for i := range q.texts {
		if f := q.texts[i].field; f != nil {
			fields = append(fields, f)
		}
	}
	if !role.SeesAll() && slices.ContainsFunc(fields, func(f *field) bool { return f.Role == metric.Operator }) {
		return ErrForOperators
	}
	return nil
}
