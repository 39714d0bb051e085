package segment

import (
	"crypto/subtle"
	"encoding/binary"
)

// The texts with which a segment begins are most of what it holds, so they are written once. A damaged frame
// must cost one period at most: they are cut into shards of equal length with one more, the exclusive or of
// all, from which any one of them is made again.
const (
	// shards is how many there are beside the one that mends.
	shards = 16
	// leastSharded is from which length on texts are cut. Shorter ones are written twice.
	leastSharded = 16 << 10
)

// appendShards appends compressed texts as frames.
func (e *Encoder) appendShards(dst []byte, taken int64, texts []byte) []byte {
	first := e.sequence
	length := shardLength(len(texts))
	parity := make([]byte, length)
	for i := range shards + 1 {
		payload := binary.AppendUvarint(nil, uint64(first))
		payload = binary.AppendUvarint(payload, uint64(len(texts)))
		payload = append(payload, byte(i))
		if i == shards {
			payload = append(payload, parity...)
		} else {
			part := texts[min(i*length, len(texts)):min((i+1)*length, len(texts))]
			subtle.XORBytes(parity, parity, part)
			payload = append(payload, part...)
		}
		dst = e.frame(dst, Shard, taken, payload)
	}
	return dst
}

// shard is one as it is read.
type shard struct {
	first  uint32
	length int
	index  int
	data   []byte
}

func parseShard(f *Frame) (shard, bool) {
	in := &input{b: f.Payload}
	s := shard{first: uint32(in.uvarint()), length: int(in.uvarint())}
	index := in.bytes(1)
	if in.failed || s.length > maxPayload || int(index[0]) > shards || f.Sequence != s.first+uint32(index[0]) {
		return s, false
	}
	s.index, s.data = int(index[0]), in.b
	return s, true
}

// joinShards returns the texts of all shards by the index of the frame with which they are complete: one of
// them may be missing. Where more are, the texts are left out.
func joinShards(frames []Frame) map[int][]byte {
	joined := map[int][]byte{}
	var parts [shards + 1][]byte
	var of shard
	n := 0
	for i := range frames {
		if frames[i].Kind != Shard {
			continue
		}
		s, ok := parseShard(&frames[i])
		if !ok {
			continue
		}
		if n == 0 || s.first != of.first {
			clear(parts[:])
			of, n = s, 0
		}
		if s.length != of.length || parts[s.index] != nil {
			continue
		}
		parts[s.index] = s.data
		if n++; n == shards {
			if texts, ok := join(&parts, of.length); ok {
				joined[i] = texts
			}
		}
	}
	return joined
}

// join puts shards together of which one may be missing.
func join(parts *[shards + 1][]byte, total int) ([]byte, bool) {
	length := shardLength(total)
	missing := shards
	for i, part := range parts {
		want := length
		if i < shards {
			want = min(max(0, total-i*length), length)
		}
		if part == nil {
			missing = i
		} else if len(part) != want {
			return nil, false
		}
	}
	texts := make([]byte, length*shards)
	for i, part := range parts[:shards] {
		copy(texts[i*length:], part)
	}
	if missing < shards {
		made := texts[missing*length : (missing+1)*length]
		copy(made, parts[shards])
		for i, part := range parts[:shards] {
			if i != missing {
				subtle.XORBytes(made, made, part)
			}
		}
	}
	return texts[:total], true
}

// shardLength is the length of the longest shard of so many bytes.
func shardLength(total int) int { return (total + shards - 1) / shards }
