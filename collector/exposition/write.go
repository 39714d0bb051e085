package exposition

import (
	"fmt"
	"io"

	"github.com/prometheus/common/expfmt"
)

// endOfOpenMetrics is the last line of that format.
var endOfOpenMetrics = []byte("# EOF\n")

// Supports reports whether a page can be written in a format.
func Supports(negotiated expfmt.Format) bool {
	_, ok := formatOf(negotiated)
	return ok
}

// Encode returns what the last Collect took in a format, in pieces that hold until the next
// Collect or Encode, compressed by gzip on demand.
func (p *Page) Encode(negotiated expfmt.Format, compressed bool) ([][]byte, error) {
	format, ok := formatOf(negotiated)
	if !ok {
		return nil, fmt.Errorf("format %s: %w", negotiated, errUnfit)
	}
	blocks := make([][]byte, 0, len(p.sorted)+1)
	for _, f := range p.sorted {
		block, err := f.encode(format, negotiated)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	var end []byte
	if format == openMetrics {
		end = endOfOpenMetrics
	}
	if compressed {
		return p.compress(format, blocks, end)
	}
	return append(blocks, end), nil
}

// WriteTo writes the pieces one after the other.
func WriteTo(w io.Writer, pieces [][]byte) error {
	for _, piece := range pieces {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}
