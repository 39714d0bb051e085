package main

import (
	"os/signal"
	"syscall"
)

// surviveClosedPipes makes an error of a write to a pipe that nobody reads any more. By
// default such a write to standard output or standard error ends a Go program (os/signal,
// "SIGPIPE"), and so would the end of what collects the log.
func surviveClosedPipes() { signal.Ignore(syscall.SIGPIPE) }
