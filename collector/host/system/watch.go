package system

import (
	"errors"
	"sync"
	"time"
)

// watch makes calls that nobody can take back: what a mount says of itself may take for
// ever when it is on a network and its server is gone. So each call runs in a goroutine of
// its own, and what owes an answer is not asked again.
type watch[T any] struct {
	timeout time.Duration
	call    func(key string) (T, error)

	mu      sync.Mutex
	pending map[string]*question[T]
}

// question is one call; done is closed when the rest is set.
type question[T any] struct {
	asked time.Time
	done  chan struct{}
	value T
	err   error
}

// errTimeout is the answer of what owes one. The words are node_exporter's.
var errTimeout = errors.New("mountpoint timeout")

// ask makes a call for each key, all at once, and returns the questions in the order of
// the keys when all are answered or the timeout is over.
func (w *watch[T]) ask(keys ...string) []*question[T] {
	questions := make([]*question[T], len(keys))
	for i, key := range keys {
		questions[i] = w.question(key)
	}
	timer := time.NewTimer(w.timeout)
	defer timer.Stop()
	over := false
	for _, q := range questions {
		if over || time.Since(q.asked) >= w.timeout {
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
func (w *watch[T]) question(key string) *question[T] {
	w.mu.Lock()
	defer w.mu.Unlock()
	if q := w.pending[key]; q != nil {
		return q
	}
	if w.pending == nil {
		w.pending = make(map[string]*question[T])
	}
	q := &question[T]{asked: time.Now(), done: make(chan struct{})}
	w.pending[key] = q
	go func() {
		q.value, q.err = w.call(key)
		w.mu.Lock()
		delete(w.pending, key)
		w.mu.Unlock()
		close(q.done)
	}()
	return q
}

// answer returns what the call returned, or errTimeout.
func (q *question[T]) answer() (T, error) {
	select {
	case <-q.done:
		return q.value, q.err
	default:
		var none T
		return none, errTimeout
	}
}

// askUsage sets the usage of every mount, or the error; paths are where they are.
func askUsage(w *watch[Usage], filesystems []Filesystem, paths []string) {
	for i, q := range w.ask(paths...) {
		usage, err := q.answer()
		if err != nil {
			filesystems[i].Error = err.Error()
			continue
		}
		filesystems[i].Usage = usage
	}
}
