package treeapi

import "slices"

// maxNesting is how many levels an answer nests. Parsers refuse deep JSON (jq 1.6 stops at
// 256 brackets), and any user can start a chain of processes as long as he likes: what
// lies deeper is listed, whole and in order, among the children of the last level.
const maxNesting = 100

// pass may send what there is of an answer and returns what is left of it.
type pass func(dst []byte) []byte

// nesting writes the selected nodes as nested JSON.
type nesting struct {
	*view
	selection *selection
	// tops and children are in the order asked for; children has one entry per node.
	tops     []int32
	children [][]int32
	// levels is how many are written below the top; negative is all.
	levels int
	// pass is called after every node.
	pass pass
}

// nest lays out a selection as a tree.
func (v *view) nest(s *selection, q *query) *nesting {
	n := &nesting{view: v, selection: s, levels: q.depth}
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

// appendAll appends the array of the top nodes.
func (n *nesting) appendAll(dst []byte, pass pass) []byte {
	n.pass = pass
	return n.appendList(dst, n.tops, 0)
}

func (n *nesting) appendList(dst []byte, list []int32, level int) []byte {
	dst = append(dst, '[')
	for at, i := range list {
		dst = appendComma(dst, at)
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
	dst = append(dst, '[')
	for first := true; len(stack) > 0; first = false {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !first {
			dst = append(dst, ',')
		}
		dst = n.pass(append(n.appendWhole(append(dst, '{'), next.node), '}'))
		if next.level != n.levels {
			push(n.children[next.node], next.level+1)
		}
	}
	return append(dst, ']')
}

// appendWhole appends the members of a node with its sums and why it is there.
func (n *nesting) appendWhole(dst []byte, i int32) []byte {
	return n.appendSelected(dst, i, n.selection.kept[i])
}

// appendSelected appends the members of a node with its sums; context marks an ancestor
// that itself does not match.
func (v *view) appendSelected(dst []byte, i int32, why kept) []byte {
	dst = appendSubtree(v.appendNode(dst, i), v.Nodes[i].Subtree)
	if why == asContext {
		dst = append(dst, `,"context":true`...)
	}
	return dst
}

// appendList appends the matches as one array.
func (v *view) appendList(dst []byte, s *selection, pass pass) []byte {
	dst = append(dst, '[')
	for at, i := range s.list {
		dst = appendComma(dst, at)
		dst = pass(append(v.appendSelected(append(dst, '{'), i, asMatch), '}'))
	}
	return append(dst, ']')
}
