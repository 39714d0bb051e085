package exposition

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protowire"
)

// The formats that are kept ready.
const (
	text = iota
	openMetrics
	protobuf
	formats
)

// formatOf returns which of them a negotiated format is.
func formatOf(negotiated expfmt.Format) (format int, ok bool) {
	switch negotiated.FormatType() {
	case expfmt.TypeTextPlain:
		return text, true
	case expfmt.TypeOpenMetrics:
		return openMetrics, true
	case expfmt.TypeProtoDelim:
		return protobuf, true
	}
	return 0, false
}

// encoding is a family in one format.
type encoding struct {
	// block is how it was written last, for a version of the family.
	block   []byte
	version uint64
	// heading is what comes before the first series, and prefixes what comes before each
	// value, one after the other, each up to its end.
	heading  []byte
	prefixes []byte
	ends     []int
	// values are where in the block the values are: of protobuf, where each takes 8 bytes.
	values []int
}

// encode returns the family in a format. The bytes hold until the next Collect.
func (f *family) encode(format int, negotiated expfmt.Format) ([]byte, error) {
	e := &f.encodings[format]
	switch {
	case e.block != nil && e.version == f.version:
		return e.block, nil
	case e.block == nil || f.gathered != nil:
		if err := f.prepare(e, format, negotiated); err != nil {
			return nil, err
		}
	case format == protobuf:
		for at, i := range f.order {
			binary.LittleEndian.PutUint64(e.block[e.values[at]:], math.Float64bits(f.series[i].value))
		}
	default:
		f.write(e, format)
	}
	e.version = f.version
	return e.block, nil
}

// write writes the lines of a text format.
func (f *family) write(e *encoding, format int) {
	b := e.block[:0]
	b = append(b, e.heading...)
	begin := 0
	for at, i := range f.order {
		b = append(b, e.prefixes[begin:e.ends[at]]...)
		begin = e.ends[at]
		b = appendValue(b, f.series[i].value, format)
		b = append(b, '\n')
	}
	e.block = b
}

// prepare has client_golang write the family, and finds where the values are in it.
func (f *family) prepare(e *encoding, format int, negotiated expfmt.Format) error {
	var out bytes.Buffer
	if err := expfmt.NewEncoder(&out, negotiated).Encode(f.asFamily()); err != nil {
		return fmt.Errorf("encode %s: %w", f.name, err)
	}
	*e = encoding{block: out.Bytes()}
	if f.gathered != nil {
		return nil
	}
	var ok bool
	if format == protobuf {
		ok = e.findNumbers(len(f.order))
	} else {
		ok = e.findLines(len(f.order))
	}
	if !ok {
		return fmt.Errorf("find the values of %s: %w", f.name, ErrUnfit)
	}
	return nil
}

// findLines finds the lines of the series, each of which ends with its value: no label value
// has a bare line feed.
func (e *encoding) findLines(n int) bool {
	rest := e.block
	for len(rest) > 0 && rest[0] == '#' {
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
	}
	e.heading = bytes.Clone(e.block[:len(e.block)-len(rest)])
	for len(rest) > 0 {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		space := bytes.LastIndexByte(line, ' ')
		if !ok || space < 0 {
			return false
		}
		e.prefixes = append(e.prefixes, line[:space+1]...)
		e.ends = append(e.ends, len(e.prefixes))
		rest = after
	}
	return len(e.ends) == n
}

// The numbers of the fields (client_model's metrics.proto).
const (
	familyMetric                              = 4
	metricGauge, metricCounter, metricUntyped = 2, 3, 5
	valueOfAll                                = 1
)

// findNumbers finds the values in a length-delimited protobuf message.
func (e *encoding) findNumbers(n int) bool {
	_, size := protowire.ConsumeVarint(e.block)
	if size < 0 {
		return false
	}
	return e.eachField(size, len(e.block), func(number protowire.Number, begin, end int) bool {
		if number != familyMetric {
			return true
		}
		return e.eachField(begin, end, func(number protowire.Number, begin, end int) bool {
			if number != metricGauge && number != metricCounter && number != metricUntyped {
				return true
			}
			return e.eachField(begin, end, func(number protowire.Number, begin, _ int) bool {
				if number == valueOfAll {
					e.values = append(e.values, begin)
				}
				return true
			})
		})
	}) && len(e.values) == n
}

// eachField calls do with the place of the content of each field of a message.
func (e *encoding) eachField(begin, end int, do func(number protowire.Number, begin, end int) bool) bool {
	for at := begin; at < end; {
		number, kind, tag := protowire.ConsumeTag(e.block[at:end])
		if tag < 0 {
			return false
		}
		at += tag
		size := protowire.ConsumeFieldValue(number, kind, e.block[at:end])
		if size < 0 {
			return false
		}
		content := at
		if kind == protowire.BytesType {
			_, prefix := protowire.ConsumeVarint(e.block[at:end])
			content += prefix
		}
		if !do(number, content, at+size) {
			return false
		}
		at += size
	}
	return true
}

// plain is below which whole numbers are written without an exponent.
const plain = 1e6

// appendValue writes a value as expfmt does.
func appendValue(b []byte, v float64, format int) []byte {
	switch whole := int64(v); {
	case v > -plain && v < plain && float64(whole) == v:
		b = strconv.AppendInt(b, whole, 10)
		if format == openMetrics {
			b = append(b, ".0"...)
		}
		return b
	case math.IsNaN(v):
		return append(b, "NaN"...)
	case math.IsInf(v, 1):
		return append(b, "+Inf"...)
	case math.IsInf(v, -1):
		return append(b, "-Inf"...)
	}
	begin := len(b)
	b = strconv.AppendFloat(b, v, 'g', -1, 64)
	if format == openMetrics && !bytes.ContainsAny(b[begin:], "e.") {
		b = append(b, ".0"...)
	}
	return b
}
