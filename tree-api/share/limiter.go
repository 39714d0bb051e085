package share

import "sync"

// Limiter bounds how many things are done at once. Safe for concurrent use.
type Limiter struct {
	most int

	mu    sync.Mutex
	taken int
	by    map[string]int
}

// NewLimiter returns a Limiter of so many slots.
func NewLimiter(most int) *Limiter { return &Limiter{most: most, by: map[string]int{}} }

// Most is how many slots there are.
func (l *Limiter) Most() int { return l.most }

// Taken is how many of them are taken.
func (l *Limiter) Taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken
}

// Take gives a caller a slot, which release gives back. The callers share three quarters of
// the slots. Of the rest each caller takes less than half of what is free, so that there is
// something for one that comes later, whichever came together before.
func (l *Limiter) Take(caller string) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.mayTake(l.by[caller]) {
		return nil, false
	}
	l.by[caller]++
	l.taken++
	return sync.OnceFunc(func() { l.release(caller) }), true
}

// mayTake reports whether a caller that has so many slots may take one more.
func (l *Limiter) mayTake(own int) bool {
	free, kept := l.most-l.taken, l.most/4
	if own == 0 || free == 0 {
		return free > 0
	}
	return own < (l.most-kept)/len(l.by) && (free > kept || 2*own < free)
}

func (l *Limiter) release(caller string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken--
	if l.by[caller]--; l.by[caller] == 0 {
		delete(l.by, caller)
	}
}
