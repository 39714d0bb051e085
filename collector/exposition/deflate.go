package exposition

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/flate"
)

// chunkSize is how many bytes are compressed together at least. A chunk refers to nothing
// outside of it, so that it can be kept as long as its families stay as they are.
const chunkSize = 8 << 10

// chunk is some families, one after the other, as compressed last.
type chunk struct {
	families []*family
	versions []uint64
	format   int
	deflated []byte
}

// same reports whether the chunk is still that of its families.
func (c *chunk) same(format int) bool {
	if c.deflated == nil || c.format != format {
		return false
	}
	for i, f := range c.families {
		if f.version != c.versions[i] {
			return false
		}
	}
	return true
}

// deflater compresses chunks into parts of one stream (RFC 1951).
type deflater struct {
	to      bytes.Buffer
	flate   *flate.Writer
	content []byte
}

func newDeflater() *deflater {
	d := &deflater{}
	// The fastest level makes the answer a sixth larger, in a fraction of the time.
	w, err := flate.NewWriter(&d.to, flate.BestSpeed)
	if err != nil {
		panic(err) // The level is the same at every call: it is a mistake in this program.
	}
	d.flate = w
	return d
}

// deflate returns blocks that are not the last of a stream, and end at a whole byte.
func (d *deflater) deflate(content []byte) ([]byte, error) {
	d.to.Reset()
	d.flate.Reset(&d.to)
	if _, err := d.flate.Write(content); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := d.flate.Flush(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return bytes.Clone(d.to.Bytes()), nil
}

var (
	// gzipHeader is that of RFC 1952, without a time and a name.
	gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255}
	// lastBlock is an empty block that ends the stream.
	lastBlock = []byte{3, 0}
)

// compress returns the blocks of the families, and what follows them, as one gzip file.
func (p *Page) compress(format int, blocks [][]byte, end []byte) ([][]byte, error) {
	if p.gzip == nil {
		p.gzip = newDeflater()
	}
	if p.chunks == nil {
		p.divide(blocks)
	}
	out := append(make([][]byte, 0, len(p.chunks)+4), gzipHeader)
	sum, size, at := uint32(0), 0, 0
	for i := range p.chunks {
		c := &p.chunks[i]
		own := blocks[at : at+len(c.families)]
		at += len(own)
		for _, b := range own {
			sum = crc32.Update(sum, crc32.IEEETable, b)
			size += len(b)
		}
		if err := p.gzip.update(c, format, own); err != nil {
			return nil, err
		}
		out = append(out, c.deflated)
	}
	if len(end) > 0 {
		deflated, err := p.gzip.deflate(end)
		if err != nil {
			return nil, err
		}
		out = append(out, deflated)
		sum = crc32.Update(sum, crc32.IEEETable, end)
		size += len(end)
	}
	var trailer [8]byte
	binary.LittleEndian.PutUint32(trailer[:], sum)
	binary.LittleEndian.PutUint32(trailer[4:], uint32(size))
	return append(out, lastBlock, trailer[:]), nil
}

// update compresses a chunk, unless it is still the same.
func (d *deflater) update(c *chunk, format int, blocks [][]byte) (err error) {
	if c.same(format) {
		return nil
	}
	d.content = d.content[:0]
	for _, b := range blocks {
		d.content = append(d.content, b...)
	}
	if c.deflated, err = d.deflate(d.content); err != nil {
		return err
	}
	c.format, c.versions = format, c.versions[:0]
	for _, f := range c.families {
		c.versions = append(c.versions, f.version)
	}
	return nil
}

// divide makes chunks of the families. It holds until there are other families.
func (p *Page) divide(blocks [][]byte) {
	begin, size := 0, 0
	for i, b := range blocks {
		size += len(b)
		if size >= chunkSize || i == len(blocks)-1 {
			p.chunks = append(p.chunks, chunk{families: p.sorted[begin : i+1]})
			begin, size = i+1, 0
		}
	}
}
