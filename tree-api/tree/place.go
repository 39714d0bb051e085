package tree

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"proctree/tree-api/access"
)

// place is a text of a process that can be searched.
type place uint8

const (
	inName place = iota
	inExe
	inCmdline
)

// placeNames are the values of the parameter "in".
var placeNames = []string{inName: "name", inExe: "exe", inCmdline: "cmdline"}

func (q *Query) readPlace(value string) error {
	i := slices.Index(placeNames, value)
	if i < 0 {
		return fmt.Errorf("no such place %q; there are %s", value, strings.Join(placeNames, ", "))
	}
	if !slices.Contains(q.in, place(i)) {
		q.in = append(q.in, place(i))
	}
	return nil
}

// looksIn reports whether match and regexp look there.
func (q *Query) looksIn(p place) bool { return len(q.in) == 0 || slices.Contains(q.in, p) }

// ErrForOperators is returned for a query that a viewer must not make.
var ErrForOperators = errors.New("command lines and paths are for operators: as a viewer you can search names alone")

// CheckRole refuses to look for somebody where he may not look himself.
func (q *Query) CheckRole(role access.Role) error {
	if role == access.Operator || !slices.ContainsFunc(q.in, func(p place) bool { return p != inName }) {
		return nil
	}
	return ErrForOperators
}
