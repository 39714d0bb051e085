package tree

import (
	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/jsontext"
)

// field is a metric as it stands in a node.
type field struct {
	// key is the name of the member with a comma before it and a colon behind.
	key    string
	source source
	*metric.Metric
	// rate is the index in Rates.PerSecond, sum that in Subtree.Sums; -1 for none.
	rate, sum int
	// number reads a number; ok is false for one that is not known.
	number func(t *Tree, n *Node) (value float64, ok bool)
}

// source is where the value of a field comes from.
type source uint8

const (
	fromUint source = iota
	fromInt
	fromDuration
	fromRate
	fromText
	fromList
	fromFlag
	// The following depend on more than what was read of the process: on the clock of the
	// snapshot, the tree, or the rules.
	fromMoment
	fromParent
	fromGroup
	fromWaiting
)

// object is some fields that stand together: in an object of a node, or in the node itself.
type object struct {
	// name is "" for the node itself.
	name string
	// key is the name as a member, with a comma before it and a colon behind.
	key    string
	fields []field
	// write appends the object with its key, nothing where none of its fields is known; it is nil
	// for the node itself.
	write func(dst []byte, n *Node) []byte
}

// layout is all fields by the object of the JSON, in the order of the table.
type layout struct {
	// fields is every metric, whether it is sent or not.
	fields []field
	// head comes before the constant fields, tail after them.
	head, tail []object
	constant   []field
	// rates are the metrics that Build counts between two scans, sums those that it adds up.
	rates, sums []*field
	// ownersOnly are the bits of what the role Public must not see.
	ownersOnly process.Fields
}

var plan = makeLayout(metric.All())

func makeLayout(metrics []metric.Metric) *layout {
	l := &layout{fields: make([]field, len(metrics))}
	into := &l.head
	l.ownersOnly = process.HasProportional
	for i := range metrics {
		f := l.add(i, &metrics[i])
		if f.Path == "" {
			continue
		}
		if f.Constant {
			l.constant, into = append(l.constant, *f), &l.tail
			continue
		}
		name, _ := f.Split()
		if last := len(*into) - 1; last < 0 || (*into)[last].name != name {
			*into = append(*into, object{name: name, key: `,"` + name + `":`, write: objectWriters[name]})
		}
		o := &(*into)[len(*into)-1]
		o.fields = append(o.fields, *f)
	}
	return l
}

// add fills in the field of a metric.
func (l *layout) add(i int, m *metric.Metric) *field {
	_, member := m.Split()
	f := &l.fields[i]
	*f = field{Metric: m, key: `,"` + member + `":`, source: sourceOf(m), rate: -1, sum: -1}
	if f.source == fromRate {
		f.rate = len(l.rates)
		l.rates = append(l.rates, f)
	}
	f.number = f.numbers()
	if m.Role != metric.Public {
		l.ownersOnly |= m.Known
	}
	if m.Sum == metric.SentSum {
		f.sum = len(l.sums)
		l.sums = append(l.sums, f)
	}
	return f
}

func sourceOf(m *metric.Metric) source {
	switch {
	case m.Counter() != nil:
		return fromRate
	case m.Uint != nil:
		return fromUint
	case m.Int != nil:
		return fromInt
	case m.Duration != nil:
		return fromDuration
	case m.Moment != nil:
		return fromMoment
	case m.Text != nil:
		return fromText
	case m.List != nil:
		return fromList
	case m.Flag != nil:
		return fromFlag
	case m.Name == "ppid":
		return fromParent
	case m.Name == "waiting":
		return fromWaiting
	}
	return fromGroup
}

// has reports whether a process has the value of a field, for those sources that need asking.
func (f *field) has(n *Node) bool {
	return n.Process.Known.Has(f.Known) && (f.source != fromRate || n.Rates.Known&(1<<f.rate) != 0)
}

// numbers returns what gives the value of a field of numbers; ok is false for one that is not known.
func (f *field) numbers() func(t *Tree, n *Node) (value float64, ok bool) {
	switch f.source {
	case fromUint:
		read, known := f.Uint, f.Known
		return func(_ *Tree, n *Node) (float64, bool) { return float64(read(n.Process)), n.Process.Known.Has(known) }
	case fromInt:
		read, known := f.Int, f.Known
		return func(_ *Tree, n *Node) (float64, bool) { return float64(read(n.Process)), n.Process.Known.Has(known) }
	case fromDuration:
		read, known := f.Duration, f.Known
		return func(_ *Tree, n *Node) (float64, bool) { return read(n.Process).Seconds(), n.Process.Known.Has(known) }
	case fromRate:
		rate := f.rate
		return func(_ *Tree, n *Node) (float64, bool) { return n.Rates.PerSecond[rate], n.Rates.Known&(1<<rate) != 0 }
	case fromMoment:
		return func(t *Tree, n *Node) (float64, bool) { return t.moment(f, n.Process), true }
	case fromParent:
		return func(t *Tree, n *Node) (float64, bool) { return float64(t.ppid(n)), true }
	}
	return nil
}

// text returns the value of a field of texts; "" is not known.
func (f *field) text(n *Node) string {
	switch f.source {
	case fromText:
		return f.Text(n.Process)
	case fromGroup:
		return n.Group
	case fromWaiting:
		return n.Waiting.String()
	}
	return ""
}

// appendList appends a list of strings, nothing for one that is not known.
func appendList(dst []byte, list []string) []byte {
	if list == nil {
		return dst
	}
	return jsontext.AppendStrings(dst, list)
}

// appendMember appends the name and the value, with a comma before it; nothing where there is none.
func (f *field) appendMember(dst []byte, v *View, n *Node) []byte {
	if !f.has(n) {
		return dst
	}
	start := len(dst)
	dst = append(dst, f.key...)
	value := len(dst)
	if dst = f.appendValue(dst, v, n); len(dst) == value {
		return dst[:start]
	}
	return dst
}

// appendValue appends the value of a field that the node has; nothing for an empty text.
func (f *field) appendValue(dst []byte, v *View, n *Node) []byte {
	switch f.source {
	case fromUint:
		return jsontext.AppendUint(dst, f.Uint(n.Process))
	case fromInt:
		return jsontext.AppendInt(dst, f.Int(n.Process))
	case fromDuration:
		return jsontext.AppendDuration(dst, f.Duration(n.Process), f.Decimals)
	case fromRate:
		return jsontext.AppendDecimal(dst, n.Rates.PerSecond[f.rate], f.Decimals)
	case fromMoment:
		return jsontext.AppendDecimal(dst, v.moment(f, n.Process), f.Decimals)
	case fromText:
		if text := f.Text(n.Process); text != "" || f.Required {
			return jsontext.AppendString(dst, text)
		}
	case fromList:
		return appendList(dst, f.List(n.Process))
	case fromFlag:
		return jsontext.AppendTrue(dst, f.Flag(n.Process))
	case fromParent:
		return jsontext.AppendInt(dst, v.ppid(n))
	case fromGroup, fromWaiting:
		return jsontext.AppendWord(dst, f.text(n))
	}
	return dst
}
