package control

import (
	"math"
	"sync"
	"time"
)

const (
	// burst is how many requests a caller can make at once, perSecond how many more each
	// second.
	burst     = 20
	perSecond = 2
)

// limiter bounds the requests of each caller. There are as many callers as tokens and users.
type limiter struct {
	mu   sync.Mutex
	used map[string]usage
}

type usage struct {
	requests float64
	at       time.Time
}

func newLimiter() *limiter { return &limiter{used: map[string]usage{}} }

// take counts a request, or returns how long to wait.
func (l *limiter) take(caller string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.used[caller]
	u.requests = max(0, u.requests-perSecond*now.Sub(u.at).Seconds())
	if over := u.requests + 1 - burst; over > 0 {
		return time.Duration(math.Ceil(over/perSecond)) * time.Second
	}
	l.used[caller] = usage{u.requests + 1, now}
	return 0
}
