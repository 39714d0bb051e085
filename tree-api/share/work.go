package share

import (
	"math"
	"sync"
	"time"
)

const (
	// WorkAtOnce is how many steps a caller may use who has used none for a while, and
	// workPerSecond how many more come each second: a few percent of a CPU.
	WorkAtOnce    = 600_000_000
	workPerSecond = 60_000_000
	// maxCallers bounds the memory: a caller that is forgotten starts over.
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
