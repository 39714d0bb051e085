package report

import (
	"math"
	"strconv"
	"time"

	"proctree/collector/metric"
	"proctree/collector/process"
)

// Point is a process at one moment: the metrics that change while it runs, each where the JSON of a
// process has it.
type Point struct {
	Time   Seconds
	State  string
	Values []Value
}

// Value is a metric that is known.
type Value struct {
	Metric *metric.Metric
	Number float64
}

// add adds what is known of a process and a role may see. Rates cover the time since the point before,
// which is nil for the first one.
func (v *Point) add(p, before *process.Process, since time.Duration, role metric.Role) {
	list := metric.All()
	for i := range list {
		m := &list[i]
		if !m.Changes() || m.Role > role || !p.Known.Has(m.Known) {
			continue
		}
		var number float64
		switch counter := m.Counter(); {
		case counter != nil && (before == nil || since <= 0 || !before.Known.Has(m.Known)):
			continue
		case counter != nil:
			number = counter.Growth(p, before) / since.Seconds()
		case m.Duration != nil:
			number = m.Duration(p).Seconds()
		case m.Int != nil:
			number = float64(m.Int(p))
		default:
			number = float64(m.Uint(p))
		}
		scale := math.Pow10(m.Decimals)
		v.Values = append(v.Values, Value{m, math.Round(number*scale) / scale})
	}
}

// MarshalJSON writes the metrics of one object of the JSON, which stand together in the table.
func (v Point) MarshalJSON() ([]byte, error) {
	b := append([]byte(`{"time":`), strconv.FormatFloat(float64(v.Time), 'f', -1, 64)...)
	b = append(b, `,"state":`...)
	b = strconv.AppendQuote(b, v.State)
	in := ""
	for _, value := range v.Values {
		object, member := value.Metric.Split()
		if object != in && in != "" {
			b = append(b, '}')
		}
		b = append(b, ',')
		if object != in && object != "" {
			b = append(strconv.AppendQuote(b, object), ":{"...)
		}
		b = append(strconv.AppendQuote(b, member), ':')
		b = strconv.AppendFloat(b, value.Number, 'f', -1, 64)
		in = object
	}
	if in != "" {
		b = append(b, '}')
	}
	return append(b, '}'), nil
}
