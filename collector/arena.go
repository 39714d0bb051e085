package collector

// arena has room for the metrics of a scrape. They are thousands, and live until their values
// are written; then the next scrape has the same room.
type arena struct {
	chunks [][]metric
	used   int
}

const arenaChunk = 256

// next returns room for a metric. A nil arena takes it from the heap.
func (a *arena) next() *metric {
	if a == nil {
		return new(metric)
	}
	chunk, at := a.used/arenaChunk, a.used%arenaChunk
	if chunk == len(a.chunks) {
		a.chunks = append(a.chunks, make([]metric, arenaChunk))
	}
	a.used++
	return &a.chunks[chunk][at]
}

// reset makes all of it free again.
func (a *arena) reset() {
	for _, chunk := range a.chunks {
		clear(chunk)
	}
	a.used = 0
}
