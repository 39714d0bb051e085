package main

import (
	"os"
	"os/signal"
	"syscall"
)

// hangups are the SIGHUPs that ask for a reload. One that arrives before the exporter can
// reload waits here.
type hangups <-chan os.Signal

// catchHangups makes a reload of SIGHUP, which by default ends a program. It is the first
// thing the exporter does: a reload may be asked for at any moment after the start.
func catchHangups() hangups {
	// One place is enough: a reload reads the files as they are when it runs.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	return caught
}

// surviveClosedPipes makes an error of a write to a pipe that nobody reads any more. By
// default such a write to standard output or standard error ends a Go program (os/signal,
// "SIGPIPE"), and so would the end of what collects the log.
func surviveClosedPipes() { signal.Ignore(syscall.SIGPIPE) }
