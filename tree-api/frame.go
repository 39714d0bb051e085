package treeapi

import (
	"context"
	"errors"
)

// frame is what a stream shows at one moment.
type frame struct {
	*view
	*selection
}

// newFrame applies a query.
func newFrame(ctx context.Context, v *view, q *query) (*frame, error) {
	s, err := v.selectNodes(ctx, q)
	if err != nil {
		return nil, err
	}
	if q.depth >= 0 {
		v.dropBelow(s, q.depth)
	}
	return &frame{view: v, selection: s}, nil
}

// nextFrame applies a query that had an answer before: now its root may have ended, which
// leaves nothing to show.
func nextFrame(ctx context.Context, v *view, q *query) (*frame, error) {
	f, err := newFrame(ctx, v, q)
	if errors.Is(err, errNoRoot) {
		return &frame{view: v, selection: &selection{kept: make([]kept, len(v.Nodes)), root: NoParent}}, nil
	}
	return f, err
}

// dropBelow drops what lies more than so many levels below the top ones.
func (v *view) dropBelow(s *selection, levels int) {
	level := make([]int, len(v.Nodes))
	for _, i := range v.topDown() {
		if p := v.Nodes[i].Parent; p != NoParent && i != s.root {
			level[i] = level[p] + 1
		}
		if level[i] > levels {
			s.kept[i] = dropped
		}
	}
}

// nodeBytes is about what a node takes in a message. A buffer that grows step by step would
// leave six times as much garbage as a message of ten thousand nodes is long.
const nodeBytes = 600

// full makes the message that shows all of a frame.
func (f *frame) full(sequence uint64, as layout) []byte {
	shown := f.shown()
	perNode := nodeBytes
	if as == inColumns {
		perNode = rowBytes
	}
	dst := f.appendStart(make([]byte, 0, (len(shown)+1)*perNode), "full", sequence)
	dst = append(append(append(dst, `,"role":"`...), f.role.String()...), '"')
	if as == inColumns {
		return append(f.appendColumns(append(dst, `,"columns":{`...), shown), "}}"...)
	}
	dst = append(dst, `,"processes":[`...)
	first := len(dst)
	for _, i := range shown {
		dst = f.appendShown(dst, i)
	}
	return append(dropComma(dst, first), "]}"...)
}

// shown lists the nodes that are not dropped, by PID.
func (f *frame) shown() []int32 {
	list := make([]int32, 0, len(f.kept))
	for i, why := range f.kept {
		if why != dropped {
			list = append(list, int32(i))
		}
	}
	return list
}

// appendStart appends what every message begins with.
func (f *frame) appendStart(dst []byte, kind string, sequence uint64) []byte {
	dst = append(append(append(dst, `{"type":"`...), kind...), '"')
	dst = appendUint(append(dst, `,"seq":`...), sequence)
	dst = f.appendTimes(dst)
	dst = append(appendHostFigures(append(dst, `,"host":{`...), f.Tree), '}')
	dst = appendInt(append(dst, `,"total":`...), len(f.Nodes))
	return appendInt(append(dst, `,"matched":`...), f.matched)
}

// appendShown appends a node as an element of a list, with a comma before it.
func (f *frame) appendShown(dst []byte, i int32) []byte {
	dst = f.appendNode(append(dst, `,{`...), i)
	if f.kept[i] == asContext {
		dst = append(dst, `,"context":true`...)
	}
	return append(dst, '}')
}
