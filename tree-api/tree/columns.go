package tree

import (
	"proctree/collector/metric"
	"proctree/tree-api/jsontext"
)

// rowBytes is about what a node takes in columns.
const rowBytes = 240

// appendColumns appends members, each a column of the nodes in their order: numbers as
// lists, in which null is not known, and all else as dictionaries. It is less than a
// third as long as the list of the nodes, and a browser takes it in several times faster.
func (f *Frame) appendColumns(dst []byte, nodes []int32) []byte {
	dst = append(dst, `"id":[`...)
	for at, i := range nodes {
		dst = appendID(jsontext.AppendComma(dst, at), f.Nodes[i].Process.ID)
	}
	dst = append(dst, ']')
	for i := range plan.head {
		dst = f.appendObjectColumns(dst, &plan.head[i], nodes)
	}
	for i := range plan.constant {
		if c := &plan.constant[i]; c.Role != metric.Operator || f.Role.SeesAll() {
			dst = f.appendColumn(dst, c, nodes)
		}
	}
	for i := range plan.tail {
		dst = f.appendObjectColumns(dst, &plan.tail[i], nodes)
	}
	return f.appendDictionary(append(dst, `,"context":`...), nodes, func(dst []byte, i int32) []byte {
		return jsontext.AppendTrue(dst, f.kept[i] == asContext)
	})
}

// appendObjectColumns appends the columns of an object within it.
func (f *Frame) appendObjectColumns(dst []byte, o *object, nodes []int32) []byte {
	first := len(dst)
	if o.name != "" {
		dst = append(dst, o.key...)
		first = len(dst)
	}
	for i := range o.fields {
		dst = f.appendColumn(dst, &o.fields[i], nodes)
	}
	if o.name != "" {
		dst[first] = '{'
		dst = append(dst, '}')
	}
	return dst
}

func (f *Frame) appendColumn(dst []byte, c *field, nodes []int32) []byte {
	dst = append(dst, c.key...)
	switch {
	case c.IsNumber():
		return f.appendNumbers(dst, c, nodes)
	case c.source == fromList:
		return f.appendDictionary(dst, nodes, func(dst []byte, i int32) []byte { return appendList(dst, f.facts[i].cmdline) })
	}
	return f.appendDictionary(dst, nodes, func(dst []byte, i int32) []byte { return c.appendValue(dst, f.View, &f.Nodes[i]) })
}

// appendNumbers appends the values of a column as a list.
func (f *Frame) appendNumbers(dst []byte, c *field, nodes []int32) []byte {
	dst = append(dst, '[')
	for at, i := range nodes {
		dst = jsontext.AppendComma(dst, at)
		if n := &f.Nodes[i]; c.has(n) {
			dst = c.appendValue(dst, f.View, n)
		} else {
			dst = append(dst, "null"...)
		}
	}
	return append(dst, ']')
}

// appendDictionary appends the different values of a column, and for each node which one it
// has. appendValue appends nothing for a node that has none.
func (f *Frame) appendDictionary(dst []byte, nodes []int32, appendValue func(dst []byte, i int32) []byte) []byte {
	places := make(map[string]int)
	index := make([]int, len(nodes))
	var value []byte
	dst = append(dst, `{"values":[`...)
	for at, i := range nodes {
		if value = appendValue(value[:0], i); len(value) == 0 {
			value = append(value, "null"...)
		}
		place, ok := places[string(value)]
		if !ok {
			place = len(places)
			places[string(value)] = place
			dst = append(jsontext.AppendComma(dst, place), value...)
		}
		index[at] = place
	}
	dst = append(dst, `],"index":[`...)
	for at, place := range index {
		dst = jsontext.AppendInt(jsontext.AppendComma(dst, at), place)
	}
	return append(dst, "]}"...)
}
