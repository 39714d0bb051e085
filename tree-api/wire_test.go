package treeapi

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
)

// countingConn counts what the server sends.
type countingConn struct {
	net.Conn
	received *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

// firstMessage opens a stream and returns its first message and how many bytes of the network it took.
func (d door) firstMessage(tb testing.TB, mode websocket.CompressionMode) (message []byte, received int64) {
	tb.Helper()
	var counter atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return countingConn{conn, &counter}, err
	}}
	tb.Cleanup(transport.CloseIdleConnections)
	//nolint:bodyclose // Dial has closed the body, and documents it.
	conn, _, err := websocket.Dial(tb.Context(), d.address+"/api/v1/stream?interval=60&layout=columns",
		&websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}, CompressionMode: mode})
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 28)
	if _, message, err = conn.Read(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return message, counter.Load()
}

// TestBigMessagesAreCompressed holds that the whole table of a stream crosses a slow network small,
// and a short message as it is, to readers that know compression and to those that do not.
func TestBigMessagesAreCompressed(t *testing.T) {
	big := onSocket(t, apiOf(t, bigHost(t)))
	plain, plainBytes := big.firstMessage(t, websocket.CompressionDisabled)
	same, fewBytes := big.firstMessage(t, websocket.CompressionNoContextTakeover)
	if !bytes.Equal(plain, same) || plainBytes < int64(len(plain)) || fewBytes > plainBytes/3 {
		t.Errorf("a message of %d bytes takes %d bytes plain and %d compressed, want at most a third", len(plain), plainBytes, fewBytes)
	}
	small := onSocket(t, apiOf(t))
	message, received := small.firstMessage(t, websocket.CompressionNoContextTakeover)
	if len(message) < 512 || received < int64(len(message)) {
		t.Errorf("a message of %d bytes takes %d bytes: it was compressed", len(message), received)
	}
}
