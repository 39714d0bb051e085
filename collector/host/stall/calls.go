package stall

import (
	"errors"
	"sync"
	"time"

	"proctree/collector/host/procfile"
)

// Calls makes a call for each key. Every call runs in a goroutine of its own, and what owes
// an answer is not asked again. It is safe for concurrent use, and not to be copied.
type Calls[T any] struct {
	// Timeout is how long somebody who asks waits.
	Timeout time.Duration
	// Call gets the answer for a key, however long that takes.
	Call func(key string) (T, error)

	mu      sync.Mutex
	pending map[string]*Question[T]
}

// Question is one call that was made.
type Question[T any] struct {
	asked time.Time
	// done is closed when the rest is set.
	done  chan struct{}
	value T
	err   error
}

// ErrTimeout is the answer of what owes one.
var ErrTimeout = errors.New("no answer in time")

// Ask makes a call for each key, all at once, and returns the questions in the order of
// the keys when all are answered or the timeout is over.
func (c *Calls[T]) Ask(keys ...string) []*Question[T] {
	questions := make([]*Question[T], len(keys))
	for i, key := range keys {
		questions[i] = c.question(key)
	}
	timer := time.NewTimer(c.Timeout)
	defer timer.Stop()
	over := false
	for _, q := range questions {
		if over || time.Since(q.asked) >= c.Timeout {
			continue
		}
		select {
		case <-q.done:
		case <-timer.C:
			over = true
		}
	}
	return questions
}

// question returns the one that is under way for the key, or a new one.
func (c *Calls[T]) question(key string) *Question[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q := c.pending[key]; q != nil {
		return q
	}
	if c.pending == nil {
		c.pending = make(map[string]*Question[T])
	}
	q := &Question[T]{asked: time.Now(), done: make(chan struct{})}
	c.pending[key] = q
	go func() {
		q.err = procfile.Guard(func() (err error) { q.value, err = c.Call(key); return err })
		c.mu.Lock()
		delete(c.pending, key)
		c.mu.Unlock()
		close(q.done)
	}()
	return q
}

// Answer returns what the call returned, or ErrTimeout.
func (q *Question[T]) Answer() (T, error) {
	select {
	case <-q.done:
		return q.value, q.err
	default:
		var none T
		return none, ErrTimeout
	}
}
