package outbound

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// serve runs a server and returns a client for it with small bounds, and its address.
func serve(t *testing.T, handler http.HandlerFunc) (*Client, *url.URL) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return client(t, settings.Credentials{}), parse(t, server.URL)
}

func client(t *testing.T, credentials settings.Credentials) *Client {
	t.Helper()
	return clientWithin(t, credentials, 20*time.Second)
}

// clientWithin is a client that waits no longer than that.
func clientWithin(t *testing.T, credentials settings.Credentials, timeout time.Duration) *Client {
	t.Helper()
	c := New(Config{Server: "It", Credentials: credentials, Timeout: timeout, Body: 1 << 10})
	t.Cleanup(c.Close)
	return c
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func all(body io.Reader) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		c, at := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, code) })
		err := c.Get(t.Context(), at, all)
		if status := new(StatusError); !errors.As(err, &status) || status.Code != code {
			t.Errorf("%d: %v", code, err)
		}
	}
	if reached.Load() {
		t.Error("a redirect was followed")
	}
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	if c := New(Config{}); c.transport.Proxy != nil {
		t.Error("the transport asks for a proxy, which would pass by the check of the address")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"as large as may be": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, strings.Repeat("x", 1<<10))
		}, nil},
		"a byte too large": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, strings.Repeat("x", 1<<10+1))
		}, ErrTooLarge},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = fmt.Fprint(w, strings.Repeat("x", 1<<10))
			}
		}, ErrTooLarge},
		"small until it is unpacked": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = fmt.Fprint(packed, strings.Repeat("x", 1<<20))
			_ = packed.Close()
		}, ErrTooLarge},
		"endless header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}, errAny},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ErrTooSlow},
		"silent after the header": {func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, ErrTooSlow},
		"drop by drop": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(50 * time.Millisecond)
			}
		}, ErrTooSlow},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, at := serve(t, test.handler)
			if errors.Is(test.want, ErrTooSlow) {
				c = clientWithin(t, settings.Credentials{}, 300*time.Millisecond)
			}
			err := c.Get(t.Context(), at, all)
			if anyError := errors.Is(test.want, errAny); anyError && err == nil || !anyError && !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// errAny stands for any error at all.
var errAny = errors.New("any")

func TestErrorsQuoteNothing(t *testing.T) {
	const secret = "ami-id-of-another-service"
	for _, code := range []int{200, 401, 404, 500} {
		c, at := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = fmt.Fprint(w, secret)
		})
		var into struct{}
		err := c.JSON(t.Context(), at, &into)
		if err == nil || strings.Contains(err.Error(), secret) || !strings.HasPrefix(err.Error(), "It: ") {
			t.Errorf("%d: %v", code, err)
		}
		if code == 200 && !errors.Is(err, ErrMalformed) {
			t.Errorf("text for JSON: %v", err)
		}
	}
}

func TestConnectionsGoNowhereElse(t *testing.T) {
	tests := []struct {
		allowed, host, address string
		want                   bool
	}{
		{``, "web1", "10.0.0.7:10056", true},
		{``, "localhost", "127.0.0.1:10056", true},
		{``, "web1", "[2001:db8::7]:10056", true},
		{``, "169.254.169.254", "169.254.169.254:80", false},
		{``, "rebound", "169.254.169.254:80", false},
		{``, "rebound", "[::ffff:169.254.169.254]:80", false},
		{``, "rebound", "[fe80::1%eth0]:80", false},
		{``, "rebound", "[fd00:ec2::254]:80", false},
		{``, "rebound", "0.0.0.0:80", false},
		{``, "rebound", "[::]:80", false},
		{``, "rebound", "224.0.0.1:80", false},
		{`"10.0.0.0/8"`, "web1", "10.0.0.7:10056", true},
		{`"10.0.0.0/8"`, "web1", "[::ffff:10.0.0.7]:10056", true},
		{`"10.0.0.0/8"`, "web1", "192.168.0.7:10056", false},
		{`"10.0.0.7"`, "web1", "10.0.0.8:10056", false},
		{`"*.example.com"`, "web1.example.com", "192.168.0.7:10056", true},
		{`"*.example.com"`, "WEB1.Example.com.", "192.168.0.7:10056", true},
		{`"*.example.com"`, "example.com", "192.168.0.7:10056", false},
		{`"*.example.com"`, "web1.example.com.evil.test", "192.168.0.7:10056", false},
		{`"*.example.com"`, "web1.example.com", "169.254.169.254:80", false},
		{`"web1"`, "web1", "192.168.0.7:10056", true},
		{`"169.254.0.0/16"`, "web1", "169.254.169.254:80", false},
	}
	for _, test := range tests {
		g := guard{hosts(t, test.allowed)}
		err := g.check(test.address, g.hosts.Empty() || g.hosts.AdmitsName(test.host))
		if (err == nil) != test.want || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("allowed [%s], %s at %s: %v, want %v", test.allowed, test.host, test.address, err, test.want)
		}
	}
}

// TestTheCheckIsMadeWhereConnectionsAre asks a server that is not allowed.
func TestTheCheckIsMadeWhereConnectionsAre(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	c := New(Config{Hosts: hosts(t, `"192.0.2.0/24"`), Timeout: time.Second, Body: 1})
	defer c.Close()
	if err := c.Get(t.Context(), parse(t, server.URL), all); !errors.Is(err, ErrForbidden) || asked {
		t.Errorf("error %v, asked %v", err, asked)
	}
}
