package stall

import (
	"context"
	"errors"
	"sync"
	"time"

	"proctree/collector/host/procfile"
)

// Calls makes a call for each key. Every call runs in a goroutine of its own, and what owes
// an answer is not asked again. It is safe for concurrent use, and not to be copied.
type Calls[K comparable, T any] struct {
	// Timeout is how long somebody who asks waits.
	Timeout time.Duration
	// Call gets the answer for a key, however long that takes. It may show what it has so
	// far; that is the answer as long as the call goes on, and must not be written to again.
	Call func(key K, show func(T)) (T, error)
	// Limit bounds how many calls may be overdue at once, as each can hold a thread; 0 does
	// not bound them.
	Limit int

	mu      sync.Mutex
	pending map[K]*Question[T]
}

// Question is one call that was made.
type Question[T any] struct {
	asked time.Time
	// done is closed when the call has ended.
	done chan struct{}

	mu    sync.Mutex
	value T
	err   error
}

// ErrTimeout is the answer of what owes one.
var ErrTimeout = errors.New("no answer in time")

// Whole makes a Call of a function that has no answer before it has the whole one.
func Whole[K comparable, T any](call func(key K) (T, error)) func(K, func(T)) (T, error) {
	return func(key K, _ func(T)) (T, error) { return call(key) }
}

// Ask makes a call for each key, all at once, and returns the questions in the order of
// the keys when all are answered or the timeout is over.
func (c *Calls[K, T]) Ask(keys ...K) []*Question[T] {
	return c.AskUntil(context.Background(), keys...)
}

// AskUntil does the same, and returns also when the context ends.
func (c *Calls[K, T]) AskUntil(ctx context.Context, keys ...K) []*Question[T] {
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
		case <-ctx.Done():
			over = true
		}
	}
	return questions
}

// question returns the one that is under way for the key, or a new one.
func (c *Calls[K, T]) question(key K) *Question[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q := c.pending[key]; q != nil {
		return q
	}
	q := &Question[T]{asked: time.Now(), done: make(chan struct{})}
	if c.Limit > 0 && c.overdue() >= c.Limit {
		q.err = ErrTooMany
		close(q.done)
		return q
	}
	if c.pending == nil {
		c.pending = make(map[K]*Question[T])
	}
	c.pending[key] = q
	go func() {
		err := procfile.Guard(func() error {
			value, err := c.Call(key, q.show)
			q.show(value)
			return err
		})
		c.mu.Lock()
		delete(c.pending, key)
		c.mu.Unlock()
		q.err = err
		close(q.done)
	}()
	return q
}

// overdue returns how many calls have gone on for longer than anybody waits for them.
func (c *Calls[K, T]) overdue() (n int) {
	for _, q := range c.pending {
		if time.Since(q.asked) >= c.Timeout {
			n++
		}
	}
	return n
}

func (q *Question[T]) show(value T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.value = value
}

// Answer returns what the call returned, or what it has shown so far and ErrTimeout. A call
// that was not made, as too many others are overdue, has ErrTooMany.
func (q *Question[T]) Answer() (T, error) {
	err := ErrTimeout
	select {
	case <-q.done:
		err = q.err
	default:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.value, err
}
