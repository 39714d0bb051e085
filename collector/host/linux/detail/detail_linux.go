// Package detail reads one process in full: what is too expensive to read of every process.
package detail

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

const (
	// maxDetails bounds the readings under way at once, those that hang included.
	maxDetails = 4
	// detailDeadlines is after how many deadlines of one process the answer is what has been
	// read by then: there are many more files than a scan reads.
	detailDeadlines = 10
)

// New returns a detailer for the proc file system at a path. The deadline is that of
// one process in a scan.
func New(procPath string, deadline time.Duration) (*Reader, error) {
	proc, err := procfs.Open(procPath)
	if err != nil {
		return nil, err
	}
	return &Reader{proc: proc, slots: make(chan struct{}, maxDetails), deadline: detailDeadlines * deadline}, nil
}

// Reader reads one process in a goroutine of its own, which a process stuck in the
// kernel can block without end.
type Reader struct {
	proc     *procfs.Dir
	slots    chan struct{}
	deadline time.Duration
}

// detailReading is one reading under way.
type detailReading struct {
	dir  int
	done chan struct{}

	mu   sync.Mutex
	read process.Detail
}

// Detail reads one process in full; ErrNoProcess if the ID has gone.
func (d *Reader) Detail(ctx context.Context, id process.ID) (*process.Detail, error) {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("process %d: waiting for other readings: %w", id.PID, ctx.Err())
	}
	dir, err := d.open(id)
	if err != nil {
		<-d.slots
		return nil, fmt.Errorf("process %d: %w", id.PID, err)
	}
	reading := &detailReading{dir: dir, done: make(chan struct{})}
	go func() {
		// What was read before a panic is shown.
		_ = procfile.Guard(func() error { reading.run(); return nil })
		procfs.CloseFD(dir)
		<-d.slots
		close(reading.done)
	}()
	timeout := time.NewTimer(d.deadline)
	defer timeout.Stop()
	select {
	case <-reading.done:
		if gone := checkIdentity(d.proc.FD, procfs.PIDPath(nil, id.PID, "stat"), id); gone != nil {
			return nil, fmt.Errorf("process %d: %w", id.PID, gone)
		}
	case <-timeout.C:
	case <-ctx.Done():
		return nil, fmt.Errorf("process %d: %w", id.PID, ctx.Err())
	}
	return reading.result(), nil
}

// open opens the directory of a process: whatever is read relative to it is of that
// process, even if the PID is given to another one meanwhile.
func (d *Reader) open(id process.ID) (dir int, err error) {
	dir, err = procfs.OpenAt(d.proc.FD, procfs.PIDPath(nil, id.PID, ""), unix.O_PATH|unix.O_DIRECTORY)
	if procfs.IsGone(err) {
		return -1, process.ErrNoProcess
	}
	if err != nil {
		return -1, err
	}
	if err := checkIdentity(dir, []byte("stat\x00"), id); err != nil {
		procfs.CloseFD(dir)
		return -1, err
	}
	return dir, nil
}

// checkIdentity returns ErrNoProcess if a stat file is not, or no longer, that of id.
func checkIdentity(dir int, path []byte, id process.ID) error {
	content, err := procfs.ReadAt(dir, path, make([]byte, procfs.StatBuffer))
	if procfs.IsGone(err) {
		return process.ErrNoProcess
	}
	if err != nil {
		return err
	}
	var s procfs.Stat
	if !s.Parse(content) {
		return procfs.ErrParse
	}
	if s.StartTicks != id.StartTicks {
		return process.ErrNoProcess
	}
	return nil
}

// run reads one part after the other, those last on which a process may hang.
func (r *detailReading) run() {
	buf := make([]byte, procfs.FileBuffer)
	for _, part := range detailParts {
		r.mu.Lock()
		next := r.read
		r.mu.Unlock()
		part(r.dir, buf, &next)
		r.mu.Lock()
		r.read = next
		r.mu.Unlock()
	}
}

func (r *detailReading) result() *process.Detail {
	r.mu.Lock()
	defer r.mu.Unlock()
	read := r.read
	return &read
}

// detailParts read into a Detail. A part replaces the maps of earlier ones and does not
// write to them, for the Detail may have been handed out.
var detailParts = []func(dir int, buf []byte, d *process.Detail){
	readLimits, readStatusMemory, readAllIO, readCgroups, readPlaces, readOOMScore, readDescriptors, readThreads,
	readWaitChan, readProportional,
}
