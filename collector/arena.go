package collector

import "slices"

// arena has room for the metrics of a scrape. They are thousands, and live until their values
// are written; then the next scrape has the same room, and the labels of this one.
type arena struct {
	chunks    [][]metric
	used      int
	groups    []subject[groupView]
	processes []subject[processView]
	labels    *labelSets
}

func newArena() *arena { return &arena{labels: newLabelSets()} }

// subjects returns room for so many groups and processes.
func (a *arena) subjects(groups, processes int) ([]subject[groupView], []subject[processView], *labelSets) {
	if a == nil {
		return make([]subject[groupView], groups), make([]subject[processView], processes), nil
	}
	a.groups = slices.Grow(a.groups[:0], groups)[:groups]
	a.processes = slices.Grow(a.processes[:0], processes)[:processes]
	return a.groups, a.processes, a.labels
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
	clear(a.groups)
	clear(a.processes)
}
