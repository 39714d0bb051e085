package host

import (
	"errors"
	"sync"
	"time"
)

var (
	// errOverdue is returned for a read that took longer than the deadline; it goes on.
	errOverdue = errors.New("deadline exceeded")
	// errTooManyHang is returned for a read that was not begun, for as many others hang as may.
	errTooManyHang = errors.New("too many reads hang")
)

// guard runs reads that a process stuck in the kernel can block without end, such as
// that of its command line, which waits for the lock of its memory. A read that is overdue
// is left behind with the goroutine that runs it, for nothing can interrupt it; the
// goroutine ends when the read does. Not safe for concurrent use.
type guard struct {
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
	reads chan *guardedRead
}

// guardedRead is one read; done is closed after it has returned.
type guardedRead struct {
	read func()
	done chan struct{}
	// left is set, under guard.mu, when nobody waits any longer.
	left bool
}

// finished reports whether the read has returned.
func (g *guardedRead) finished() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

func newGuard(deadline time.Duration, limit int) *guard {
	timer := time.NewTimer(deadline)
	timer.Stop()
	return &guard{deadline: deadline, limit: limit, timer: timer}
}

// do runs read and waits for it until the deadline. With errOverdue the returned read is
// still under way: what it writes to may be read only once it has finished.
func (g *guard) do(read func()) (*guardedRead, error) {
	if g.stuck() >= g.limit {
		return nil, errTooManyHang
	}
	if g.worker == nil {
		g.worker = &guardWorker{reads: make(chan *guardedRead)}
		go g.work(g.worker)
	}
	job := &guardedRead{read: read, done: make(chan struct{})}
	g.worker.reads <- job
	g.timer.Reset(g.deadline)
	defer g.timer.Stop()
	select {
	case <-job.done:
		return job, nil
	case <-g.timer.C:
		return job, g.leave(job)
	}
}

// leave gives the worker up to its read, unless that has just returned.
func (g *guard) leave(job *guardedRead) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if job.finished() {
		return nil
	}
	job.left = true
	g.hanging++
	g.worker = nil
	return errOverdue
}

func (g *guard) work(w *guardWorker) {
	for job := range w.reads {
		job.read()
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
func (g *guard) stuck() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hanging
}

// close ends the worker. Reads that hang end when they return.
func (g *guard) close() {
	if g.worker != nil {
		close(g.worker.reads)
		g.worker = nil
	}
}
