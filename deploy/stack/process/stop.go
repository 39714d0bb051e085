package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Running reports whether the very process that was recorded still runs.
func (p *Process) Running() bool {
	started, zombie, err := startTime(p.PID)
	return err == nil && !zombie && started == p.Started
}

// Stop asks the process to end, waits for that, and kills it if the context ends before. Then
// its record is removed. A process that runs no more is no error.
func (p *Process) Stop(ctx context.Context) error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	if !p.gone(ctx) {
		if err := p.signal(syscall.SIGKILL); err != nil {
			return err
		}
		killed, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterKill)
		defer cancel()
		if !p.gone(killed) {
			return fmt.Errorf("%s (PID %d) does not end", p.Name, p.PID)
		}
	}
	if err := os.Remove(p.record); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// afterKill is how long a killed process may take to end: one that waits for a disk needs time.
const afterKill = 10 * time.Second

// gone waits until the process has ended, and reports whether it has before the context ended.
func (p *Process) gone(ctx context.Context) bool {
	for p.Running() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return !p.Running()
		}
	}
	return true
}

// signal sends a signal, unless the PID is another's by now.
func (p *Process) signal(signal syscall.Signal) error {
	if !p.Running() {
		return nil
	}
	if err := syscall.Kill(p.PID, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("%s (PID %d): %w", p.Name, p.PID, err)
	}
	return nil
}
