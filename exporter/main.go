// Command proctree_exporter shows the processes of a host to Prometheus, inside a fixed
// budget of series, and to people as a live tree.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"proctree/exporter/hangup"
)

func main() {
	handled, err := archiveFirst(os.Args[1:])
	if !handled {
		handled, err = terminalFirst(os.Args[1:])
	}
	if !handled {
		err = runDaemon()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: error: %v\n", program, err)
		os.Exit(1)
	}
}

// runDaemon runs what is no command of the terminal.
func runDaemon() error {
	caught := hangup.Caught()
	handled, err := service(os.Args[1:], caught)
	if !handled {
		err = runUntilSignal(caught)
	}
	return err
}

func runUntilSignal(caught hangup.Signals) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once, as if nobody had asked for the first.
	context.AfterFunc(ctx, stop)
	return run(ctx, caught, os.Args[1:], os.Stdout, os.Stderr)
}
