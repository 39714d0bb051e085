package tree

import (
	"context"
	"errors"
	"fmt"

	"proctree/tree-api/jsontext"
)

// Frame is what a stream shows at one moment.
type Frame struct {
	*View
	*Selection
}

// NewFrame applies a query.
func NewFrame(ctx context.Context, v *View, q *Query) (*Frame, error) {
	return frameAfter(ctx, v, q, nil)
}

func frameAfter(ctx context.Context, v *View, q *Query, before *Frame) (*Frame, error) {
	s, err := v.selectAfter(ctx, q, before)
	if err != nil {
		return nil, err
	}
	if q.Depth >= 0 {
		v.dropBelow(s, q.Depth)
	}
	return &Frame{View: v, Selection: s}, nil
}

// NextFrame applies a query that had the answer before: now its root may have ended, which
// leaves nothing to show. It searches only the texts that changed.
func NextFrame(ctx context.Context, v *View, q *Query, before *Frame) (*Frame, error) {
	f, err := frameAfter(ctx, v, q, before)
	if errors.Is(err, ErrNoRoot) {
		return &Frame{View: v, Selection: &Selection{kept: make([]kept, len(v.Nodes)), root: NoParent}}, nil
	}
	return f, err
}

// dropBelow drops what lies more than so many levels below the top ones.
func (v *View) dropBelow(s *Selection, levels int) {
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

// Layout is how the first message of a stream lists the processes. It matters only to
// that message, so streams of both layouts share the others.
type Layout uint8

// The layouts: a list of nodes, or each of their fields as a column.
const (
	InNodes Layout = iota
	InColumns
	Layouts
)

func (l Layout) String() string { return [Layouts]string{"nodes", "columns"}[l] }

// ParseLayout reads the name of a layout.
func ParseLayout(text string) (Layout, error) {
	for as := range Layouts {
		if as.String() == text {
			return as, nil
		}
	}
	return InNodes, fmt.Errorf("must be %s or %s, not %q", InNodes, InColumns, text)
}

// Full makes the message that shows all of a frame.
func (f *Frame) Full(sequence uint64, as Layout) []byte {
	shown := f.shown()
	perNode := nodeBytes
	if as == InColumns {
		perNode = rowBytes
	}
	dst := f.appendStart(make([]byte, 0, (len(shown)+1)*perNode), "full", sequence)
	dst = append(append(append(dst, `,"role":"`...), f.Role.String()...), '"')
	if as == InColumns {
		return append(f.appendColumns(append(dst, `,"columns":{`...), shown), "}}"...)
	}
	dst = append(dst, `,"processes":[`...)
	first := len(dst)
	for _, i := range shown {
		dst = f.appendShown(dst, i)
	}
	return append(jsontext.DropComma(dst, first), "]}"...)
}

// shown lists the nodes that are not dropped, by PID.
func (f *Frame) shown() []int32 {
	list := make([]int32, 0, len(f.kept))
	for i, why := range f.kept {
		if why != dropped {
			list = append(list, int32(i))
		}
	}
	return list
}

// appendStart appends what every message begins with.
func (f *Frame) appendStart(dst []byte, kind string, sequence uint64) []byte {
	dst = append(append(append(dst, `{"type":"`...), kind...), '"')
	dst = jsontext.AppendUint(append(dst, `,"seq":`...), sequence)
	dst = f.AppendTimes(dst)
	dst = append(AppendHostMetrics(append(dst, `,"host":{`...), f.Tree), '}')
	dst = jsontext.AppendInt(append(dst, `,"total":`...), len(f.Nodes))
	return jsontext.AppendInt(append(dst, `,"matched":`...), f.Matched)
}

// appendShown appends a node as an element of a list, with a comma before it.
func (f *Frame) appendShown(dst []byte, i int32) []byte {
	dst = f.appendNode(append(dst, `,{`...), i)
	if f.kept[i] == asContext {
		dst = append(dst, `,"context":true`...)
	}
	return append(dst, '}')
}
