// Package share divides what there is of the exporter among its callers, so that none of them
// can use up what the others need.
package share

import (
	"math"
	"sync"
	"time"
)

// Places are for what is done at once. Safe for concurrent use.
type Places struct {
	most int

	mu    sync.Mutex
	taken int
	by    map[string]int
}

// NewPlaces returns so many places.
func NewPlaces(most int) *Places { return &Places{most: most, by: map[string]int{}} }

// Most is how many places there are.
func (p *Places) Most() int { return p.most }

// Taken is how many of them are taken.
func (p *Places) Taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

// Take gives a caller a place, which is given back by release. A quarter of the places is
// kept for callers that have none yet; the callers share the rest.
func (p *Places) Take(caller string) (release func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	held := p.by[caller]
	callers := len(p.by)
	if held == 0 {
		callers++
	}
	if p.taken >= p.most || held > 0 && held >= (p.most-p.most/4)/callers {
		return nil, false
	}
	p.by[caller]++
	p.taken++
	return sync.OnceFunc(func() { p.release(caller) }), true
}

func (p *Places) release(caller string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.by[caller]--; p.by[caller] == 0 {
		delete(p.by, caller)
	}
}

const (
	// WorkAtOnce is how many steps a caller may use who has used none for a while, and
	// workPerSecond how many more come each second: a few percent of a CPU.
	WorkAtOnce    = 600_000_000
	workPerSecond = 60_000_000
	// maxCallers bounds the memory: who is forgotten begins anew.
	maxCallers = 4096
)

// Work are the steps that callers may make each second. Safe for concurrent use.
type Work struct {
	mu sync.Mutex
	// used is what each caller has used up, as of a time.
	used map[string]usage
}

type usage struct {
	steps float64
	as    time.Time
}

// NewWork returns the work of callers that have used none.
func NewWork() *Work { return &Work{used: map[string]usage{}} }

// Spend takes steps from what a caller may use. If that is not enough it takes none, and
// returns how long to wait.
func (w *Work) Spend(caller string, steps int, now time.Time) (wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.used[caller].at(now)
	if over := u.steps + float64(steps) - WorkAtOnce; over > 0 && u.steps > 0 {
		return time.Duration(math.Ceil(over/workPerSecond)) * time.Second
	}
	u.steps += float64(steps)
	w.used[caller] = u
	w.forget(now)
	return 0
}

// at is what is still used up at a time.
func (u usage) at(now time.Time) usage {
	return usage{max(0, u.steps-workPerSecond*max(0, now.Sub(u.as)).Seconds()), now}
}

// forget drops the callers that have everything again, once there are many, and if that is
// not enough all of them.
func (w *Work) forget(now time.Time) {
	if len(w.used) <= maxCallers {
		return
	}
	for caller, u := range w.used {
		if u.at(now).steps == 0 {
			delete(w.used, caller)
		}
	}
	if len(w.used) > maxCallers {
		clear(w.used)
	}
}
