package treeapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"proctree/tree-api/treetest"
)

// door is where an API listens, and how to get there.
type door struct {
	address string
	client  *http.Client
}

// onSocket serves an API on a real socket.
func onSocket(tb testing.TB, api *API) door {
	tb.Helper()
	server := httptest.NewServer(api)
	tb.Cleanup(func() {
		if err := api.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		server.Close()
	})
	return door{server.URL, server.Client()}
}

// onPipes serves an API without sockets, so that time can be made up.
func onPipes(tb testing.TB, api *API) door {
	tb.Helper()
	pipes := make(pipeListener)
	server := &http.Server{Handler: api, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(pipes) }()
	transport := &http.Transport{DialContext: pipes.dial}
	tb.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := errors.Join(api.Close(context.Background()), server.Close()); err != nil {
			tb.Error(err)
		}
	})
	return door{"http://localhost", &http.Client{Transport: transport}}
}

// dial opens a stream; a refusal is returned as the reply.
func (d door) dial(tb testing.TB, query string, headers ...string) (*websocket.Conn, reply) {
	tb.Helper()
	options := &websocket.DialOptions{HTTPClient: d.client, HTTPHeader: http.Header{}}
	for i := 0; i < len(headers); i += 2 {
		options.HTTPHeader.Set(headers[i], headers[i+1])
	}
	options.Host = options.HTTPHeader.Get("Host")
	//nolint:bodyclose // Dial has closed the body, and documents it.
	conn, response, err := websocket.Dial(tb.Context(), d.address+"/api/v1/stream"+query, options)
	if response == nil {
		tb.Fatal(err)
	}
	got := reply{StatusCode: response.StatusCode, Header: response.Header}
	if err != nil {
		// The library has closed the connection and keeps the beginning of the body.
		if got.Body, err = io.ReadAll(response.Body); err != nil {
			tb.Fatal(err)
		}
		return nil, got
	}
	conn.SetReadLimit(1 << 28)
	tb.Cleanup(func() { _ = conn.CloseNow() })
	return conn, got
}

func read(tb testing.TB, conn *websocket.Conn) treetest.Message {
	tb.Helper()
	kind, data, err := conn.Read(tb.Context())
	if err != nil || kind != websocket.MessageText {
		tb.Fatalf("read: %v %v", kind, err)
	}
	return treetest.Decode(tb, data)
}

// checkFarewell reads until the other side says farewell.
func checkFarewell(tb testing.TB, conn *websocket.Conn, code websocket.StatusCode, reason string) {
	tb.Helper()
	for {
		_, _, err := conn.Read(tb.Context())
		if err == nil {
			continue
		}
		ended, ok := errors.AsType[websocket.CloseError](err)
		if !ok || ended.Code != code || ended.Reason != reason {
			tb.Errorf("the stream ended with %v, want %d %q", err, code, reason)
		}
		return
	}
}

// pipeListener accepts the other ends of pipes.
type pipeListener chan net.Conn

// loopbackConn is a pipe that seems to come from this host.
type loopbackConn struct{ net.Conn }

func (loopbackConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	l <- loopbackConn{theirs}
	return ours, nil
}

func (l pipeListener) Accept() (net.Conn, error) {
	if conn, ok := <-l; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error {
	close(l)
	return nil
}

func (pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
