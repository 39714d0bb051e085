package tree

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// kept says why a node is in an answer.
type kept uint8

// Why a node is in an answer.
const (
	dropped kept = iota
	// asContext: an ancestor of a match, kept so that the match has its place.
	asContext
	AsMatch
)

// Selection is what a query takes from a tree.
type Selection struct {
	// kept has one entry per node.
	kept []kept
	// list holds the matches in the order asked for, at most query.limit of them.
	list []int32
	// Matched counts the matches before the limit.
	Matched int
	// root is the top of the subtree asked for, NoParent for the whole table.
	root int32
	// findings has one entry per node; nil where no text is searched.
	findings []finding
}

// ErrNoRoot is returned for a query whose root is not in the tree.
var ErrNoRoot = errors.New("no such process")

// SelectNodes applies a query. It stops when ctx ends: an expression may be slow.
func (v *View) SelectNodes(ctx context.Context, q *Query) (*Selection, error) {
	return v.selectAfter(ctx, q, nil)
}

// selectAfter is SelectNodes after an earlier answer to the same query; nil is none.
func (v *View) selectAfter(ctx context.Context, q *Query, before *Frame) (*Selection, error) {
	s := &Selection{kept: make([]kept, len(v.Nodes)), root: NoParent}
	candidates := v.topDown()
	if q.root != 0 {
		root, ok := v.Find(q.root)
		if !ok {
			return nil, fmt.Errorf("root %d: %w", q.root, ErrNoRoot)
		}
		s.root = root
		candidates = v.descendants(root)
	}
	if err := v.findMatches(ctx, s, newMatcher(v, q, before), candidates); err != nil {
		return nil, err
	}
	s.Matched = len(s.list)
	v.sortNodes(s.list, q)
	if i, ok := v.Find(q.exactPID()); ok && q.sort == nil {
		moveToFront(s.list, i)
	}
	if q.limit > 0 && len(s.list) > q.limit {
		s.list = s.list[:q.limit]
	}
	v.keep(s)
	return s, nil
}

// moveToFront puts a node before the others, if it is among them.
func moveToFront(list []int32, node int32) {
	if at := slices.Index(list, node); at > 0 {
		copy(list[1:at+1], list[:at])
		list[0] = node
	}
}

// findMatches fills s.list in order of PID.
func (v *View) findMatches(ctx context.Context, s *Selection, m *matcher, candidates []int32) error {
	for _, i := range candidates {
		s.kept[i] = AsMatch
	}
	if m.query.searches() {
		s.findings = make([]finding, len(v.Nodes))
	}
	s.list = make([]int32, 0, len(candidates))
	for i := range int32(len(v.Nodes)) {
		const batch = 256
		if i%batch == 0 && ctx.Err() != nil {
			return fmt.Errorf("filter the processes: %w", ctx.Err())
		}
		if s.kept[i] != AsMatch {
			continue
		}
		ok, err := m.matches(i, s.findings)
		if err != nil {
			return err
		}
		if ok {
			s.list = append(s.list, i)
		}
	}
	return nil
}

// keep marks the matches that are left and their ancestors up to the root asked for.
func (v *View) keep(s *Selection) {
	clear(s.kept)
	for _, i := range s.list {
		s.kept[i] = AsMatch
	}
	for _, i := range s.list {
		for at := i; at != s.root; {
			at = v.Nodes[at].Parent
			if at == NoParent || s.kept[at] != dropped {
				break
			}
			s.kept[at] = asContext
		}
	}
}

// descendants returns the indexes of a node and all below it, parents first.
func (t *Tree) descendants(top int32) []int32 {
	order := []int32{top}
	for at := 0; at < len(order); at++ {
		order = append(order, t.Nodes[order[at]].Children...)
	}
	return order
}
