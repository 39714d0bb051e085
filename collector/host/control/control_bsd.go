//go:build darwin || freebsd

package control

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"proctree/collector/host/bsd"
	"proctree/collector/process"
)

// Actor acts on processes by PID, right after it has checked the start time: these systems
// have no handle for a process that is not a child. Between the two calls, which are
// microseconds apart, the process can end and its PID go to another one. Both systems use all
// other PIDs first. Safe for concurrent use.
type Actor struct{ detail *bsd.Detailer }

// New returns an Actor.
func New(Config) (*Actor, error) { return &Actor{bsd.NewDetailer()}, nil }

// Signal sends a signal.
func (a *Actor) Signal(id process.ID, name string) error {
	signal, ok := signals[name]
	if !ok {
		return fmt.Errorf("signal %q: %w", name, ErrUnsupported)
	}
	if err := a.check(id); err != nil {
		return err
	}
	return explain(id, unix.Kill(id.PID, signal))
}

// Renice sets the nice value of the process.
func (a *Actor) Renice(id process.ID, nice int) error {
	if err := checkNice(nice); err != nil {
		return err
	}
	if err := a.check(id); err != nil {
		return err
	}
	return explain(id, unix.Setpriority(unix.PRIO_PROCESS, id.PID, nice))
}

// check compares the start time of the process that has the PID now.
func (a *Actor) check(id process.ID) error {
	_, err := a.detail.Detail(context.Background(), id)
	if errors.Is(err, process.ErrNoProcess) && exists(unix.Kill(id.PID, 0)) {
		return fmt.Errorf("process %s: %w", id, ErrReused)
	}
	return err
}

// explain names the process in an error of a system call, and what the error means.
func explain(id process.ID, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ESRCH):
		return fmt.Errorf("process %s: %w", id, process.ErrNoProcess)
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return fmt.Errorf("process %s: %w", id, ErrNotPermitted)
	}
	return fmt.Errorf("process %s: %w", id, err)
}
