// Package control acts on single processes: it sends signals and sets nice values. A process
// is named by PID and start time, and each system's own means keep another process that has
// got the same PID from being hit.
package control

import (
	"errors"
	"fmt"
	"slices"
)

// The names of the signals, as kill(1) knows them.
const (
	TERM = "TERM"
	KILL = "KILL"
	STOP = "STOP"
	CONT = "CONT"
	HUP  = "HUP"
	INT  = "INT"
	USR1 = "USR1"
	USR2 = "USR2"
)

// The bounds of a nice value (setpriority(2)).
const (
	LeastNice = -20
	MostNice  = 19
)

var (
	// ErrReused is returned if the PID belongs to another process by now.
	ErrReused = errors.New("another process has this PID by now")
	// ErrNotPermitted is returned if the system refuses this program the action.
	ErrNotPermitted = errors.New("the system does not permit it")
	// ErrUnsupported is returned for what this system does not have.
	ErrUnsupported = errors.New("this system does not have it")
)

// Config sets up an Actor.
type Config struct {
	// ProcPath is where the proc file system is mounted, on Linux.
	ProcPath string
}

// AllSignals returns the names of all signals on any system, the mildest first.
func AllSignals() []string { return []string{TERM, INT, HUP, USR1, USR2, STOP, CONT, KILL} }

// Signals returns the signals that this system has, in the order of AllSignals.
func Signals() []string {
	return slices.DeleteFunc(AllSignals(), func(name string) bool { return !supports(name) })
}

// checkNice returns an error for a nice value out of bounds.
func checkNice(nice int) error {
	if nice < LeastNice || nice > MostNice {
		return fmt.Errorf("nice value %d: must be a whole number from %d to %d", nice, LeastNice, MostNice)
	}
	return nil
}
