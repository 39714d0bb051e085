package segment

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"time"
)

// Kind is what a frame holds.
type Kind byte

// The kinds.
const (
	Header     Kind = 'H'
	Texts      Kind = 'T'
	Shard      Kind = 'S'
	Overview   Kind = 'O'
	Events     Kind = 'E'
	Key        Kind = 'K'
	Difference Kind = 'D'
)

// HeaderBytes is the length of the header of a frame.
const HeaderBytes = 32

// maxPayload bounds what a reader believes of the length of a frame.
const maxPayload = 1 << 27

// magic begins each header. Its first byte is in no UTF-8 text.
var magic = [2]byte{0xf5, 'P'}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Frame is one frame of a segment.
type Frame struct {
	Kind Kind
	// Sequence counts the frames of a segment, from 0 on.
	Sequence uint32
	// Time is the moment of the table in nanoseconds since 1970.
	Time int64
	// Offset is the place of the payload in the segment.
	Offset  int
	Payload []byte
}

// End is the place behind the frame.
func (f *Frame) End() int { return f.Offset + len(f.Payload) }

// appendFrame appends a frame with its header.
func appendFrame(dst []byte, kind Kind, sequence uint32, time int64, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, magic[0], magic[1], byte(kind), 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(payload)))
	dst = binary.LittleEndian.AppendUint32(dst, sequence)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(time))
	dst = append(dst, 0, 0, 0, 0) // reserved
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(payload, castagnoli))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
	return append(dst, payload...)
}

// Scan lists the intact frames of a segment. damaged counts the places at which bytes were skipped;
// a frame that is cut off at the end is one of them. whole is the length up to the end of the last
// intact frame.
func Scan(segment []byte) (frames []Frame, damaged, whole int) {
	at, intact := 0, true
	for at < len(segment) {
		f, ok := parseFrame(segment, at)
		if ok {
			frames = append(frames, f)
			at, intact = f.End(), true
			whole = at
			continue
		}
		if intact {
			damaged++
			intact = false
		}
		next := bytes.Index(segment[at+1:], magic[:])
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return frames, damaged, whole
}

// TimeOf returns the moment of the frame that begins with a header; ok is false for what is none.
func TimeOf(header []byte) (t time.Time, ok bool) {
	if !isHeader(header) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.LittleEndian.Uint64(header[timeAt:]))), true
}

func isHeader(h []byte) bool {
	return len(h) >= HeaderBytes && h[0] == magic[0] && h[1] == magic[1] &&
		crc32.Checksum(h[:HeaderBytes-4], castagnoli) == binary.LittleEndian.Uint32(h[HeaderBytes-4:])
}

// timeAt is the place of the time in a header.
const timeAt = 12

func parseFrame(segment []byte, at int) (Frame, bool) {
	if len(segment)-at < HeaderBytes {
		return Frame{}, false
	}
	h := segment[at : at+HeaderBytes]
	if !isHeader(h) {
		return Frame{}, false
	}
	n := binary.LittleEndian.Uint32(h[4:])
	start := at + HeaderBytes
	if n > maxPayload || int(n) > len(segment)-start {
		return Frame{}, false
	}
	payload := segment[start : start+int(n) : start+int(n)]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(h[HeaderBytes-8:]) {
		return Frame{}, false
	}
	return Frame{
		Kind:     Kind(h[2]),
		Sequence: binary.LittleEndian.Uint32(h[8:]),
		Time:     int64(binary.LittleEndian.Uint64(h[timeAt:])),
		Offset:   start,
		Payload:  payload,
	}, true
}
