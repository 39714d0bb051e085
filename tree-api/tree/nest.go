package tree

import (
	"slices"

	"proctree/tree-api/jsontext"
)

// maxNesting is how many levels an answer nests. Parsers refuse deep JSON (jq 1.6 stops at
// 256 brackets), and any user can start a chain of processes of any length: what
// lies deeper is listed, whole and in order, among the children of the last level.
const maxNesting = 100

// Pass may send what there is of an answer and returns what is left of it.
type Pass func(dst []byte) []byte

// nesting writes the selected nodes as nested JSON.
type nesting struct {
	*View
	selection *Selection
	// tops and children are in the order asked for; children has one entry per node.
	tops     []int32
	children [][]int32
	// levels is how many are written below the top; negative is all.
	levels int
	// pass is called after every node.
	pass Pass
}

// Nest lays out a selection as a tree.
func (v *View) Nest(s *Selection, q *Query) *nesting {
	n := &nesting{View: v, selection: s, levels: q.Depth}
	order := make([]int32, 0, len(v.Nodes))
	for i, why := range s.kept {
		if why != dropped {
			order = append(order, int32(i))
		}
	}
	v.sortNodes(order, q)
	n.tops, n.children = fan(order, len(v.Nodes), func(i int32) int32 {
		if i == s.root {
			return NoParent
		}
		return v.Nodes[i].Parent
	})
	return n
}

// fan groups nodes by parent and keeps their order. All lists share one array.
func fan(order []int32, size int, parent func(int32) int32) (tops []int32, children [][]int32) {
	counts := make([]int32, size)
	roots := 0
	for _, i := range order {
		if p := parent(i); p == NoParent {
			roots++
		} else {
			counts[p]++
		}
	}
	lists := make([]int32, len(order))
	tops, lists = lists[:0:roots], lists[roots:]
	children = make([][]int32, size)
	for i, n := range counts {
		children[i], lists = lists[:0:n], lists[n:]
	}
	for _, i := range order {
		if p := parent(i); p == NoParent {
			tops = append(tops, i)
		} else {
			children[p] = append(children[p], i)
		}
	}
	return tops, children
}

// AppendAll appends the array of the top nodes.
func (n *nesting) AppendAll(dst []byte, pass Pass) []byte {
	n.pass = pass
	return n.appendList(dst, n.tops, 0)
}

func (n *nesting) appendList(dst []byte, list []int32, level int) []byte {
	dst = append(dst, '[')
	for at, i := range list {
		dst = jsontext.AppendComma(dst, at)
		dst = n.appendBranch(dst, i, level)
	}
	return append(dst, ']')
}

// appendBranch appends a node and what is below it.
func (n *nesting) appendBranch(dst []byte, i int32, level int) []byte {
	dst = n.pass(n.appendWhole(append(dst, '{'), i))
	below := n.children[i]
	if len(below) == 0 || level == n.levels {
		return append(dst, '}')
	}
	dst = append(dst, `,"children":`...)
	if level+1 < maxNesting {
		dst = n.appendList(dst, below, level+1)
	} else {
		dst = n.appendFlat(dst, below, level+1)
	}
	return append(dst, '}')
}

// appendFlat appends nodes and all below them as one array, each before its children.
func (n *nesting) appendFlat(dst []byte, list []int32, level int) []byte {
	dst = append(dst, '[')
	first := true
	n.walk(list, level, func(i int32, _ int) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = n.pass(append(n.appendWhole(append(dst, '{'), i), '}'))
	})
	return append(dst, ']')
}

// walk visits nodes and all below them as far as the levels go, each before its children. It does
// not recurse: any user can start a chain of processes of any length.
func (n *nesting) walk(list []int32, level int, visit func(node int32, level int)) {
	type place struct {
		node  int32
		level int
	}
	var stack []place
	push := func(list []int32, level int) {
		for _, node := range slices.Backward(list) {
			stack = append(stack, place{node, level})
		}
	}
	push(list, level)
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		visit(next.node, next.level)
		if next.level != n.levels {
			push(n.children[next.node], next.level+1)
		}
	}
}

// appendWhole appends the members of a node with its sums and why it is there.
func (n *nesting) appendWhole(dst []byte, i int32) []byte {
	return n.AppendSelected(dst, i, n.selection.kept[i])
}

// AppendSelected appends the members of a node with its sums; context marks an ancestor
// that itself does not match.
func (v *View) AppendSelected(dst []byte, i int32, why kept) []byte {
	dst = appendSubtree(v.appendNode(dst, i), &v.Nodes[i].Subtree)
	if why == asContext {
		dst = append(dst, `,"context":true`...)
	}
	return dst
}

// AppendLines appends the matches as lines of JSON, each with the time of the table.
func (v *View) AppendLines(dst []byte, s *Selection) []byte {
	for _, i := range s.list {
		dst = jsontext.AppendDecimal(append(dst, `{"time":`...), v.time(), jsontext.TimeDecimals)
		dst = append(v.AppendSelected(append(dst, ','), i, AsMatch), '}', '\n')
	}
	return dst
}

// AppendList appends the matches as one array.
func (v *View) AppendList(dst []byte, s *Selection, pass Pass) []byte {
	dst = append(dst, '[')
	for at, i := range s.list {
		dst = jsontext.AppendComma(dst, at)
		dst = pass(append(v.AppendSelected(append(dst, '{'), i, AsMatch), '}'))
	}
	return append(dst, ']')
}

// AppendColumns appends the matches as one object of columns, as in the first message of a stream.
func (v *View) AppendColumns(dst []byte, s *Selection) []byte {
	f := &Frame{View: v, Selection: s}
	return append(f.appendColumns(append(dst, '{'), s.list), '}')
}
