package tree

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/process"
	"proctree/tree-api/jsontext"
)

// By is what a tree nests the processes by.
type By string

// What processes can be nested by.
const (
	ByParent By = "parent"
	ByCgroup By = "cgroup"
	ByUser   By = "user"
	ByGroup  By = "group"
)

// ParseBy reads the name of an order of nesting.
func ParseBy(name string) (By, error) {
	by := By(name)
	switch by {
	case ByParent, ByCgroup, ByUser, ByGroup:
		return by, nil
	}
	return ByParent, fmt.Errorf("must be parent, cgroup, user or group, not %q", name)
}

// ErrDepthOfBranches is returned for a depth in a tree of branches.
var ErrDepthOfBranches = errors.New("applies only to by=parent")

// The kinds of branches.
const (
	branchSlice     = "slice"
	branchUnit      = "unit"
	branchPod       = "pod"
	branchContainer = "container"
	branchCgroup    = "cgroup"
)

// maxBranches is how many levels of control groups are nested: the deeper ones are parts of the
// name of the last, for a path can have 2,000 of them.
const maxBranches = maxNesting - 2

// step is one level on the way to a process: what kind it is, and its name, which is empty for
// processes of which it is not known.
type step struct{ kind, name string }

// branch is what processes have in common, with sums over all of these, whether they match or not.
type branch struct {
	step
	subtree  Subtree
	children []*branch
	// matches are in the order asked for.
	matches []int32
}

// Branches are the matches nested by what they have in common.
type Branches struct {
	*View
	top branch
}

// Branch nests a selection by something else than the parents.
func (v *View) Branch(s *Selection, q *Query, by By) *Branches {
	b := &Branches{View: v}
	places := make(map[*branch]map[step]*branch)
	candidates := v.topDown()
	if s.root != NoParent {
		candidates = v.descendants(s.root)
	}
	leaves := make([]*branch, len(v.Nodes))
	for _, i := range candidates {
		leaf := &b.top
		sums := own(&v.Nodes[i])
		for _, next := range v.steps(i, by) {
			below := places[leaf]
			if below == nil {
				below = make(map[step]*branch)
				places[leaf] = below
			}
			at := below[next]
			if at == nil {
				at = &branch{step: next}
				below[next] = at
				leaf.children = append(leaf.children, at)
			}
			at.subtree.add(&sums)
			leaf = at
		}
		leaves[i] = leaf
	}
	for _, i := range s.list {
		leaves[i].matches = append(leaves[i].matches, i)
	}
	b.top.prune()
	b.top.order(q)
	return b
}

// steps returns the way to a process.
func (v *View) steps(i int32, by By) []step {
	n := &v.Nodes[i]
	switch by {
	case ByUser:
		return []step{{string(by), n.Process.Facts.User}}
	case ByGroup:
		return []step{{string(by), n.Group}}
	}
	if v.Role.SeesAll() && n.Process.Facts.Cgroup != "" {
		return pathSteps(n.Process.Facts)
	}
	return knownSteps(n.Process.Facts)
}

// knownSteps are for those who do not see the path of a control group.
func knownSteps(f *process.Facts) []step {
	var way []step
	for _, next := range []step{{branchUnit, f.Unit}, {branchPod, f.PodUID}, {branchContainer, f.Container}} {
		if next.name != "" {
			way = append(way, next)
		}
	}
	if way == nil {
		return []step{{kind: branchCgroup}}
	}
	return way
}

// pathSteps divides the path of a control group.
func pathSteps(f *process.Facts) []step {
	names := strings.SplitN(strings.Trim(f.Cgroup, "/"), "/", maxBranches)
	way := make([]step, len(names))
	for i, name := range names {
		way[i] = step{kindOfCgroup(name, f), name}
		switch way[i].kind {
		case branchPod:
			way[i].name = f.PodUID
		case branchContainer:
			way[i].name = f.Container
		}
	}
	if way[0].name == "" {
		way[0].name = "/"
	}
	return way
}

// kindOfCgroup tells what a directory of control groups stands for. The systemd driver writes the
// UID of a pod with underscores (kubelet, cgroup manager).
func kindOfCgroup(name string, f *process.Facts) string {
	switch {
	case f.Container != "" && strings.Contains(name, f.Container):
		return branchContainer
	case f.PodUID != "" && (strings.Contains(name, f.PodUID) || strings.Contains(name, strings.ReplaceAll(f.PodUID, "-", "_"))):
		return branchPod
	case f.Unit != "" && name == f.Unit:
		return branchUnit
	case strings.HasSuffix(name, ".slice"):
		return branchSlice
	}
	return branchCgroup
}

// prune drops the branches without a match, and reports whether any match is left.
func (b *branch) prune() bool {
	b.children = slices.DeleteFunc(b.children, func(c *branch) bool { return !c.prune() })
	return len(b.children)+len(b.matches) > 0
}

// order sorts branches by their sum where processes are sorted by a metric that has one, by the
// number of processes for subtree_processes, and else by name, the unknown last.
func (b *branch) order(q *Query) {
	compare := func(x, y *branch) int {
		if (x.name == "") != (y.name == "") {
			return cmp.Compare(y.name, x.name)
		}
		return cmp.Compare(x.name, y.name)
	}
	if value := sumOf(q.sort); value != nil {
		byName := compare
		compare = func(x, y *branch) int {
			c := cmp.Compare(value(&y.subtree), value(&x.subtree))
			if q.order == ascending {
				c = -c
			}
			return cmp.Or(c, byName(x, y))
		}
	}
	b.sort(compare)
}

func (b *branch) sort(compare func(x, y *branch) int) {
	slices.SortFunc(b.children, compare)
	for _, c := range b.children {
		c.sort(compare)
	}
}

// sumOf returns what a sort key sums up in a branch; nil for a key without a sum.
func sumOf(key *sortKey) func(*Subtree) float64 {
	if key == nil {
		return nil
	}
	name := strings.TrimPrefix(key.name, subtree)
	if name == "processes" {
		return func(s *Subtree) float64 { return float64(s.Processes) }
	}
	for i, f := range plan.sums {
		if f.Name == name {
			return func(s *Subtree) float64 { return s.Sums[i] }
		}
	}
	return nil
}

// AppendAll appends the array of the top branches.
func (b *Branches) AppendAll(dst []byte, pass Pass) []byte {
	return b.appendChildren(dst, &b.top, pass)
}

// appendChildren appends what is in a branch: further branches, then processes.
func (b *Branches) appendChildren(dst []byte, in *branch, pass Pass) []byte {
	dst = append(dst, '[')
	for at, c := range in.children {
		dst = append(jsontext.AppendComma(dst, at), `{"branch":"`...)
		dst = append(append(dst, c.kind...), '"')
		if c.name != "" {
			dst = jsontext.AppendString(append(dst, `,"name":`...), c.name)
		}
		dst = appendSubtree(dst, &c.subtree)
		dst = append(b.appendChildren(append(dst, `,"children":`...), c, pass), '}')
	}
	for at, i := range in.matches {
		sums := own(&b.Nodes[i])
		dst = jsontext.AppendComma(dst, len(in.children)+at)
		dst = appendSubtree(b.appendNode(append(dst, '{'), i), &sums)
		dst = pass(append(dst, '}'))
	}
	return append(dst, ']')
}
