package treeapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/access"
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

func read(tb testing.TB, conn *websocket.Conn) message {
	tb.Helper()
	kind, data, err := conn.Read(tb.Context())
	if err != nil || kind != websocket.MessageText {
		tb.Fatalf("read: %v %v", kind, err)
	}
	return decode(tb, data)
}

// checkFarewell reads until the other side says farewell.
func checkFarewell(tb testing.TB, conn *websocket.Conn, want farewell) {
	tb.Helper()
	for {
		_, _, err := conn.Read(tb.Context())
		if err == nil {
			continue
		}
		ended, ok := errors.AsType[websocket.CloseError](err)
		if !ok || ended.Code != want.code || ended.Reason != want.reason {
			tb.Errorf("the stream ended with %v, want %+v", err, want)
		}
		return
	}
}

// TestStreamOnSocket goes the whole way once: connect, follow, leave, connect again.
func TestStreamOnSocket(t *testing.T) {
	schemas := newSchemas(t)
	door := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) }))
	for _, expected := range [][]string{{"StreamFull", "StreamDiff"}, {"StreamFull"}} {
		conn, _ := door.dial(t, "?interval=1")
		seq := uint64(0)
		for _, schema := range expected {
			_, data, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			schemas.check(t, schema, data)
			m := decode(t, data)
			if seq > 0 && m.Seq != seq+1 {
				t.Errorf("after message %d comes %s", seq, data)
			}
			seq = m.Seq
		}
		if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
	}
}

func TestStreamRefusals(t *testing.T) {
	schemas := newSchemas(t)
	door := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Limits.MaxStreams = 2 }))
	for _, test := range []struct {
		query  string
		header []string
		status int
		kind   string
		want   string
	}{
		{"?interval=0", nil, 400, "bad_data", `"interval"`},
		{"?interval=61", nil, 400, "bad_data", `"interval"`},
		{"?interval=1.5", nil, 400, "bad_data", `"interval"`},
		{"?interval=1&interval=2", nil, 400, "bad_data", `"interval"`},
		{"?state=tired", nil, 400, "bad_data", `"state"`},
		{"?what=x", nil, 400, "bad_data", `"what"`},
		{"?regexp=(", nil, 400, "bad_data", `"regexp"`},
		{"?root=999", nil, 404, "not_found", "root 999"},
		{"", []string{"Origin", "https://evil.example"}, 403, "forbidden", "origin"},
		{"", []string{"Origin", "null"}, 403, "forbidden", "origin"},
		{"", []string{"Host", "evil.example"}, 403, "forbidden", "Host"},
		{"", []string{"Host", "evil.example", "Origin", "http://evil.example"}, 403, "forbidden", "Host"},
		{"", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "websocket"}, 403, "forbidden", "another site"},
		{"", []string{"X-Forwarded-For", "192.0.2.7"}, 403, "forbidden", "proxy"},
	} {
		_, got := door.dial(t, test.query, test.header...)
		checkFailure(t, schemas, got, test.status, test.kind, test.want)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, door.address+"/api/v1/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	got := send(t, door.client, r)
	checkFailure(t, schemas, got, http.StatusUpgradeRequired, "bad_data", "WebSocket")
	if got.Header.Get("Upgrade") != "websocket" {
		t.Errorf("426 with %v", got.Header)
	}
}

// TestStreamWantsToken holds that where there are tokens, nobody follows without one.
func TestStreamWantsToken(t *testing.T) {
	schemas := newSchemas(t)
	change, viewer, operator := withTokens(t, access.Config{})
	door := onSocket(t, apiOf(t, change))
	for _, test := range []struct {
		header []string
		status int
		kind   string
		want   string
	}{
		{nil, 401, "unauthorized", "a token is needed"},
		{[]string{"Authorization", "Bearer " + viewer + "x"}, 401, "unauthorized", "not known"},
		{[]string{"Authorization", "Basic " + viewer}, 401, "unauthorized", "a token is needed"},
		{[]string{"Cookie", "proctree_session=" + operator}, 401, "unauthorized", "a token is needed"},
		{[]string{"Authorization", "Bearer " + operator, "Origin", "https://evil.example"}, 403, "forbidden", "origin"},
	} {
		_, got := door.dial(t, "", test.header...)
		checkFailure(t, schemas, got, test.status, test.kind, test.want)
	}
	// What a token in the address would show in logs and histories does not work at all.
	_, got := door.dial(t, "?token="+operator)
	checkFailure(t, schemas, got, http.StatusUnauthorized, "unauthorized", "a token is needed")
}

func TestStreamsAreBounded(t *testing.T) {
	schemas := newSchemas(t)
	synctest.Test(t, func(t *testing.T) {
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source, cfg.Limits.MaxStreams = newLiving(t, one), 2 }))
		first, _ := door.dial(t, "")
		second, _ := door.dial(t, "?interval=5")
		_, third := door.dial(t, "")
		checkFailure(t, schemas, third, http.StatusServiceUnavailable, "unavailable", "2 streams already")
		read(t, first)
		read(t, second)
		if err := first.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if conn, got := door.dial(t, ""); conn == nil {
			t.Errorf("a place that was left is not free: %d", got.StatusCode)
		}
	})
}

// TestStreamOfViewer holds that nothing of an operator's comes over, at first or later.
func TestStreamOfViewer(t *testing.T) {
	change, viewer, operator := withTokens(t, access.Config{})
	synctest.Test(t, func(t *testing.T) {
		source := newLiving(t, func(scan int) []host.Process {
			cmdline := []string{"/SECRET/app", strings.Repeat("SECRET", scan)}
			return []host.Process{
				hosttest.Process(1, 0, "app", hosttest.CPU(time.Duration(scan)*time.Second, 0),
					hosttest.Facts(host.Facts{Exe: "/SECRET", Cmdline: cmdline, User: "u"})),
			}
		})
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = source }, change))
		if _, got := door.dial(t, ""); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("without a token: %d", got.StatusCode)
		}
		for secret, sees := range map[string]bool{viewer: false, operator: true} {
			conn, _ := door.dial(t, "?interval=1", "Authorization", "Bearer "+secret)
			for range 3 {
				_, data, err := conn.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Contains(string(data), "SECRET"); got != sees {
					t.Errorf("sees secrets: %v, want %v: %s", got, sees, data)
				}
			}
			_ = conn.CloseNow()
		}
	})
}

func TestStreamEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "tokens.yml")
		write := func() (secret string) {
			secret, entry, err := access.NewToken("a", access.Viewer)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("tokens:\n"+entry), 0o600); err != nil {
				t.Fatal(err)
			}
			return secret
		}
		secret := write()
		control, err := access.New(access.Config{TokenFile: path})
		if err != nil {
			t.Fatal(err)
		}
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source, cfg.Access = newLiving(t, one), control }))
		conn, _ := door.dial(t, "?interval=1", "Authorization", "Bearer "+secret)
		read(t, conn)
		write()
		if err := control.Reload(); err != nil {
			t.Fatal(err)
		}
		checkFarewell(t, conn, withdrawn)
	})
}

func TestStreamEndsWithTheExporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) })
		conn, _ := onPipes(t, api).dial(t, "")
		read(t, conn)
		closed := make(chan error)
		go func() { closed <- api.Close(t.Context()) }()
		checkFarewell(t, conn, goingAway)
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

func TestStreamRefusesTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, _ := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) })).dial(t, "")
		read(t, conn)
		if err := conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		checkFarewell(t, conn, farewell{websocket.StatusPolicyViolation, "unexpected data message"})
	})
}

// TestSlowReader stops reading for a while, and holds that it is told why it is cut and
// that another reader is not kept waiting.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) }))
		slow, _ := door.dial(t, "?interval=1")
		good, _ := door.dial(t, "?interval=1")
		read(t, slow)
		started := time.Now()
		for range queued + 4 {
			read(t, good)
		}
		if took := time.Since(started); took > (queued+4)*time.Second {
			t.Errorf("the slow reader kept the other waiting: %s", took)
		}
		checkFarewell(t, slow, tooSlow)
	})
}

// TestDeadConnection holds that a reader that answers no ping is dropped.
func TestDeadConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = newLiving(t, one) })
		conn, _ := onPipes(t, api).dial(t, "?interval=60")
		read(t, conn)
		streams := func() int {
			api.hub.mu.Lock()
			defer api.hub.mu.Unlock()
			return api.hub.streams
		}
		time.Sleep(pingEvery - time.Second)
		if streams() != 1 {
			t.Error("dropped before the first ping")
		}
		// Nobody reads now, so nobody answers.
		time.Sleep(writeTimeout + 2*time.Second)
		if streams() != 0 {
			t.Error("a dead connection keeps its place")
		}
	})
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
