package main

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/go-kit/log/level"
)

// frontDoor closes connections while a file that exporter-toolkit opens for each of them is
// not a regular one. The toolkit would wait for a named pipe as long as nobody writes to it,
// and every caller with it.
type frontDoor struct {
	e *exporter
	// shut tells that this was logged.
	shut atomic.Bool
}

// state is http.Server.ConnState. It is called before the handshake of TLS, and again at
// each request before a handler has it.
func (d *frontDoor) state(conn net.Conn, state http.ConnState) {
	if state != http.StateNew && state != http.StateActive || d.isOpen() {
		return
	}
	_ = conn.Close()
	if state == http.StateActive {
		// The server gives the request to the toolkit even so. This ends it, as in a handler.
		panic(http.ErrAbortHandler)
	}
}

// isOpen logs each change once.
func (d *frontDoor) isOpen() bool {
	err := d.check()
	switch shut := err != nil; {
	case !d.shut.CompareAndSwap(!shut, shut):
	case shut:
		level.Error(d.e.loggers.root).Log("msg", "every connection is closed until this is a regular file again", "err", err)
	default:
		level.Info(d.e.loggers.root).Log("msg", "connections are accepted again")
	}
	return err == nil
}

// check leaves files that are missing to the toolkit, which answers at once.
func (d *frontDoor) check() error {
	path := *d.e.settings.web.WebConfigFile
	for _, file := range append(d.e.current.Load().front.files(path), path) {
		if err := statRegular(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
