package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"golang.org/x/sys/unix"

	"proctree/collector/host/bpf"
)

// openTable opens the ways to read the process table that are wanted and possible, and logs
// which one is taken, and why there is no better one.
func (r *linuxReader) openTable() error {
	if r.cfg.Reader == ReaderProcfs {
		return nil
	}
	var reasons []error
	err := r.openIterator()
	if err == nil {
		if err := r.openWalk(); err != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", ReaderWalk, err))
		}
	} else {
		reasons = append(reasons, err)
	}
	switch {
	case r.cfg.Reader == ReaderWalk && r.walk == nil, r.cfg.Reader != ReaderAuto && r.bpf == nil:
		return fmt.Errorf("read the process table by BPF: %w", errors.Join(reasons...))
	}
	r.logReader(errors.Join(reasons...))
	return nil
}

// logReader names the way that is taken, and says why there is no better one.
func (r *linuxReader) logReader(reason error) {
	logger, msg := level.Info(r.cfg.Logger), "the process table is read by BPF"
	if r.bpf == nil {
		msg = "processes are read from the proc file system, not by BPF"
		if r.cfg.BPFPin != "" {
			logger = level.Warn(r.cfg.Logger) // Somebody counts on it.
		}
	}
	logger = log.With(logger, "msg", msg, "reader", r.ways()[0].name)
	if reason != nil {
		logger = log.With(logger, "reason", reason)
	}
	_ = logger.Log()
}

// openIterator opens the iterator, or says why it cannot be used.
func (r *linuxReader) openIterator() error {
	if err := bpfObstacle(r.proc); err != nil {
		return err
	}
	open := bpf.LoadTasks
	if r.cfg.BPFPin != "" {
		// Opening a FIFO would wait for ever, and no other file is an iterator.
		if err := inBPFFS(r.cfg.BPFPin); err != nil {
			return err
		}
		open = func() (*bpf.Tasks, error) { return bpf.OpenTasks(r.cfg.BPFPin) }
	}
	tasks, err := open()
	if err != nil {
		return err
	}
	table := newBPFTable(tasks)
	processes, err := table.read(context.Background(), nil)
	if err != nil {
		return errors.Join(err, tasks.Close())
	}
	r.bpf, r.hidesFirst = table, processes[0].PID != firstPID
	return nil
}

// openWalk opens the walk, or says why it cannot be used. It needs the iterator, to which
// the reader falls back, and which shows what the kernel keeps from programs.
func (r *linuxReader) openWalk() error {
	switch {
	case r.cfg.Reader == ReaderIterator:
		return nil
	case r.cfg.BPFPin != "" && r.cfg.Reader == ReaderWalk:
		return errors.New("only the iterator can be pinned; set another reader, or no pin")
	case r.cfg.BPFPin != "":
		return nil
	}
	walk, err := bpf.LoadWalk(r.hidesFirst)
	if err != nil {
		return err
	}
	skipped := 0
	if r.hidesFirst {
		skipped = 1
	}
	table := newWalkTable(walk, skipped)
	if err := table.try(context.Background()); err != nil {
		return errors.Join(err, walk.Close())
	}
	r.walk = table
	return nil
}

// The initial namespaces have fixed inodes (include/linux/proc_ns.h).
const (
	initialUserNS = "user:[4026531837]"
	initialPIDNS  = "pid:[4026531836]"
	initialTimeNS = "time:[4026531834]"
)

// bpfObstacle tells why the records of BPF would not fit what this proc file system
// shows. They have the numbers of our own PID namespace, the users of the initial user
// namespace, and times since the boot.
func bpfObstacle(proc *procDir) error {
	if !proc.genuine {
		return fmt.Errorf("%s is no proc file system", proc.path)
	}
	status, err := readAt(proc.fd, []byte("self/status\x00"), make([]byte, statBuffer))
	if err != nil {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's): %w", proc.path, err)
	}
	// One number per PID namespace from that of the mount down to ours.
	_, numbers, _ := bytes.Cut(status, []byte("\nNSpid:"))
	numbers, _, _ = bytes.Cut(numbers, []byte("\n"))
	if n := len(bytes.Fields(numbers)); n != 1 {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's)", proc.path)
	}
	for _, ns := range []struct{ file, initial string }{{"user", initialUserNS}, {"time", initialTimeNS}} {
		if in, known := namespaceOf(proc, ns.file); known && in != ns.initial {
			return fmt.Errorf("this process is in a %s namespace of its own, %s", ns.file, in)
		}
	}
	return nil
}

// namespaceOf reads which namespace of a kind this process is in; known is unset where the
// kernel has no such kind.
func namespaceOf(proc *procDir, kind string) (name string, known bool) {
	var buf [64]byte
	n, err := unix.Readlinkat(proc.fd, "self/ns/"+kind, buf[:])
	if err != nil {
		return "", false
	}
	return string(buf[:n]), true
}
