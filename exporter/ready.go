package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
)

// readiness tells systemd once that all addresses are listened on (sd_notify(3)). The unit has
// Type=notify, so that systemd sends no SIGHUP before: not in the milliseconds in which the kernel
// loads the program, when the signal would end it.
type readiness struct {
	// left is how many addresses are not listened on yet.
	left atomic.Int64
	// socket is where systemd listens; empty without systemd.
	socket string
	failed func(error)
}

func newReadiness(addresses int, failed func(error)) *readiness {
	r := &readiness{socket: os.Getenv("NOTIFY_SOCKET"), failed: failed}
	r.left.Store(int64(addresses))
	return r
}

// listens is for each address that accepts connections from now on.
func (r *readiness) listens() {
	if r.left.Add(-1) != 0 || r.socket == "" {
		return
	}
	if err := notify(r.socket, "READY=1"); err != nil {
		r.failed(err)
	}
}

// notify sends a state to a socket of systemd; one that begins with "@" is in the abstract
// namespace (unix(7)), as package net has it too.
func notify(socket, state string) error {
	if !strings.HasPrefix(socket, "/") && !strings.HasPrefix(socket, "@") {
		return fmt.Errorf("NOTIFY_SOCKET is %q: neither a path nor an abstract socket", socket)
	}
	conn, err := new(net.Dialer).DialContext(context.Background(), "unixgram", socket)
	if err != nil {
		return fmt.Errorf("tell systemd that the exporter is ready: %w", err)
	}
	_, err = conn.Write([]byte(state))
	if err := errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("tell systemd that the exporter is ready: %w", err)
	}
	return nil
}
