package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/process"
	"proctree/exporter/archive"
	"proctree/exporter/hangup"
	"proctree/exporter/terminal"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
)

// runTerminal runs one of the commands that show processes in a terminal. Unlike the exporter it
// ends when the terminal is closed.
func runTerminal(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return terminal.Run(ctx, terminal.Config{
		Program: program, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, FlagError: namedFlagError, Local: localTree,
	}, args)
}

// localTree serves the process tree of this host inside the program, over pipes, to everyone who
// started it: what this account may read is what it sees.
func localTree(context.Context) (dial terminal.Dial, stop func(), err error) {
	// Loading BPF programs takes longer than a single scan saves.
	s, err := parseSettings([]string{"--host.reader=" + host.ReaderProcfs, "--host.exits=" + string(process.ExitsChildren), "--collector.disable-defaults"}, io.Discard)
	if err != nil {
		return nil, nil, err
	}
	e, err := newExporter(s, newLoggers(io.Discard, "error", "logfmt"))
	if err != nil {
		return nil, nil, err
	}
	if e.access, err = seeAll(); err != nil {
		return nil, nil, err
	}
	if err := e.open(); err != nil {
		return nil, nil, err
	}
	dial, end := serveInside(e.tree, e.loggers.root)
	return dial, func() {
		end()
		e.close()
	}, nil
}

// recordedTree is localTree for a recording. It shows what was recorded, to everyone who may read the files.
func recordedTree(dir string) (dial terminal.Dial, stop func(), err error) {
	control, err := seeAll()
	if err != nil {
		return nil, nil, err
	}
	logger := log.NewNopLogger()
	api, err := treeapi.New(treeapi.Config{
		Source: nothingNow{}, Past: archive.NewPast(dir), Access: control, Logger: logger,
	})
	if err != nil {
		return nil, nil, err
	}
	dial, stop = serveInside(api, logger)
	return dial, stop, nil
}

// nothingNow is the table of this moment where there is a recording and no exporter.
type nothingNow struct{}

func (nothingNow) Report(context.Context) (*group.Report, error) {
	return nil, errors.New("a recording has no table of this moment")
}

// seeAll lets every caller see everything.
func seeAll() (*access.Control, error) {
	return access.New(access.Config{Local: func(*http.Request) (access.Role, string) { return access.Operator, "" }})
}

// serveInside serves a tree over pipes inside the program.
func serveInside(tree *treeapi.API, logger log.Logger) (dial terminal.Dial, stop func()) {
	l := &pipeListener{made: make(chan net.Conn), closed: make(chan struct{})}
	server := newServer(tree, logger)
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(l) })
	return l.dial, func() {
		_ = server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = tree.Close(ctx)
		wg.Wait()
	}
}

// pipeListener is a net.Listener of pipes inside the program.
type pipeListener struct {
	made   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.made <- pipeConn{server}:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.made:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddress }

// pipeConn says that it is of this host, as a Unix socket is.
type pipeConn struct{ net.Conn }

func (pipeConn) LocalAddr() net.Addr { return pipeAddress }

var pipeAddress = &net.UnixAddr{Net: "unix"}

// terminalFirst runs a command of the terminal if the arguments are one.
func terminalFirst(args []string) (handled bool, err error) {
	if !terminal.IsCommand(args) {
		return false, nil
	}
	hangup.Restore()
	if err = runTerminal(args); errors.Is(err, context.Canceled) {
		err = nil
	}
	return true, err
}

// archiveFirst runs a command that reads a recording if the arguments are one.
func archiveFirst(args []string) (handled bool, err error) {
	if !archive.IsCommand(args) {
		return false, nil
	}
	hangup.Restore()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err = archive.Run(ctx, archive.Config{Program: program, Stdout: os.Stdout, Stderr: os.Stderr, FlagError: namedFlagError, Serve: recordedTree, Now: time.Now}, args)
	return true, err
}
