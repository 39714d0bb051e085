package group

import "slices"

// ranking holds the best few of many, without sorting them all: while it is filled, best
// is a heap with the worst of the kept at its top.
type ranking struct {
	limit int
	best  []ranked
}

type ranked struct {
	value uint64
	*tracked
}

// worse orders by value; of two that are alike the one with the higher PID is worse.
func (r ranked) worse(other ranked) bool {
	if r.value != other.value {
		return r.value < other.value
	}
	return r.id.PID > other.id.PID
}

func (r *ranking) reset(limit int) {
	clear(r.best)
	r.limit, r.best = limit, r.best[:0]
}

// offer takes a process in if it is among the best so far. A value of 0 is never.
func (r *ranking) offer(value uint64, p *tracked) {
	if value == 0 || r.limit == 0 {
		return
	}
	entry := ranked{value, p}
	if len(r.best) < r.limit {
		r.best = append(r.best, entry)
		for i := len(r.best) - 1; i > 0 && r.best[i].worse(r.best[(i-1)/2]); i = (i - 1) / 2 {
			r.best[i], r.best[(i-1)/2] = r.best[(i-1)/2], r.best[i]
		}
		return
	}
	if entry.worse(r.best[0]) {
		return
	}
	r.best[0] = entry
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(r.best) {
			return
		}
		if child+1 < len(r.best) && r.best[child+1].worse(r.best[child]) {
			child++
		}
		if !r.best[child].worse(r.best[i]) {
			return
		}
		r.best[i], r.best[child] = r.best[child], r.best[i]
		i = child
	}
}

// sort puts the best first; the heap is over.
func (r *ranking) sort() {
	slices.SortFunc(r.best, func(a, b ranked) int {
		if b.worse(a) {
			return -1
		}
		return 1
	})
}
