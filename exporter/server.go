package main

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"sync"
	"time"

	"proctree/exporter/hangup"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/exporter-toolkit/web"
)

// The bounds of one connection. A stream of the tree takes its connection over and sets
// its own.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	// writeTimeout leaves room for a profile of 30 s, which is what pprof asks for.
	writeTimeout = 60 * time.Second
	// idleTimeout keeps the connection of a Prometheus that scrapes every two minutes.
	idleTimeout    = 5 * time.Minute
	maxHeaderBytes = 64 << 10
)

// firstScanTimeout is how long the start waits for the first scan. Who has it does not
// begin to listen before there is something to show.
const firstScanTimeout = 5 * time.Second

// stopTimeout is how long requests under way may take to finish after a signal.
const stopTimeout = 10 * time.Second

// serve answers requests until ctx ends or an address fails.
func (e *exporter) serve(ctx context.Context, caught hangup.Signals) error {
	if err := e.firstScan(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var err error
	if e.door, err = e.openFrontDoor(); err != nil {
		return err
	}
	defer e.door.close()
	handler := e.routes()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { e.reloads.onSignal(ctx, caught) })
	if e.events != nil {
		wg.Go(func() { e.events.run(ctx) })
	}
	if e.recording != nil {
		wg.Go(func() { e.recording.run(ctx) })
	}
	listeners := e.perAddress()
	failed := make(chan error, len(listeners))
	ready := newReadiness(len(listeners), func(err error) {
		level.Warn(e.loggers.root).Log("msg", "systemd does not learn that the exporter is ready", "err", err)
	})
	for _, l := range listeners {
		l.server = newServer(handler, e.loggers.root)
		if e.door != nil {
			l.server.ConnState = e.door.state
			flags, path := *l.flags, e.door.path()
			flags.WebConfigFile = &path
			l.flags = &flags
		}
		l.server.BaseContext = func(net.Listener) context.Context {
			// The toolkit has put its own handler in front by now, and no connection is accepted yet.
			l.server.Handler = e.tree.ObserveControl(l.server.Handler)
			ready.listens()
			return context.Background()
		}
		wg.Go(func() { failed <- web.ListenAndServe(l.server, l.flags, e.loggers.toolkit) })
	}
	select {
	case err = <-failed:
		err = fmt.Errorf("%s: %w", e.listenFlag(), err)
	case <-ctx.Done():
		level.Info(e.loggers.root).Log("msg", "stopping")
	}
	cancel()
	e.stop(listeners)
	return err
}

// listenFlag names the flag that says where to listen.
func (e *exporter) listenFlag() string {
	if *e.settings.web.WebSystemdSocket {
		return "--web.systemd-socket"
	}
	return "--web.listen-address"
}

// listener is a server and where it listens.
type listener struct {
	server *http.Server
	flags  *web.FlagConfig
}

// perAddress gives each address a server of its own: the toolkit's function for several
// addresses wraps the handler of the one server once per address, at the same time.
func (e *exporter) perAddress() []*listener {
	if *e.settings.web.WebSystemdSocket {
		return []*listener{{flags: e.settings.web}}
	}
	var all []*listener
	for _, address := range *e.settings.web.WebListenAddresses {
		flags := *e.settings.web
		flags.WebListenAddresses = &[]string{address}
		all = append(all, &listener{flags: &flags})
	}
	return all
}

func newServer(handler http.Handler, logger log.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       withCaller,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          stdlog.New(log.NewStdlibAdapter(level.Debug(logger)), "", 0),
	}
}

// firstScan begins the counters now and not at the first scrape, and finds out whether the
// process table can be read at all. A scan that hangs is no error: it may end yet.
func (e *exporter) firstScan(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, firstScanTimeout)
	defer cancel()
	_, err := e.source.Report(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		level.Warn(e.loggers.root).Log("msg", "the first scan takes longer than expected; requests wait for it", "err", err)
		return nil
	case errors.Is(err, context.Canceled):
		return nil
	}
	return err
}

// stop lets requests under way finish and ends the streams, within stopTimeout.
func (e *exporter) stop(listeners []*listener) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var wg sync.WaitGroup
	for _, l := range listeners {
		wg.Go(func() {
			if err := l.server.Shutdown(ctx); err != nil {
				level.Warn(e.loggers.root).Log("msg", "cut requests that did not finish in time", "err", err)
				_ = l.server.Close()
			}
		})
	}
	// A server that shuts down knows nothing of the streams any more.
	wg.Go(func() {
		if err := e.tree.Close(ctx); err != nil {
			level.Warn(e.loggers.root).Log("msg", "cut streams that did not end in time", "err", err)
		}
	})
	wg.Wait()
}
