package terminal

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

func newTestClient(t *testing.T, o options) *client {
	t.Helper()
	if o.timeout == 0 {
		o.timeout = patience
	}
	c, err := newClient(&o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

// serve answers every request with a handler.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const emptyAnswer = `{"status":"success","data":{"host":"web1","time":5,"processes":[]}}`

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"http://web1:10056":               "http://web1:10056/api/v1/tree",
		"https://web1/behind/a/proxy/":    "https://web1/behind/a/proxy/api/v1/tree",
		"http://[::1]:10056":              "http://[::1]:10056/api/v1/tree",
		"unix:///run/proctree.sock":       "http://localhost/api/v1/tree",
		"unix://run/proctree.sock":        "",
		"web1:10056":                      "",
		"ftp://web1":                      "",
		"http://":                         "",
		"":                                "",
		"http://user:secret@web1:10056":   "",
		"http://web1:10056/?token=secret": "",
		"http://web1:1\x7f":               "",
	} {
		c, err := newClient(&options{url: address, timeout: time.Second})
		switch {
		case want == "" && (err == nil || !strings.Contains(err.Error(), "--url")):
			t.Errorf("%q is accepted: %v", address, err)
		case want == "" && strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: the error tells the secret: %v", address, err)
		case want != "" && err != nil:
			t.Errorf("%q: %v", address, err)
		case want != "" && c.address("tree", nil) != want:
			t.Errorf("%q asks %s, want %s", address, c.address("tree", nil), want)
		}
	}
}

func TestWhoAsks(t *testing.T) {
	var got atomic.Value
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Get("Authorization"))
		_, _ = fmt.Fprint(w, emptyAnswer)
	})
	for name, tt := range map[string]struct {
		options options
		token   string
		want    string
	}{
		"nobody":             {want: ""},
		"the variable":       {token: "abc", want: "Bearer abc"},
		"the file first":     {options{tokenFile: secretFile(t, " def\n")}, "abc", "Bearer def"},
		"user and password":  {options{user: "eve", passwordFile: secretFile(t, "pass word\n")}, "", "Basic ZXZlOnBhc3Mgd29yZA=="},
		"a user before both": {options{user: "eve", passwordFile: secretFile(t, "x")}, "abc", "Basic ZXZlOng="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(tokenVariable, tt.token)
			tt.options.url = s.URL
			if _, err := newTestClient(t, tt.options).ask(t.Context(), "processes", query{}); err != nil {
				t.Fatal(err)
			}
			if got.Load() != tt.want {
				t.Errorf("the header is %q, want %q", got.Load(), tt.want)
			}
		})
	}
}

// TestBadOptions: each is one line that names the flag and does not tell the secret.
func TestBadOptions(t *testing.T) {
	for name, tt := range map[string]struct {
		options options
		want    string
	}{
		"no token file":       {options{tokenFile: "/no/such"}, "--token-file"},
		"an empty token file": {options{tokenFile: secretFile(t, " \n")}, "is empty"},
		"the wrong file":      {options{tokenFile: secretFile(t, "tokens:\n- name: secretive\n")}, "not one word"},
		"a huge file":         {options{tokenFile: secretFile(t, strings.Repeat("secretive", 1000))}, "more than 4096 bytes"},
		"no password":         {options{user: "eve"}, "--password-file"},
		"no user":             {options{passwordFile: secretFile(t, "x")}, "--user"},
		"no CA":               {options{caFile: "/no/such"}, "--tls-ca-file"},
		"a CA of nothing":     {options{caFile: secretFile(t, "secretive")}, "no certificate"},
		"half a pair":         {options{certFile: "x"}, "go together"},
		"a pair of nothing":   {options{certFile: secretFile(t, "x"), keyFile: secretFile(t, "secretive")}, "--tls-key-file"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.options.url, tt.options.timeout = defaultURL, time.Second
			_, err := newClient(&tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secretive") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for name, tt := range map[string]struct {
		options options
		want    int
	}{
		"nothing secret":  {options{url: "http://web1"}, 0},
		"a token in open": {options{url: "http://web1", tokenFile: secretFile(t, "x")}, 1},
		"over TLS":        {options{url: "https://web1", tokenFile: secretFile(t, "x")}, 0},
		"on this host":    {options{url: "http://127.0.0.1", tokenFile: secretFile(t, "x")}, 0},
		"over a socket":   {options{url: "unix:///x", tokenFile: secretFile(t, "x")}, 0},
		"unchecked":       {options{url: "https://web1", insecure: true}, 1},
	} {
		c := newTestClient(t, tt.options)
		if got := c.options.warnings(c.target); len(got) != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestRefusals: an error is what the exporter says, with advice; of another server's answer nothing
// is shown.
func TestRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"bad data":         {400, `{"status":"error","error":"parameter \"q\": no"}`, `parameter "q": no`},
		"no token":         {401, `{"status":"error","error":"who?"}`, "who?; name a file with a token in --token-file, or a user in --user"},
		"a proxy":          {502, "<html>secret", "the answer is HTTP 502 Bad Gateway"},
		"nothing here":     {404, "404 page not found", "the answer is HTTP 404 Not Found; is --url that of an exporter?"},
		"a redirect":       {302, "", "the answer is HTTP 302 Found"},
		"control bytes":    {400, `{"status":"error","error":"\u001b[2J"}`, `\x1b[2J`},
		"another's JSON":   {200, `{"AccessKeyId":"x"}`, errMalformed.Error()},
		"no JSON":          {200, `<html>`, errMalformed.Error()},
		"an early end":     {200, emptyAnswer[:40], errMalformed.Error()},
		"lists of nothing": {200, `{"status":"success","data":{"processes":[3]}}`, errMalformed.Error()},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(tt.status)
			_, _ = fmt.Fprint(w, tt.body)
		})
		_, err := newTestClient(t, options{url: s.URL}).ask(t.Context(), "processes", query{})
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	hangs := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_ = l.Close()
	socket := filepath.Join(t.TempDir(), "none.sock")
	for url, want := range map[string]string{
		address:            "no exporter answers at " + address + ": ",
		"unix://" + socket: "no exporter answers at unix://" + socket + ": ",
		hangs.URL:          "no exporter answers at " + hangs.URL + ": ",
	} {
		_, err := newTestClient(t, options{url: url, timeout: 200 * time.Millisecond}).ask(t.Context(), "processes", query{})
		if err = advised(err); err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "--local") || strings.Count(err.Error(), url) != 1 {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestEarlierExporter: one that has no search language is asked by match, from then on at once.
func TestEarlierExporter(t *testing.T) {
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		if r.URL.Query().Has("q") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"status":"error","error":"parameter \"q\": unknown; there are match, sort"}`)
			return
		}
		_, _ = fmt.Fprint(w, emptyAnswer)
	})
	c := newTestClient(t, options{url: s.URL})
	for range 2 {
		if _, err := c.ask(t.Context(), "processes", query{search: "a b", values: url.Values{"root": {"1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(asked, " "); got != "q=a+b&root=1 match=a+b&root=1 match=a+b&root=1" {
		t.Errorf("asked %s", got)
	}
}

func TestTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, emptyAnswer) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // Of the handshakes that are to fail.
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := secretFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	for name, tt := range map[string]struct {
		options options
		fails   bool
	}{
		"unknown":      {options{}, true},
		"its own CA":   {options{caFile: ca}, false},
		"another name": {options{caFile: ca, serverName: "web9"}, true},
		"a right name": {options{caFile: ca, serverName: "example.com"}, false},
		"unchecked":    {options{insecure: true}, false},
	} {
		tt.options.url = s.URL
		_, err := newTestClient(t, tt.options).ask(t.Context(), "processes", query{})
		if (err != nil) != tt.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFollowing: a stream that breaks, has a gap or sends nonsense is opened again, and a wrong question
// is not repeated.
func TestFollowing(t *testing.T) {
	full, err := json.Marshal(map[string]any{"type": "full", "seq": 1, "time": 5, "processes": []node{made(1, 0, "init")}})
	if err != nil {
		t.Fatal(err)
	}
	scripts := [][]string{
		{string(full), `{"type":"diff","seq":2}`},
		{string(full), `{"type":"diff","seq":4}`},
		{`nonsense`},
		{string(full)},
	}
	var connections atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := int(connections.Add(1)) - 1
		if n >= len(scripts) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"status":"error","error":"enough"}`)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		for _, text := range scripts[n] {
			if err := conn.Write(r.Context(), websocket.MessageText, []byte(text)); err != nil {
				return
			}
		}
		_ = conn.Close(websocket.StatusGoingAway, "the exporter \x1b stops")
	})
	c := newTestClient(t, options{url: s.URL})
	events := make(chan event)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.follow(ctx, query{}, time.Second, events)
	}()
	var got []string
	for final := false; !final; {
		select {
		case e := <-events:
			final = e.final
			if e.err != nil {
				got = append(got, e.err.Error())
			} else {
				got = append(got, e.message.Type)
			}
		case <-ctx.Done():
			t.Fatalf("after %q nothing comes", got)
		}
	}
	<-done
	want := []string{
		"full", "diff", `the exporter closed the stream: the exporter \x1b stops`, "full", errGap.Error(), errMalformed.Error(),
		"full", `the exporter closed the stream: the exporter \x1b stops`, "enough",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("the events are\n%q, want\n%q", got, want)
	}
}

func TestSilence(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		<-conn.CloseRead(r.Context()).Done()
	})
	conn, err := newTestClient(t, options{url: s.URL}).open(t.Context(), query{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	if _, err := readMessage(t.Context(), conn, 50*time.Millisecond); err == nil || err.Error() != "no message for 50ms" {
		t.Errorf("silence is %v", err)
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(`{"type":"full","seq":1,"processes":[{"id":"1-1","pid":1,"ppid":0,"cpu":{"cores":0.5}}]}`, `{"type":"diff","seq":2,"changed":[{"id":"1-1","cpu":null}],"removed":["x"]}`)
	f.Fuzz(func(t *testing.T, first, second string) {
		table := newTable()
		for _, text := range []string{first, second} {
			m := new(message)
			if json.Unmarshal([]byte(text), m) != nil || table.apply(m) != nil {
				return
			}
		}
		cpu, err := findColumn("cpu")
		if err != nil {
			t.Fatal(err)
		}
		s := &shape{tree: true, order: naturalOrder(cpu), set: unicodeSet}
		if got := len(table.rows(s)); got != len(table.processes) {
			t.Errorf("%d rows of %d processes", got, len(table.processes))
		}
	})
}

func TestNestedAnswer(t *testing.T) {
	var l list
	text := `{"tree":[{"id":"1-1","pid":1,"children":[{"id":"2-2","pid":2,"ppid":1,"children":[7]},{"id":"3-3","pid":3,"ppid":1}]}]}`
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	table := newTable()
	if err := table.apply(l.message()); err != nil {
		t.Fatal(err)
	}
	if got := outlined(table.rows(shapeBy(t, "pid", true))); got != "1\n|- 2\n`- 3\n" {
		t.Errorf("the tree is %q", got)
	}
	l.Tree[0]["pid"] = "x"
	if err := newTable().apply(l.message()); !errors.Is(err, errMalformed) {
		t.Errorf("a wrong process: %v", err)
	}
}
