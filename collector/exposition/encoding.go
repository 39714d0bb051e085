package exposition

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	dto "github.com/prometheus/client_model/go"
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
	// block is how it was written last, for a version and a structure of the family.
	block              []byte
	version, structure uint64
	// heading is what comes before the first series, and ending what comes after the last.
	heading, ending []byte
	// values are where in the block the values are: of protobuf, where each takes 8 bytes.
	values []int
}

// encode returns the family in a format. The bytes hold until the next Collect.
func (f *family) encode(format int, negotiated expfmt.Format) ([]byte, error) {
	e := &f.encodings[format]
	if e.block != nil && e.version == f.version {
		return e.block, nil
	}
	if f.gathered != nil {
		var out bytes.Buffer
		if err := f.writeBy(&out, negotiated, f.gathered); err != nil {
			return nil, err
		}
		e.block, e.version = out.Bytes(), f.version
		return e.block, nil
	}
	if err := f.prepare(e, format, negotiated); err != nil {
		return nil, err
	}
	switch {
	case format != protobuf:
		f.writeLines(e, format)
	case e.structure == f.structure:
		for at, i := range f.order {
			binary.LittleEndian.PutUint64(e.block[e.values[at]:], math.Float64bits(f.series[i].value))
		}
	default:
		f.writeMessage(e)
	}
	e.version, e.structure = f.version, f.structure
	return e.block, nil
}

// writeLines writes a text format.
func (f *family) writeLines(e *encoding, format int) {
	b := append(e.block[:0], e.heading...) //nolint:gocritic // the block is overwritten
	for _, i := range f.order {
		b = append(b, f.series[i].ready[format].bytes...)
		b = appendValue(b, f.series[i].value, format)
		b = append(b, '\n')
	}
	e.block = b
}

// writeMessage writes a length-delimited protobuf message.
func (f *family) writeMessage(e *encoding) {
	size := len(e.heading) + len(e.ending)
	for _, i := range f.order {
		size += len(f.series[i].ready[protobuf].bytes)
	}
	b := protowire.AppendVarint(e.block[:0], uint64(size))
	b = append(b, e.heading...)
	e.values = e.values[:0]
	for _, i := range f.order {
		s := f.series[i]
		at := len(b) + int(s.ready[protobuf].value)
		b = append(b, s.ready[protobuf].bytes...)
		binary.LittleEndian.PutUint64(b[at:], math.Float64bits(s.value))
		e.values = append(e.values, at)
	}
	b = append(b, e.ending...)
	e.block = b
}

func (f *family) writeBy(out *bytes.Buffer, negotiated expfmt.Format, of *dto.MetricFamily) error {
	if err := expfmt.NewEncoder(out, negotiated).Encode(of); err != nil {
		return fmt.Errorf("encode %s: %w", f.name, err)
	}
	return nil
}

// prepare has client_golang write the series that are not ready yet, and takes them apart.
func (f *family) prepare(e *encoding, format int, negotiated expfmt.Format) error {
	var missing []int32
	for _, i := range f.order {
		if f.series[i].ready[format].bytes == nil {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var out bytes.Buffer
	if err := f.writeBy(&out, negotiated, f.asFamily(missing)); err != nil {
		return err
	}
	var ok bool
	written := bytes.Clone(out.Bytes()) // A buffer that grew has room that nobody needs.
	if format == protobuf {
		ok = f.takeMessage(e, written, missing)
	} else {
		ok = f.takeLines(e, written, format, missing)
	}
	if !ok {
		return fmt.Errorf("find the values of %s: %w", f.name, errUnfit)
	}
	return nil
}

// takeLines takes the lines of series, each of which ends with its value: no label value has a
// bare line feed.
func (f *family) takeLines(e *encoding, text []byte, format int, places []int32) bool {
	rest := text
	for len(rest) > 0 && rest[0] == '#' {
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
	}
	e.heading = text[:len(text)-len(rest)]
	for _, i := range places {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		space := bytes.LastIndexByte(line, ' ')
		if !ok || space < 0 {
			return false
		}
		f.series[i].ready[format].bytes = line[: space+1 : space+1]
		rest = after
	}
	return len(rest) == 0
}

// The numbers of the fields (client_model's metrics.proto).
const (
	familyMetric                              = 4
	metricGauge, metricCounter, metricUntyped = 2, 3, 5
	valueOfAll                                = 1
)

// takeMessage takes the metrics of a length-delimited message, and what comes before and after
// them.
func (f *family) takeMessage(e *encoding, message []byte, places []int32) bool {
	_, size := protowire.ConsumeVarint(message)
	if size < 0 {
		return false
	}
	message = message[size:]
	taken, first, last := 0, -1, 0
	ok := eachField(message, func(number protowire.Number, begin, content, end int) bool {
		if number != familyMetric {
			return true
		}
		value := valueIn(message[content:end])
		if taken == len(places) || value < 0 {
			return false
		}
		f.series[places[taken]].ready[protobuf] = ready{message[begin:end:end], int32(content - begin + value)}
		if taken++; first < 0 {
			first = begin
		}
		last = end
		return true
	})
	if !ok || taken != len(places) {
		return false
	}
	e.heading, e.ending = message[:first], message[last:]
	return true
}

// valueIn finds where the value of a metric is in it, negative if it has none.
func valueIn(metric []byte) int {
	at := -1
	eachField(metric, func(number protowire.Number, _, content, end int) bool {
		if number != metricGauge && number != metricCounter && number != metricUntyped {
			return true
		}
		return eachField(metric[content:end], func(number protowire.Number, _, within, _ int) bool {
			if number == valueOfAll {
				at = content + within
			}
			return true
		})
	})
	return at
}

// eachField calls do with the place of each field of a message and of its content.
func eachField(message []byte, do func(number protowire.Number, begin, content, end int) bool) bool {
	for begin := 0; begin < len(message); {
		number, kind, tag := protowire.ConsumeTag(message[begin:])
		if tag < 0 {
			return false
		}
		content := begin + tag
		size := protowire.ConsumeFieldValue(number, kind, message[content:])
		if size < 0 {
			return false
		}
		end := content + size
		if kind == protowire.BytesType {
			_, prefix := protowire.ConsumeVarint(message[content:])
			content += prefix
		}
		if !do(number, begin, content, end) {
			return false
		}
		begin = end
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
