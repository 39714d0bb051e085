// Package detail reads one process in full: what is too expensive to read of every process.
package detail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

const (
	// maxHanging bounds the readings that hang: each of them holds a thread.
	maxHanging = 64
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
	r := &Reader{proc: proc, finding: make(chan struct{}, 1)}
	r.calls.Timeout = detailDeadlines * deadline
	r.calls.Limit = maxHanging
	r.calls.Call = r.read
	return r, nil
}

// Reader reads one process in full. A process stuck in the kernel can block that without
// end: then there is one reading of it, and the others are not affected.
type Reader struct {
	proc  *procfs.Dir
	calls stall.Calls[process.ID, process.Detail]
	// finding has room for the one search that goes on.
	finding chan struct{}
}

// Detail reads one process in full; ErrNoProcess if the ID has gone. While a reading hangs
// it returns what that has read.
func (r *Reader) Detail(ctx context.Context, id process.ID) (*process.Detail, error) {
	read, err := r.calls.AskUntil(ctx, id)[0].Answer()
	if errors.Is(err, stall.ErrTimeout) {
		err = ctx.Err()
	}
	// What was read before a panic is shown, and nothing where too many readings hang.
	if err != nil && !errors.Is(err, stall.ErrTooMany) && !errors.Is(err, procfile.ErrPanic) {
		return nil, fmt.Errorf("process %d: %w", id.PID, err)
	}
	return &read, nil
}

// read reads one part after the other, those last on which a process may hang.
func (r *Reader) read(id process.ID, show func(process.Detail)) (read process.Detail, err error) {
	dir, err := r.open(id)
	if err != nil {
		return process.Detail{}, err
	}
	defer procfs.CloseFD(dir)
	buf := make([]byte, procfs.FileBuffer)
	for _, part := range detailParts {
		part(dir, buf, &read)
		show(read)
	}
	// Files of a process that has ended meanwhile are empty.
	return read, checkIdentity(dir, id)
}

// open opens the directory of a process: whatever is read relative to it is of that
// process, even if the PID is given to another one meanwhile.
func (r *Reader) open(id process.ID) (dir int, err error) {
	dir, err = procfs.OpenAt(r.proc.FD, procfs.PIDPath(nil, id.PID, ""), unix.O_PATH|unix.O_DIRECTORY)
	if procfs.IsGone(err) {
		return -1, process.ErrNoProcess
	}
	if err != nil {
		return -1, err
	}
	if err := checkIdentity(dir, id); err != nil {
		procfs.CloseFD(dir)
		return -1, err
	}
	return dir, nil
}

// checkIdentity returns ErrNoProcess if a directory is not, or no longer, that of id.
func checkIdentity(dir int, id process.ID) error {
	content, err := procfs.ReadAt(dir, []byte("stat\x00"), make([]byte, procfs.StatBuffer))
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

// detailParts read into a Detail. A part replaces the maps of earlier ones and does not
// write to them, for the Detail may have been handed out.
var detailParts = []func(dir int, buf []byte, d *process.Detail){
	readLimits, readStatusMemory, readAllIO, readCgroups, readContext, readOOMScore, readDescriptors, readSockets,
	readThreads, readWaitChan, readKernelStack, readProportional,
}
