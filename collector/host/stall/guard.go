// Package stall waits for reads that may never return, and cannot be interrupted: a process
// that is stuck in the kernel blocks the read of its files, and a network mount without its
// server blocks every call. Such a read is left in a goroutine of its own, and is not made
// again before it has returned.
//
// A Guard runs one read at a time, with a deadline each; Calls makes one call per key, all
// at once.
package stall

import (
	"errors"
	"sync"
	"time"

	"proctree/collector/host/procfile"
)

var (
	// ErrOverdue is returned for a read that took longer than the deadline; it goes on.
	ErrOverdue = errors.New("deadline exceeded")
	// ErrTooMany is returned for a read that was not begun, for as many others hang as may.
	ErrTooMany = errors.New("too many reads hang")
)

// Guard runs reads that a process stuck in the kernel can block without end, such as
// that of its command line, which waits for the lock of its memory. A read that is overdue
// is left behind with the goroutine that runs it, for nothing can interrupt it; the
// goroutine ends when the read does. Not safe for concurrent use.
type Guard struct {
	deadline time.Duration
	// limit bounds how many reads may hang at once: each of them holds a thread.
	limit  int
	timer  *time.Timer
	worker *guardWorker

	mu      sync.Mutex
	hanging int
}

// guardWorker runs one read after the other, until its channel is closed.
type guardWorker struct {
	reads chan *Read
}

// Read is one read; done is closed after it has returned.
type Read struct {
	read func()
	done chan struct{}
	// err is why the read did not return by itself; it is set before done is closed.
	err error
	// left is set, under guard.mu, when nobody waits any longer.
	left bool
}

// Finished reports whether the read has returned.
func (g *Read) Finished() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

// Err is why a read that has finished did not return by itself: it panicked.
func (g *Read) Err() error { return g.err }

// NewGuard returns a Guard that waits for the deadline, and lets so many reads hang.
func NewGuard(deadline time.Duration, limit int) *Guard {
	timer := time.NewTimer(deadline)
	timer.Stop()
	return &Guard{deadline: deadline, limit: limit, timer: timer}
}

// Do runs read and waits for it until the deadline. With ErrOverdue the returned read is
// still under way: what it writes to may be read only once it has finished. A read that
// panics returns procfile.ErrPanic.
func (g *Guard) Do(read func()) (*Read, error) {
	if g.stuck() >= g.limit {
		return nil, ErrTooMany
	}
	if g.worker == nil {
		g.worker = &guardWorker{reads: make(chan *Read)}
		go g.work(g.worker)
	}
	job := &Read{read: read, done: make(chan struct{})}
	g.worker.reads <- job
	g.timer.Reset(g.deadline)
	defer g.timer.Stop()
	select {
	case <-job.done:
		return job, job.err
	case <-g.timer.C:
		return job, g.leave(job)
	}
}

// leave gives the worker up to its read, unless that has just returned.
func (g *Guard) leave(job *Read) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if job.Finished() {
		return job.err
	}
	job.left = true
	g.hanging++
	g.worker = nil
	return ErrOverdue
}

func (g *Guard) work(w *guardWorker) {
	for job := range w.reads {
		job.err = procfile.Guard(func() error { job.read(); return nil })
		g.mu.Lock()
		close(job.done)
		if job.left {
			g.hanging--
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
	}
}

// stuck is how many reads hang.
func (g *Guard) stuck() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hanging
}

// Close ends the worker. Reads that hang end when they return.
func (g *Guard) Close() {
	if g.worker != nil {
		close(g.worker.reads)
		g.worker = nil
	}
}
