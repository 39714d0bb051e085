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

// Take gives a caller a slot, which release gives back. A quarter of the slots is
// kept for callers that have none yet; the callers share the rest.
func (l *Limiter) Take(caller string) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.by[caller]
	callers := len(l.by)
	if own == 0 {
		callers++
	}
	if l.taken >= l.most || own > 0 && own >= (l.most-l.most/4)/callers {
		return nil, false
	}
	l.by[caller]++
	l.taken++
	return sync.OnceFunc(func() { l.release(caller) }), true
}

func (l *Limiter) release(caller string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken--
	if l.by[caller]--; l.by[caller] == 0 {
		delete(l.by, caller)
	}
}
