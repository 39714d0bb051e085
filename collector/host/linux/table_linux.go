package linux

import (
	"errors"
	"fmt"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/exits"
	"proctree/collector/process"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// openTable opens the ways to read the process table that are wanted and possible, and logs
// which one is taken, and why there is no better one.
func (r *Reader) openTable() error {
	if r.cfg.Reader == process.ReaderProcfs {
		return nil
	}
	var reasons []error
	err := r.openIterator()
	if err == nil {
		if err := r.openWalk(); err != nil {
			reasons = append(reasons, fmt.Errorf("%s: %w", process.ReaderWalk, err))
		}
	} else {
		reasons = append(reasons, err)
	}
	switch {
	case r.cfg.Reader == process.ReaderWalk && r.walk == nil, r.cfg.Reader != auto && r.bpf == nil:
		return fmt.Errorf("read the process table by BPF: %w", errors.Join(reasons...))
	}
	r.logReader(errors.Join(reasons...))
	return nil
}

// logReader names the way that is taken, and says why there is no better one.
func (r *Reader) logReader(reason error) {
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

// openIterator opens the iterator, or returns why it cannot be used.
func (r *Reader) openIterator() (err error) {
	r.bpf, r.hidesFirst, err = bpf.OpenTable(r.proc, r.cfg.BPFPin, exits.WaitsOf(r.exits))
	return err
}

// openWalk opens the walk, or returns why it cannot be used. It needs the iterator, to which
// the reader falls back, and which shows what the kernel keeps from programs.
func (r *Reader) openWalk() (err error) {
	switch {
	case r.cfg.Reader == process.ReaderIterator:
		return nil
	case r.cfg.BPFPin != "" && r.cfg.Reader == process.ReaderWalk:
		return errors.New("only the iterator can be pinned; set another reader, or no pin")
	case r.cfg.BPFPin != "":
		return nil
	}
	r.walk, err = bpf.OpenWalk(r.hidesFirst, exits.WaitsOf(r.exits))
	if err == nil && r.cfg.Whole {
		r.walk.WriteAll()
	}
	return err
}
