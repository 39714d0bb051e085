package tree

import (
	"fmt"
	"strconv"
	"strings"

	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/search"
)

// textTerm is a text or a regular expression to look for. What is found is kept from scan to scan,
// because the texts of a process hardly ever change.
type textTerm struct {
	not bool
	// field is where to look; nil is in every searched field.
	field *field
	// text is in lower case.
	text string
	// equal is whether the field must be the text, and not only contain it.
	equal bool
	// digits is whether the text can be found in a number, spans whether it can reach from one
	// argument into the next.
	digits, spans bool
	pattern       *Pattern
}

func newText(text string) textTerm {
	return textTerm{text: text, digits: strings.Trim(text, "0123456789") == "", spans: strings.Contains(text, " ")}
}

// valueTerm is a condition on a number or on the state.
type valueTerm struct {
	*field
	search.Term
}

// passes reports whether a node has the value. One that is not known passes no comparison.
func (t *valueTerm) passes(in *Tree, n *Node) bool {
	if t.Kind == metric.State {
		return t.text(n) == t.Text
	}
	value, ok := t.number(in, n)
	return ok && t.Compares(value)
}

// readSearch reads the parameter q.
func (q *Query) readSearch(value string) error {
	terms, err := search.Parse(value)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if err := q.addTerm(t); err != nil {
			return err
		}
	}
	return nil
}

func (q *Query) addTerm(t search.Term) error {
	if t.On != search.Nothing {
		if len(q.held) == process.MaxHeld {
			return fmt.Errorf("at most %d ports and files", process.MaxHeld)
		}
		q.held = append(q.held, heldTerm{process.Held{Port: uint16(t.Number), File: t.Text}, t.Not})
		return nil
	}
	f := plan.find(t.Metric)
	if f != nil && (f.IsNumber() || f.Kind == metric.State) {
		q.values = append(q.values, valueTerm{f, t})
		return nil
	}
	text := newText(t.Text)
	if t.Pattern != "" {
		compiled, err := CompilePattern("(?i)" + t.Pattern)
		if err != nil {
			return err
		}
		text = textTerm{pattern: compiled}
	}
	text.not, text.field, text.equal = t.Not, f, t.Op == search.Equal
	q.texts = append(q.texts, text)
	return nil
}

// heldTerm is a condition on what a process has open.
type heldTerm struct {
	process.Held
	not bool
}

// Held returns what must be looked up before nodes can be selected.
func (q *Query) Held() []process.Held {
	things := make([]process.Held, len(q.held))
	for i, t := range q.held {
		things[i] = t.Held
	}
	return things
}

// HeldBy returns the query with what was looked up.
func (q *Query) HeldBy(by *process.Holders) *Query {
	with := *q
	with.holders = by
	return &with
}

// holds reports whether a process has open what it must have.
func (q *Query) holds(id process.ID) bool {
	for i, t := range q.held {
		if (q.holders.By[id]&(1<<i) != 0) == t.not {
			return false
		}
	}
	return true
}

// exactPID returns the PID if the query looks for nothing but a number: who types one most often
// means the process. It is 0 otherwise.
func (q *Query) exactPID() int {
	if len(q.texts) != 1 {
		return 0
	}
	t := &q.texts[0]
	if t.not || t.field != nil || t.pattern != nil || !t.digits {
		return 0
	}
	pid, err := strconv.Atoi(t.text)
	if err != nil {
		return 0
	}
	return pid
}

// find returns the field of a metric, nil for none.
func (l *layout) find(m *metric.Metric) *field {
	for i := range l.fields {
		if l.fields[i].Metric == m {
			return &l.fields[i]
		}
	}
	return nil
}
