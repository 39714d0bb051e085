// Package hangup catches SIGHUP from the first moment a Go program can. By default the signal
// ends a program, and a reload may be asked for at any moment after the start.
//
// The package has next to no imports, so Go initializes it before the many packages that take
// longer (The Go Programming Language Specification, "Package initialization": in the order of
// the import paths, as soon as a package's own imports are ready). In main() the signal would
// be caught about 10 ms later.
package hangup

import (
	"os"
	"os/signal"
	"syscall"
)

// Signals are the SIGHUPs that ask for a reload. One that arrives before the program can
// reload waits here.
type Signals <-chan os.Signal

// caught is set while the package is initialized: that is the point of it.
var caught = catch()

// Caught returns the SIGHUPs since the start.
func Caught() Signals { return caught }

func catch() Signals {
	// One place is enough: a reload reads the files as they are when it runs.
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

// Restore gives SIGHUP back its default, for commands that end with their terminal. One that
// has come already counts.
func Restore() {
	signal.Reset(syscall.SIGHUP)
	select {
	case <-caught:
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(syscall.SIGHUP)
		}
	default:
	}
}
